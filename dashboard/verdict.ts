/** dashboard · pure. The first glance: are users fine, where does traffic go, what is wrong, what comes next. One sentence
 *  (`sentence.ts`) and what stands behind it in figures. */
import { type UsersNow, usersNow } from "./fare.ts";
import { clock, counted, latency, percent, rate, span } from "./figures.ts";
import { ownTrouble } from "./incidents.ts";
import { reasonSays } from "./reasons.ts";
import { maintenance, sentence } from "./sentence.ts";
import { followedSays, underWay } from "./underway.ts";
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
      return "doubt";
    case "preparing":
      return askedToMove(view) ? "moving" : "doubt";
    default:
      return troubled(view) ? "doubt" : "calm";
  }
}

/** Whether the standby is being readied because a person asked for a move. */
const askedToMove = ({ standing }: View) => standing?.request?.kind === "failover";

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

/** What stands behind the sentence, in figures; one short sentence each. */
function evidence(view: View, state: State): string[] {
  if (state === "empty") return [];
  const now = view.report?.assessment;
  const lines: string[] = [];
  if (view.users) lines.push(crowdSays(view.users, view));
  else lines.push("Nobody has said how users fare.");
  const kept = maintenance(view);
  if (kept) lines.push(`${kept}.`);
  const going = underWay(view);
  const followed = going && followedSays(going);
  if (followed) lines.push(followed);
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
  if (state === "doubt") for (const { vantage, why } of now?.blind ?? []) lines.push(`${vantage}: ${why}.`);
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
