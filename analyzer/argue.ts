/** analyzer · pure. The rules for and against moving users to the standby, each with its measured value. The
 *  reducer decides by these lines and people read the same ones: there is no second, hidden set of reasons. */
import {
  type Assessment,
  type Health,
  type Region,
  type RuleLine,
  regionOf,
  type Standing,
  type Topology,
} from "../store/records.ts";
import { hasCopy } from "./assess/instruments.ts";
import { openWindows, windowSays } from "./failover/windows.ts";
import type { Rules } from "./rules.ts";
import { lagSays, span } from "./spans.ts";

export type Argument = { for: RuleLine[]; against: RuleLine[] };

/** Lines about leaving the primary for the standby. Every `for` must be met and no `against` may be. A rule that
 *  cannot be told (`met: null`) is never permission. */
export function argue(
  standing: Standing,
  now: Assessment,
  rules: Rules,
  topology: Topology,
  approved: boolean,
): Argument {
  const from = regionOf(topology, "primary");
  const to = regionOf(topology, "standby");
  const source = healthOf(now, from);
  const destination = healthOf(now, to);
  const votes = quorum(source);
  const full = topology.regions.find((r) => r.region === to)?.capacity?.full ?? 1;
  const tasks = destination?.capacity?.running ?? null;
  const sinceMove = now.at - (standing.moves.at(-1) ?? Number.NEGATIVE_INFINITY);
  const spent = standing.moves.filter((at) => now.at - at < rules.flipBudgetMs).length;
  const [open] = openWindows(standing.windows, now.at);
  const gain = destination?.score == null ? null : destination.score - (source?.score ?? 0);
  return {
    for: [
      line(
        "hurt",
        `Users in ${from} hurt for ${rules.consecutiveFailuresThreshold} rounds`,
        standing.strikes >= rules.consecutiveFailuresThreshold,
        standing.strikes === 1 ? "1 round" : `${standing.strikes} rounds`,
      ),
      line(
        "quorum",
        `Seen by most vantage points outside ${from}`,
        votes.hurt ? true : votes.couldBe ? null : false,
        `${votes.hurtCount} of ${votes.of}${votes.unknown ? `, ${votes.unknown} unknown` : ""}`,
      ),
      line(
        "unfit",
        `${from} scores below ${rules.healthThreshold}`,
        source?.score == null ? null : source.score < rules.healthThreshold,
        score(source),
      ),
      fitness(destination, rules, topology),
      line(
        "margin",
        `${to} scores ${rules.marginOverSource} more than ${from}`,
        gain === null ? null : gain >= rules.marginOverSource,
        gain === null ? "unknown" : `${gain < 0 ? "−" : "+"}${Math.abs(gain).toFixed(2)}`,
      ),
      line(
        "capacity",
        `${to} can carry all users`,
        tasks === null ? null : tasks >= full,
        tasks === null ? "unknown" : `${tasks} of ${full} tasks`,
      ),
      ...(hasCopy(to, topology) ? [recoveryPoint(to, destination?.lagMs ?? null, rules)] : []),
    ],
    against: [
      line(
        "cooldown",
        `Moved in the last ${span(rules.cooldownMs)}`,
        sinceMove < rules.cooldownMs,
        Number.isFinite(sinceMove) ? `${span(sinceMove)} ago` : "never",
      ),
      line(
        "budget",
        `${rules.flipBudget} moves spent in ${span(rules.flipBudgetMs)}`,
        spent >= rules.flipBudget,
        `${spent} of ${rules.flipBudget}`,
      ),
      line(
        "mode",
        rules.mode === "observe" ? "Only observing" : "Waiting for a person to approve",
        rules.mode === "observe" || (rules.mode === "approve" && !approved),
        `mode ${rules.mode}`,
      ),
      line(
        "maintenance",
        "A maintenance window is open",
        open !== undefined,
        open ? windowSays(open, now.at) : "none",
      ),
      line("scope", "A move to another region would not help", isElsewhere(now, from), scopeSays(now)),
    ],
  };
}

/** How much data would be left behind. Not known is no permission: whoever moves anyway says so by name. */
function recoveryPoint(to: Region, lagMs: number | null, { recoveryPointMs }: Rules): RuleLine {
  return line(
    "recovery-point",
    `The data in ${to} is at most ${span(recoveryPointMs)} behind`,
    lagMs === null ? null : lagMs <= recoveryPointMs,
    lagMs === null ? "unknown" : `${lagSays(lagMs)} behind`,
  );
}

/** A zone's trouble is left by shifting zones, and a shared control plane's goes along to any region. Only what is
 *  known to be so keeps users: where it can't be told how far trouble reaches, what users get decides. */
function isElsewhere({ scope }: Assessment, from: Region): boolean {
  if (scope.kind === "zonal") return scope.region === null || scope.region === from;
  return scope.kind === "global-control-plane";
}

function scopeSays({ scope }: Assessment): string {
  switch (scope.kind) {
    case "none":
      return "no trouble";
    case "zonal":
      return scope.region === null ? "zonal" : `zonal, in ${scope.region}`;
    case "regional":
      return scope.region === null ? "regional" : `regional, in ${scope.region}`;
    case "global-control-plane":
      return "a global control plane";
    case "unknown":
      return "unknown";
  }
}

/** Ids of the rules that keep a move from happening. Unknown counts as not met on either side. */
export function blockers(argument: Argument): string[] {
  const ids: string[] = [];
  for (const { id, met } of argument.for) if (met !== true) ids.push(id);
  for (const { id, met } of argument.against) if (met !== false) ids.push(id);
  return ids;
}

/** What keeps users where they are, in words. */
export function objections(
  argument: Argument,
  ids: readonly string[],
  rules: Rules,
  topology: Topology,
): string {
  const from = regionOf(topology, "primary");
  const to = regionOf(topology, "standby");
  const words = (l: RuleLine): string => {
    switch (l.id) {
      case "hurt":
        return `users were hurt for ${l.value}, not yet ${rules.consecutiveFailuresThreshold}`;
      case "quorum":
        return `${l.value} vantage points outside ${from} see it`;
      case "unfit":
        return l.met === null ? `the health of ${from} is unknown` : `${from} still scores ${l.value}`;
      case "fit":
        return l.met === null
          ? `the health of ${to} is unknown`
          : `${to} scores ${l.value}${Number.parseFloat(l.value) < rules.healthThreshold ? `, below ${rules.healthThreshold}` : ""}`;
      case "margin":
        return l.met === null
          ? `nobody can tell whether ${to} is better`
          : `${to} is not ${rules.marginOverSource} better`;
      case "capacity":
        return l.met === null ? `the tasks of ${to} are unknown` : `${to} has ${l.value}`;
      case "cooldown":
        return `users were moved ${l.value}, less than ${span(rules.cooldownMs)}`;
      case "budget":
        return `${l.value} moves are spent`;
      case "recovery-point":
        return l.met === null
          ? `how far the data in ${to} is behind is unknown`
          : `the data in ${to} is ${l.value}, more than ${span(rules.recoveryPointMs)}`;
      case "maintenance":
        return `maintenance ${l.value}`;
      case "scope":
        return `the trouble is ${l.value}, which moving to another region does not cure`;
      default:
        return l.says.charAt(0).toLowerCase() + l.says.slice(1);
    }
  };
  return [...argument.for, ...argument.against]
    .filter((l) => ids.includes(l.id))
    .map(words)
    .join("; ");
}

/** The rules that a person's own request does not set aside: nobody is ever sent to a place that cannot take them. The
 *  last two give way when the request names them. */
export const alwaysAsked = ["fit", "capacity", "recovery-point", "maintenance"];

/** Whether a strict majority of all outside vantage points, heard or not, says that users are hurt. */
export function quorum(health: Health | undefined) {
  const of = health?.votes.length ?? 0;
  let hurtCount = 0;
  let unknown = 0;
  for (const { says } of health?.votes ?? []) {
    if (says === "hurt") hurtCount++;
    else if (says === "unknown") unknown++;
  }
  return { hurt: hurtCount * 2 > of, couldBe: (hurtCount + unknown) * 2 > of, hurtCount, unknown, of };
}

/** Whether the standby is known to be well: by its score, and not against the word of those who stand in neither
 *  region. */
export function fitness(
  health: Health | undefined,
  { healthThreshold }: Rules,
  topology: Topology,
): RuleLine {
  const says = `${regionOf(topology, "standby")} scores ${healthThreshold} or more`;
  if (health?.score == null) return line("fit", says, null, "unknown");
  if (health.score < healthThreshold) return line("fit", says, false, score(health));
  const doubters = doubtersOf(health, topology, regionOf(topology, "primary"));
  if (doubters.length === 0) return line("fit", says, true, score(health));
  return line("fit", says, false, `${score(health)}, but doubted by ${doubters.join(" and ")}`);
}

/** Those who say that users in a region are hurt, where no more of them say otherwise: of two words one is no majority,
 *  and users are sent nowhere on a tie. On the way out `besides` is the primary: a region that is being left is no witness
 *  for the one to go to, as it may be cut off, or fooled. On the way home everybody's word counts. */
export function doubtersOf(health: Health | undefined, topology: Topology, besides?: Region): string[] {
  const unheeded = topology.vantages.filter((v) => v.region === besides).map((v) => v.id);
  const votes = health?.votes.filter((v) => !unheeded.includes(v.vantage)) ?? [];
  const hurt = votes.filter((v) => v.says === "hurt");
  const fine = votes.filter((v) => v.says === "fine");
  return hurt.length > 0 && hurt.length >= fine.length ? hurt.map((v) => v.vantage) : [];
}

/** Known to be able to take users, by its score and by what the vantage points say. */
export function isFit(health: Health | undefined, rules: Rules): boolean {
  return health?.score != null && health.score >= rules.healthThreshold && !quorum(health).hurt;
}

export const healthOf = (now: Assessment, region: Region) => now.regions.find((r) => r.region === region);

const line = (id: string, says: string, met: boolean | null, value: string): RuleLine => ({
  id,
  says,
  met,
  value,
});
const score = (health: Health | undefined) => (health?.score == null ? "unknown" : health.score.toFixed(2));
