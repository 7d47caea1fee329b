/** dashboard · pure. The first glance in words: are users fine, where does traffic go, what is wrong, what comes
 *  next. Names the place, then the verb; says nothing that was not measured. */
import { waitsFor } from "./actions.ts";
import { type UsersNow, usersNow } from "./fare.ts";
import { clock, counted, latency, listed, percent, rate, score, span } from "./figures.ts";
import { ownTrouble } from "./incidents.ts";
import { reasonSays } from "./reasons.ts";
import type { Users } from "./users.ts";
import { fitness, healthOf, type View } from "./view.ts";

/** What the page looks like; its word stands beside its sign, so colour never speaks alone. */
export type State = "calm" | "doubt" | "outage" | "moving" | "away" | "held" | "empty" | "stale";

export const word: Record<State, string> = {
  calm: "Calm",
  doubt: "Doubt",
  outage: "Outage",
  moving: "Moving",
  away: "Away",
  held: "Held",
  empty: "Nothing heard yet",
  stale: "Stale",
};

export type Verdict = { state: State; users: UsersNow; says: string; evidence: string[] };

export function stateOf(view: View): State {
  if (view.report === null) return "empty";
  if (view.stale) return "stale";
  if (view.phase === "held") return "held";
  if (usersNow(view) === "hurt") return "outage";
  switch (view.phase) {
    case "shifting":
    case "verifying":
    case "returning":
      return "moving";
    case "away":
      return "away";
    case "doubting":
    case "preparing":
      return "doubt";
    default:
      return troubled(view) ? "doubt" : "calm";
  }
}

/** Something is wrong that has not reached users, or cannot be seen. */
function troubled(view: View): boolean {
  const now = view.report?.assessment;
  const unfit = [view.primary, view.standby].some((r) => fitness(healthOf(view, r), view.rules) !== true);
  const astray = view.active !== view.primary;
  return (
    unfit || astray || now?.cascade.root != null || (now?.blind.length ?? 0) > 0 || usersNow(view) !== "fine"
  );
}

export function verdict(view: View): Verdict {
  const state = stateOf(view);
  const users = usersNow(view);
  return { state, users, says: sentence(view, state, users), evidence: evidence(view, state) };
}

function sentence(view: View, state: State, users: UsersNow): string {
  const { primary, standby, active, standing } = view;
  switch (state) {
    case "empty":
      return "Nothing is known yet; the first round of probes is on its way.";
    case "stale": {
      const at = view.report?.assessment.at ?? view.now;
      return `No news for ${span(view.now - at)}; below is how things stood at ${clock(at)} UTC.`;
    }
    case "held": {
      const where = standing?.drained === primary ? `${standby}, away from home` : `${active ?? "no region"}`;
      return `${standing?.held?.by ?? "Somebody"} holds every move; users are in ${where}, and ${howTheyFare(users)}.`;
    }
    case "moving":
      if (view.phase === "returning") return `Users are on their way home from ${standby} to ${primary}.`;
      if (view.phase === "verifying")
        return `The name now leads to ${standby}; users are arriving and are being counted.`;
      return `Users are being moved from ${primary} to ${standby}.`;
    case "away":
      return `Users are in ${standby}, and ${howTheyFare(users)}; they stay there until they are brought home.`;
    case "outage":
      return outage(view);
    case "doubt":
      return doubt(view, users);
    case "calm": {
      const ready = healthOf(view, standby)?.capacity;
      const with_ = ready ? `, with ${counted(ready.running, "task")} up` : "";
      return `Users are fine in ${primary}; ${standby} is fit to take them${with_}.`;
    }
  }
}

function outage(view: View): string {
  const { primary, standby, active } = view;
  const where =
    active === null ? "Users find no address" : `Users in ${hurtPlaces(view).join(" and ")} are failing`;
  if (view.rules.mode === "observe") return `${where}; Holdfast only observes and moves nobody.`;
  switch (view.phase) {
    case "preparing":
      return `${where}; ${preparing(view)}.`;
    case "shifting":
      return `${where}; they are being moved to ${standby}.`;
    case "verifying":
      return `${where}; the name now leads to ${standby}, and not all have followed.`;
    case "away":
      return `${where}, away from home; nothing moves by itself until ${primary} is fit.`;
    case "returning":
      return `${where} on their way home to ${primary}.`;
    case "doubting":
      return `${where}; Holdfast is making sure before it moves them.`;
    default:
      return `${where}; Holdfast has just begun to look.`;
  }
}

function preparing(view: View): string {
  const { standby, rules } = view;
  if (waitsFor(view) === "approve") return `${standby} is ready, and a person must approve the move`;
  const health = healthOf(view, standby);
  const fit = fitness(health, rules);
  if (fit === null) return `${standby} is not known to be fit, so they stay`;
  if (!fit) return `${standby} could not take them, so they stay`;
  return `${standby} is ${standbyFull(view) ? "ready" : "getting ready"} for them`;
}

/** Whether as many tasks as carry all users are seen to run in the standby. */
function standbyFull(view: View): boolean {
  const full = view.topology.regions.find((r) => r.region === view.standby)?.capacity?.full ?? 1;
  return (healthOf(view, view.standby)?.capacity?.running ?? 0) >= full;
}

function doubt(view: View, users: UsersNow): string {
  const { primary, standby, rules } = view;
  const root = view.report?.assessment.cascade.root ?? null;
  const users_ =
    users === "some"
      ? "Some users are failing"
      : users === "fine"
        ? "Users are fine"
        : "How users fare is unknown";
  if (root !== null) {
    const [service, region] = root.split("@");
    const step =
      view.phase === "preparing"
        ? `; ${standby} is ${standbyFull(view) ? "ready" : "getting ready"} in case it reaches them`
        : "";
    return `${users_}, but ${service} in ${region} is failing${step}.`;
  }
  if (view.phase === "preparing")
    return `${users_}; ${standby} is ${standbyFull(view) ? "ready" : "getting ready"} in case they must move.`;
  if (view.phase === "doubting")
    return `${users_}; something is wrong in ${primary}, and Holdfast is counting.`;
  const blind = view.report?.assessment.blind ?? [];
  if (blind.length > 0) return `${users_}; ${listed(blind.map((b) => b.vantage))} cannot see and has no say.`;
  const unfit = [primary, standby].find((r) => fitness(healthOf(view, r), rules) === false);
  if (unfit === standby) return `${users_}, but ${standby} could not take them now.`;
  if (unfit) return `${users_}, but ${unfit} scores below ${score(rules.healthThreshold)}.`;
  const unseen = [primary, standby].filter((r) => fitness(healthOf(view, r), rules) === null);
  if (unseen.length > 0) return `${users_}; too little is seen of ${listed(unseen)} to judge.`;
  if (view.active !== primary)
    return `${users_}; the name leads to ${view.active ?? "no region"} and not home.`;
  return `${users_} in ${primary}.`;
}

/** Regions whose users are hurt, as their users say; else the region they are in. */
function hurtPlaces(view: View): string[] {
  const { users, rules } = view;
  const hurt = Object.entries(users?.byRegion ?? {}).filter(
    ([region, u]) =>
      region !== "nowhere" &&
      ((u.failedShare ?? 0) >= rules.hurtShare || (u.p95Ms ?? 0) > rules.responseTimeThresholdMs),
  );
  return hurt.length > 0 ? hurt.map(([region]) => region) : [view.active ?? "no region"];
}

const howTheyFare = (users: UsersNow) =>
  ({
    fine: "are fine",
    some: "some of them are failing",
    hurt: "are failing",
    unknown: "how they fare is unknown",
  })[users];

/** What stands behind the sentence, in figures; one short sentence each. */
function evidence(view: View, state: State): string[] {
  if (state === "empty") return [];
  const now = view.report?.assessment;
  const lines: string[] = [];
  if (view.users) lines.push(crowdSays(view.users, view));
  else lines.push("Nobody has said how users fare.");
  const root = now?.cascade.root ?? null;
  if (root !== null) {
    const [service, region] = root.split("@");
    const why = now?.services.find((s) => s.service === service && s.region === region);
    if (why && why.reason !== null)
      lines.push(
        `${service} in ${region} ${reasonSays(why.reason)}, as ${why.agree} of ${why.of} vantage points see it.`,
      );
    else if (now?.cascade.evidence[0]) lines.push(`${now.cascade.evidence[0]}.`);
  } else if (state === "calm" && now) {
    const odd = now.anomalies.length;
    const from = counted(view.topology.vantages.length, "place");
    lines.push(
      `${counted(view.topology.targets.length, "question")} asked from ${from}; ${odd === 0 ? "no answer is odd" : `${odd} odd`}.`,
    );
  }
  const after = now?.cascade.aftermath ?? null;
  if (root === null && after !== null)
    lines.push(`${after.says}; until ${clock(after.until)} at the latest.`);
  for (const { title } of ownTrouble(view)
    .filter((i) => i.kind !== "vantage")
    .slice(0, 2))
    lines.push(`${title}.`);
  const moved = lastMove(view);
  if (moved && (state === "calm" || state === "doubt")) lines.push(moved);
  return lines;
}

function crowdSays(users: Users, view: View): string {
  const { requestsPerSecond: all, failedPerSecond: lost, failedShare, p95Ms } = users;
  if (failedShare === null) return "No user asks for anything right now.";
  const slow =
    p95Ms !== null && p95Ms > view.rules.responseTimeThresholdMs
      ? `; 1 in 20 waits ${latency(p95Ms)} or more`
      : "";
  if (lost === 0) return `None of ${rate(all)} requests a second fail${slow}.`;
  return `${rate(lost)} of ${rate(all)} requests a second fail (${percent(failedShare)} %)${slow}.`;
}

/** How long the last move took from the first doubt to being proved, if one is on record. */
export function lastMove(view: View): string | null {
  const end = view.decisions.findIndex((d) => d.to === "away" && d.from !== "away" && d.from !== "held");
  const arrived = view.decisions[end];
  if (!arrived) return null;
  const start = view.decisions.slice(end).find((d) => d.from === "home" && d.to !== "home");
  if (!start) return null;
  return `The last move, ${span(view.now - arrived.at)} ago, took ${span(arrived.at - start.at)}.`;
}
