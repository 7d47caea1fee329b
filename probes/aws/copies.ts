/** probes · AWS. How far an Aurora cluster's copy is behind, by the metric that the cluster itself tells each minute in its
 *  own region. Source: Amazon Aurora User Guide, "Recovering an Amazon Aurora global database from an unplanned outage":
 *  `AuroraGlobalDBRPOLag` where the engine has it, `AuroraGlobalDBReplicationLag` where it is older; both in ms. */
import { type CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { CopyLag } from "../edge.ts";
import { troubleOf } from "./trouble.ts";

const metrics = ["AuroraGlobalDBRPOLag", "AuroraGlobalDBReplicationLag"] as const;
const minuteMs = 60_000;
const lookBackMs = 5 * minuteMs; // points come a minute or two late; one older than this says nothing of now

/** Asks once a minute, as each metric asked for is paid for and there is no newer point; what could not be asked is asked
 *  again the next time. */
export function copyLag(
  client: CloudWatchClient,
  cluster: string,
  now: () => number,
): (signal: AbortSignal) => Promise<CopyLag> {
  let told: CopyLag | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    const at = now();
    if (told && at >= askedAt && at - askedAt < minuteMs) return told;
    try {
      told = await newest(client, cluster, at, signal);
      askedAt = at;
      return told;
    } catch (error) {
      told = null;
      return { trouble: troubleOf(error, signal) };
    }
  };
}

async function newest(
  client: CloudWatchClient,
  cluster: string,
  at: number,
  signal: AbortSignal,
): Promise<CopyLag> {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(at - lookBackMs),
      EndTime: new Date(at),
      ScanBy: "TimestampDescending",
      MetricDataQueries: metrics.map((MetricName, n) => ({
        Id: `m${n}`,
        MetricStat: {
          Metric: {
            Namespace: "AWS/RDS",
            MetricName,
            Dimensions: [{ Name: "DBClusterIdentifier", Value: cluster }],
          },
          Period: minuteMs / 1_000,
          Stat: "Maximum",
        },
      })),
    }),
    { abortSignal: signal },
  );
  for (const [n, metric] of metrics.entries()) {
    const { Timestamps = [], Values = [] } = MetricDataResults.find(({ Id }) => Id === `m${n}`) ?? {};
    const [last] = Timestamps.map((t, i) => ({ at: t.getTime(), lagMs: Values[i] ?? Number.NaN }))
      .filter(({ lagMs }) => lagMs >= 0)
      .sort((a, b) => b.at - a.at);
    if (last) return { ...last, metric };
  }
  return { trouble: { reason: "no-point", says: `${cluster} told no lag of late` } };
}
