/** probes · AWS. Writes points to CloudWatch, in as few calls as PutMetricData's limits allow.
 *  Source: Amazon CloudWatch API Reference, PutMetricData: 1,000 metrics, 150 values a metric and 1 MB a call. */
import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { type Datum, namespace } from "../../store/metrics.ts";
import { troubleOf } from "./trouble.ts";

const pointsMax = 1_000;
const valuesMax = 150;
const bytesMax = 950_000; // of 1 MB, for what stands around the points

/** One call's worth each. A point with more values than one may hold goes as several of the same instant. */
export function batches(data: readonly Datum[]): MetricDatum[][] {
  const calls: MetricDatum[][] = [];
  let bytes = 0;
  for (const point of data.flatMap(split).map(written)) {
    const more = JSON.stringify(point).length + 1;
    const last = calls.at(-1);
    if (last && last.length < pointsMax && bytes + more <= bytesMax) {
      last.push(point);
      bytes += more;
    } else {
      calls.push([point]);
      bytes = more;
    }
  }
  return calls;
}

const split = (point: Datum): Datum[] =>
  Array.from({ length: Math.ceil(point.values.length / valuesMax) }, (_, i) => ({
    ...point,
    values: point.values.slice(i * valuesMax, (i + 1) * valuesMax),
  }));

const written = ({ name, unit, dimensions, at, values }: Datum): MetricDatum => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return {
    MetricName: name,
    Unit: unit,
    Timestamp: new Date(at),
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value: valid(Value) })),
    Values: [...counts.keys()],
    Counts: [...counts.values()],
  };
};

/** Dimension values are ASCII of 1 to 255 characters, and do not begin with a colon. */
const valid = (text: string) =>
  text
    .replace(/[^\x20-\x7e]/g, "?")
    .replace(/^:/, "?")
    .slice(0, 255) || "?";

export type PublishOptions = {
  /** Where CloudWatch is, when it is not AWS's own. */
  endpoint?: string;
  /** The SDK's usual chain when left out. */
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
};

const connectMs = 3_000;
const callMs = 10_000; // a megabyte over a slow line

/** Writes points; gives why it could not, in words, or null. Needs leave for `cloudwatch:PutMetricData`. A call is made
 *  once: whether a lost one was counted cannot be told, and a second would count twice. */
export function publisher(options: PublishOptions = {}) {
  const client = new CloudWatchClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: connectMs, requestTimeout: callMs, throwOnRequestTimeout: true },
    ...options,
  });
  return async (data: readonly Datum[], signal: AbortSignal): Promise<string | null> => {
    const calls = batches(data);
    for (const [i, points] of calls.entries()) {
      try {
        const command = new PutMetricDataCommand({ Namespace: namespace, MetricData: points });
        await client.send(command, { abortSignal: signal });
      } catch (error) {
        const { says } = /Region is missing/.test(String(error))
          ? { says: "no region to write to: set AWS_REGION, or a region in the profile" }
          : troubleOf(error, signal);
        return calls.length === 1 ? says : `${says} (after ${i} of ${calls.length} calls)`;
      }
    }
    return null;
  };
}
