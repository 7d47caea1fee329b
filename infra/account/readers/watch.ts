/** infra/account/readers · rim. Reads canaries' results and load balancers' counts once a minute, each in its own region,
 *  side by side. A region whose CloudWatch does not answer is silent, which is no evidence against it. */
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { Region, Round, Topology, Voice } from "../../../store/records.ts";
import { callsTo, type Reach } from "../calls.ts";
import { bounded, type Deadline } from "../deadline.ts";
import {
  balancerQueries,
  canaryQueries,
  canaryRound,
  periodS,
  type Query,
  type Values,
  voiceOf,
} from "./queries.ts";

export type WatchOptions = {
  topology: Topology;
  /** By region: canary to the id of the target that it asks about. */
  canaries: Readonly<Record<Region, Readonly<Record<string, string>>>>;
  /** By region: the end of the load balancer's ARN. */
  balancers: Readonly<Record<Region, string>>;
  reach: Reach;
  deadline: Deadline;
  now: () => number;
  /** Told of a region that could not be read. */
  silent: (region: Region, error: unknown) => void;
};

export type Watched = { rounds: Round[]; voices: Voice[] };

/** Points come a minute or two after their minute; those of the last three are looked at, and the newest counts. */
const lookBackMs = 3 * periodS * 1_000;
const patienceMs = 2_500;

/** Gives what is new, or nothing where the last look was less than a minute ago. Never rejects. */
export function createWatch(options: WatchOptions): () => Promise<Watched> {
  const { topology, canaries, balancers, reach, deadline, now, silent } = options;
  const places = [...new Set([...Object.keys(canaries), ...Object.keys(balancers)])].map((region) => ({
    region,
    client: bounded(new CloudWatchClient(callsTo(region, reach)), deadline),
    canaries: Object.entries(canaries[region] ?? {}).flatMap(([name, id]) =>
      topology.targets.filter((t) => t.id === id).map((target) => ({ name, target })),
    ),
    balancer: balancers[region],
  }));
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const at = now();
    if (at - lookedAt < periodS * 1_000) return { rounds: [], voices: [] };
    lookedAt = at;
    const heard = await Promise.all(
      places.map(async ({ region, client, canaries, balancer }): Promise<Watched> => {
        const queries = [
          ...canaries.flatMap(({ name }, n) => canaryQueries(name, n)),
          ...(balancer === undefined ? [] : balancerQueries(balancer)),
        ];
        try {
          const values = await newest(client, queries, at);
          const round = canaryRound(region, canaries, values, at);
          const voice = balancer === undefined ? null : voiceOf(region, values, at);
          return { rounds: round ? [round] : [], voices: voice ? [voice] : [] };
        } catch (error) {
          silent(region, error);
          return { rounds: [], voices: [] };
        }
      }),
    );
    return { rounds: heard.flatMap((h) => h.rounds), voices: heard.flatMap((h) => h.voices) };
  };
}

/** One call for all of a region's queries; each metric in it is billed, the call is not. */
async function newest(client: CloudWatchClient, queries: readonly Query[], at: number): Promise<Values> {
  const told = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(at - lookBackMs),
      EndTime: new Date(at),
      ScanBy: "TimestampDescending",
      MetricDataQueries: queries.map(({ id, namespace, metric, dimensions, stat }) => ({
        Id: id,
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: metric,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: periodS,
          Stat: stat,
        },
      })),
    }),
    { abortSignal: AbortSignal.timeout(patienceMs) },
  );
  return new Map(
    (told.MetricDataResults ?? []).flatMap(({ Id, Timestamps = [], Values = [] }) => {
      const points = Timestamps.map((t, i) => ({ at: t.getTime(), value: Values[i] ?? Number.NaN }));
      const last = points.filter((p) => Number.isFinite(p.value)).sort((a, b) => b.at - a.at)[0];
      return Id && last ? [[Id, last] as const] : [];
    }),
  );
}
