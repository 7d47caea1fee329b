/** analyzer · pure. Whether the standby could take over right now, line by line. What cannot be told is not ready: nobody
 *  wants to find out in an outage what the answer would have been. */
import {
  type Assessment,
  type Health,
  type Readiness,
  type RuleLine,
  regionOf,
  type SelfTest,
  type Standing,
  type Topology,
} from "../store/records.ts";
import { fitness, healthOf } from "./argue.ts";
import { hasCopy } from "./assess/instruments.ts";
import { questionsOf } from "./assess/questions.ts";
import { openWindows, windowSays } from "./failover/windows.ts";
import type { Rules } from "./rules.ts";
import { isStale } from "./self-test.ts";
import { lagSays, span } from "./spans.ts";

/** `tested`: the lever's own test; null where it has none. `besides`: what somebody else found out. */
export function readiness(
  now: Assessment,
  standing: Standing,
  tested: SelfTest | null,
  rules: Rules,
  topology: Topology,
  besides: readonly RuleLine[] = [],
): Readiness {
  const to = regionOf(topology, "standby");
  const health = healthOf(now, to);
  const lines = [
    fitness(health, rules, topology),
    tasks(to, health, topology),
    ...limits(to, health, topology),
    ...(hasCopy(to, topology) ? [copy(to, health, rules)] : []),
    ...(questionsOf(topology).certificates.has(to) ? [certificate(to, health, rules)] : []),
    lever(tested, now.at, rules),
    watchers(now, topology),
    free(standing, now.at),
    budget(standing, now.at, rules),
    ...besides,
  ];
  return { ready: lines.every((l) => l.met === true), lines };
}

/** Its usual tasks run, so that scaling up starts from something that is known to work. */
function tasks(to: string, health: Health | undefined, topology: Topology): RuleLine {
  const { normal = 1, full = 1 } = sizeOf(to, topology) ?? {};
  const running = health?.capacity?.running ?? null;
  return {
    id: "tasks",
    says: `${to} runs the ${counted(normal, "task")} it keeps ready`,
    met: running === null ? null : running >= normal,
    value:
      running === null
        ? "unknown"
        : running >= full
          ? `${running}, enough for all users`
          : `${running} of ${normal}; ${full} once scaled up`,
  };
}

/** Only where a quota is known. */
function limits(to: string, health: Health | undefined, topology: Topology): RuleLine[] {
  const limit = health?.capacity?.limit;
  if (limit === undefined) return [];
  const full = sizeOf(to, topology)?.full ?? 1;
  const says = `${to} may run the ${counted(full, "task")} that carry all users`;
  return [{ id: "limit", says, met: limit >= full, value: `${limit} allowed` }];
}

const copy = (to: string, health: Health | undefined, { recoveryPointMs }: Rules): RuleLine => ({
  id: "recovery-point",
  says: `The data in ${to} is at most ${span(recoveryPointMs)} behind`,
  met: health?.lagMs == null ? null : health.lagMs <= recoveryPointMs,
  value: health?.lagMs == null ? "unknown" : `${lagSays(health.lagMs)} behind`,
});

const certificate = (to: string, health: Health | undefined, { certificateDaysMin }: Rules): RuleLine => ({
  id: "certificate",
  says: `The certificate of ${to} is good for ${certificateDaysMin} days or more`,
  met: health?.certificateDays == null ? null : health.certificateDays >= certificateDaysMin,
  value: health?.certificateDays == null ? "unknown" : counted(health.certificateDays, "day"),
});

function lever(tested: SelfTest | null, now: number, rules: Rules): RuleLine {
  const line = { id: "lever", says: "The lever works, by the test of its shadow" };
  if (tested === null) return { ...line, met: null, value: "never tested" };
  const { at, held, says } = tested;
  if (at === null) return { ...line, met: null, value: says };
  const ago = `${span(now - at)} ago`;
  if (isStale(tested, now, rules)) return { ...line, met: null, value: `last tested ${ago}: ${says}` };
  return { ...line, met: held, value: `${ago}: ${says}` };
}

/** Whether enough can be seen for any move at all: a strict majority of those that judge the primary. */
function watchers(now: Assessment, topology: Topology): RuleLine {
  const from = regionOf(topology, "primary");
  const outside = topology.vantages.filter((v) => v.region !== from);
  const blind = now.blind.map((b) => b.vantage);
  const seeing = outside.filter((v) => !blind.includes(v.id)).length;
  return {
    id: "watchers",
    says: `Most vantage points outside ${from} can see`,
    met: seeing * 2 > outside.length,
    value: `${seeing} of ${outside.length}`,
  };
}

function free(standing: Standing, now: number): RuleLine {
  const line = { id: "free", says: "Nobody has stopped moves" };
  if (standing.held !== null)
    return { ...line, met: false, value: `held by ${standing.held.by}: ${standing.held.reason}` };
  const [open] = openWindows(standing.windows, now);
  return open
    ? { ...line, met: false, value: `maintenance ${windowSays(open, now)}` }
    : { ...line, met: true, value: "no hold, no maintenance" };
}

function budget(standing: Standing, now: number, { flipBudget, flipBudgetMs }: Rules): RuleLine {
  const spent = standing.moves.filter((at) => now - at < flipBudgetMs).length;
  return {
    id: "budget",
    says: `A move is left of the ${flipBudget} in ${span(flipBudgetMs)}`,
    met: spent < flipBudget,
    value: `${spent} spent`,
  };
}

const sizeOf = (region: string, topology: Topology) =>
  topology.regions.find((r) => r.region === region)?.capacity ?? null;

const counted = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
