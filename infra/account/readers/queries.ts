/** infra/account/readers · pure. Which of CloudWatch's numbers are read each minute, and what they say. Every one is paid
 *  for each time, so there are few, their number is bounded, and what is not there is not known: no point is neither a
 *  success nor a failure. */
import type { Observation, Round, Target, Voice } from "../../../store/records.ts";

/** What a query asks for. `id` is CloudWatch's handle on it: a small letter, then letters and digits. */
export type Query = {
  id: string;
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  stat: string;
};
/** The newest value of each query, by its id, and the start of the minute that it is of. */
export type Values = ReadonlyMap<string, { at: number; value: number }>;

export const periodS = 60;

/** The most that is read in a minute, over all regions: 50 of them are 2.2 million a month, $21.60 (GetMetricData, $0.01
 *  for 1,000 metrics). A canary takes three and a load balancer four. */
export const metricsMax = 50;

export const metricsOf = (canaries: number, balancers: number): number =>
  canaries * canaryMetrics.length + balancers * balancerMetrics.length;

const canaryMetrics = [
  ["SuccessPercent", "Average"],
  ["Duration", "Average"],
  ["Failed", "Sum"], // runs that could not be made, which say nothing of what they were to ask
] as const;

const balancerMetrics = [
  ["RequestCount", "Sum"],
  ["HTTPCode_ELB_5XX_Count", "Sum"],
  ["HTTPCode_Target_5XX_Count", "Sum"],
  ["TargetResponseTime", "p95"],
] as const;

export const canaryQueries = (canary: string, n: number): Query[] =>
  canaryMetrics.map(([metric, stat]) => ({
    id: `c${n}${metric}`,
    namespace: "CloudWatchSynthetics",
    metric,
    dimensions: { CanaryName: canary },
    stat,
  }));

export const balancerQueries = (balancer: string): Query[] =>
  balancerMetrics.map(([metric, stat]) => ({
    id: `b${metric.replaceAll("_", "")}`,
    namespace: "AWS/ApplicationELB",
    metric,
    dimensions: { LoadBalancer: balancer },
    stat,
  }));

/** The vantage point that a region's canaries are. */
const canaryVantage = (region: string) => `canary@${region}`;

/** What a region's canaries found out in the newest minute that is told, as a round of theirs; null when nothing is told
 *  of any. `blind` never: a canary asks no controls. */
export function canaryRound(
  region: string,
  canaries: readonly { name: string; target: Target }[],
  values: Values,
  heardAt: number,
): Round | null {
  const observations = canaries.map(({ target }, n) => observation(region, target, n, values, heardAt));
  if (observations.every((o) => o.reason === "no-point")) return null;
  const vantage = canaryVantage(region);
  return { vantage, vantageRegion: region, at: heardAt, tookMs: 0, blind: false, observations };
}

function observation(
  region: string,
  target: Target,
  n: number,
  values: Values,
  heardAt: number,
): Observation {
  const { id, kind, purpose, service } = target;
  const success = values.get(`c${n}SuccessPercent`);
  const failedRuns = values.get(`c${n}Failed`)?.value ?? 0;
  const durationMs = values.get(`c${n}Duration`)?.value ?? null;
  const heard = {
    at: success?.at ?? heardAt,
    vantage: canaryVantage(region),
    target: id,
    kind,
    purpose,
    service,
    region: target.region,
    latencyMs: durationMs,
    facts: { by: "canary", ...(success ? { successPercent: success.value } : {}) },
  };
  // A run that timed out tells no success at all; one that could not be made tells none of the target.
  if (!success)
    return { ...heard, verdict: "unknown", reason: failedRuns > 0 ? "canary-failed" : "no-point" };
  if (success.value >= 100) return { ...heard, verdict: "up", reason: null };
  return { ...heard, verdict: "down", reason: "canary-steps-failed" };
}

/** What a load balancer counted in the newest minute; null when it told no requests. A count of errors that is not told
 *  is none, as AWS tells those only when there are any; a minute without requests is not told at all. */
export function voiceOf(region: string, values: Values, heardAt: number): Voice | null {
  const requests = values.get("bRequestCount");
  if (!requests) return null;
  const errors = ["bHTTPCodeELB5XXCount", "bHTTPCodeTarget5XXCount"].map((id) => values.get(id));
  const failed = errors.reduce((sum, e) => sum + (e && e.at === requests.at ? e.value : 0), 0);
  const p95 = values.get("bTargetResponseTime");
  return {
    at: heardAt,
    spanMs: periodS * 1_000,
    region,
    requests: Math.max(requests.value, failed), // errors before a target was chosen are not among the requests
    failed,
    p95Ms: p95 && p95.at === requests.at ? p95.value * 1_000 : null,
  };
}
