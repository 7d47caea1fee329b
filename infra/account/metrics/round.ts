/** infra/account/metrics · pure. What a prober's round tells CloudWatch: what people look at, and no more, as each metric is
 *  paid for by the month. All that was heard is in the round itself. */
import { measure } from "../../../probes/measure.ts";
import type { Datum, MetricName } from "../../../store/metrics.ts";
import type { Round, Topology } from "../../../store/records.ts";

/** As on each region's page in CloudWatch (infra/aws/watch/body.ts), and whether the vantage point saw anything. */
const shown: readonly MetricName[] = [
  "DnsSuccessRate",
  "DnsResponseTime",
  "OverallDnsHealth",
  "EndpointSuccessRate",
  "EndpointResponseTime",
  "Blind",
];

export const shownOf = (round: Round): Datum[] => measure(round).filter(({ name }) => shown.includes(name));

/** How many metrics a vantage point writes: those of a round in which everything answers. */
export function countOf({ targets }: Topology, vantage: string): number {
  const observations = targets.map(({ id, kind, purpose, service, region }) => ({
    at: 0,
    vantage,
    target: id,
    kind,
    purpose,
    service,
    region,
    latencyMs: 1,
    facts: {},
    verdict: "up" as const,
    reason: null,
  }));
  const round = { vantage, vantageRegion: vantage, at: 0, tookMs: 1, blind: false, observations };
  return new Set(shownOf(round).map(({ name, dimensions }) => JSON.stringify([name, dimensions]))).size;
}
