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

/** The same for a move that a person asks for, out or home, until it is proved: it waits for no bad rounds, and nothing
 *  begins before it is taken up. */
export function askedRecovery(
  to: "away" | "home",
  now: Assessment,
  rules: Rules,
  topology: Topology,
): RecoveryPart[] {
  const { verifyRounds: rounds, cadenceMs } = rules;
  const taken = `the next look takes it up, one every ${span(cadenceMs)}`;
  const before: RecoveryPart[] =
    to === "away"
      ? [{ part: "decide", says: taken, ms: cadenceMs }, starting(now, rules, topology)]
      : [
          {
            part: "decide",
            says: `${taken}, and ${counted(rounds)} in which ${regionOf(topology, "primary")} is fit`,
            ms: (1 + rounds) * cadenceMs,
          },
        ];
  const last = recovery(now, rules, topology).filter((p) => ["lever", "check", "cache"].includes(p.part));
  return [...before, ...last, proving(rules)];
}

/** What it takes to know that users are served there. It keeps nobody from being served, and so is in no estimate of
 *  how long they are hurt. */
export const proving = ({ verifyRounds: rounds, cadenceMs }: Rules): RecoveryPart => ({
  part: "prove",
  says: `${counted(rounds)} in which users are seen there, and the look at them`,
  ms: (rounds + 1) * cadenceMs,
});

const counted = (rounds: number) => `${rounds} round${rounds === 1 ? "" : "s"} in a row`;

/** The whole, in ms; null where a part is not known. */
export const totalMs = (parts: readonly RecoveryPart[]): number | null =>
  parts.length === 0 || parts.some((p) => p.ms === null)
    ? null
    : parts.reduce((sum, p) => sum + (p.ms ?? 0), 0);

/** The standby is scaled up from the second bad round on at the latest, so only what lasts longer counts. */
function preparing(now: Assessment, rules: Rules, topology: Topology): RecoveryPart {
  const meanwhileMs = Math.max(0, rules.consecutiveFailuresThreshold - 2) * rules.cadenceMs;
  return scaling(now, topology, -meanwhileMs, "beginning while rounds are counted");
}

const starting = (now: Assessment, { cadenceMs }: Rules, topology: Topology): RecoveryPart =>
  scaling(now, topology, cadenceMs, "and a round sees them run");

/** `besidesMs`: what counts beside the time that tasks take to start, or less than none. */
function scaling(now: Assessment, topology: Topology, besidesMs: number, besides: string): RecoveryPart {
  const part = "prepare";
  const standby = regionOf(topology, "standby");
  const full = topology.regions.find((r) => r.region === standby)?.capacity?.full ?? 1;
  const running = healthOf(now, standby)?.capacity?.running ?? null;
  if (running !== null && running >= full)
    return { part, says: `${standby} runs all ${full} tasks already`, ms: 0 };
  const takesMs = topology.lever?.capacityMs ?? null;
  if (takesMs === null)
    return { part, says: `how long ${standby} takes to start its tasks is not known`, ms: null };
  const says = `${standby} starts its tasks, about ${span(takesMs)}, ${besides}`;
  return { part, says, ms: Math.max(0, takesMs + besidesMs) };
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
