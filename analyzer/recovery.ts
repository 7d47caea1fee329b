/** analyzer · pure. About how long it takes from the moment users are hurt until they are served elsewhere, in its parts,
 *  from the configuration that is live. Each part is the most it takes when nothing else goes wrong; what is not known
 *  stays null, and then so does the whole. */
import {
  type Assessment,
  type LeverPace,
  type RecoveryPart,
  regionOf,
  type Topology,
} from "../store/records.ts";
import { healthOf } from "./argue.ts";
import type { Rules } from "./rules.ts";
import { span } from "./spans.ts";

/** What each kind of lever takes on AWS. An alarm's period is 60 s (Route 53 reads no high resolution metric); a check asks
 *  every 10 s and changes its mind after 3; a routing control is one write. How long Route 53's answers take to follow is
 *  not published; 10 s is what remains of the 100 s that AWS's own guide reckons for three asks and a cache of 60 s. */
export const awsLever: Record<
  LeverPace["kind"],
  Pick<LeverPace, "kind" | "leverMs" | "checkMs" | "ttlMs">
> = {
  metric: { kind: "metric", leverMs: 60_000, checkMs: 10_000, ttlMs: 60_000 },
  endpoint: { kind: "endpoint", leverMs: 30_000, checkMs: 10_000, ttlMs: 60_000 },
  arc: { kind: "arc", leverMs: 5_000, checkMs: 10_000, ttlMs: 60_000 },
};

export function recovery(now: Assessment, rules: Rules, topology: Topology): RecoveryPart[] {
  const { consecutiveFailuresThreshold: rounds, cadenceMs } = rules;
  const lever = topology.lever;
  return [
    {
      part: "detect",
      says: `${rounds} bad round${rounds === 1 ? "" : "s"} in a row, one every ${span(cadenceMs)}`,
      ms: rounds * cadenceMs,
    },
    { part: "decide", says: `the next look at them, one every ${span(cadenceMs)}`, ms: cadenceMs },
    preparing(now, rules, topology),
    { part: "lever", says: leverSays(lever), ms: lever?.leverMs ?? null },
    { part: "check", says: "until the name server answers otherwise", ms: lever?.checkMs ?? null },
    { part: "cache", says: "as long as the name may be cached", ms: lever?.ttlMs ?? null },
  ];
}

/** The whole, in ms; null where a part is not known. */
export const totalMs = (parts: readonly RecoveryPart[]): number | null =>
  parts.length === 0 || parts.some((p) => p.ms === null)
    ? null
    : parts.reduce((sum, p) => sum + (p.ms ?? 0), 0);

/** The standby is scaled up from the second bad round on at the latest, so only what lasts longer counts. */
function preparing(now: Assessment, rules: Rules, topology: Topology): RecoveryPart {
  const part = "prepare";
  const standby = regionOf(topology, "standby");
  const full = topology.regions.find((r) => r.region === standby)?.capacity?.full ?? 1;
  const running = healthOf(now, standby)?.capacity?.running ?? null;
  if (running !== null && running >= full)
    return { part, says: `${standby} runs all ${full} tasks already`, ms: 0 };
  const takesMs = topology.lever?.capacityMs ?? null;
  if (takesMs === null)
    return { part, says: `how long ${standby} takes to start its tasks is not known`, ms: null };
  const meanwhileMs = Math.max(0, rules.consecutiveFailuresThreshold - 2) * rules.cadenceMs;
  return {
    part,
    says: `${standby} starts its tasks, about ${span(takesMs)}, beginning while rounds are counted`,
    ms: Math.max(0, takesMs - meanwhileMs),
  };
}

function leverSays(lever: LeverPace | undefined): string {
  switch (lever?.kind) {
    case "metric":
      return "the alarm's period";
    case "endpoint":
      return "the health check's asks until it changes its mind";
    case "arc":
      return "the routing control's write";
    case undefined:
      return "how long the lever takes is not known";
  }
}
