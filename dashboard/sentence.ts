/** dashboard · pure. The verdict's sentence, for each state of things. Names the place, then the verb; says nothing that was
 *  not measured. */
import { openWindows, windowSays } from "../analyzer/failover/windows.ts";
import { rootIsInferred, rootIsOver } from "../store/records.ts";
import { waitsFor } from "./actions.ts";
import type { UsersNow } from "./fare.ts";
import { clock, counted, listed, score, span } from "./figures.ts";
import { dueSays, isDrill, underWay } from "./underway.ts";
import type { State } from "./verdict.ts";
import { fitness, healthOf, type View } from "./view.ts";

export function sentence(view: View, state: State, users: UsersNow): string {
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
      return moving(view);
    case "away":
      return `Users are in ${standby}${isDrill(view) ? " for a drill" : ""}, and ${howTheyFare(users)}; they stay there until they are brought home.`;
    case "outage":
      return outage(view);
    case "doubt":
      return doubt(view, users);
    case "calm": {
      const kept = maintenance(view);
      if (kept) return `Users are fine in ${primary}; nobody is moved while maintenance is open.`;
      const ready = healthOf(view, standby)?.capacity;
      const with_ = ready ? `, with ${counted(ready.running, "task")} up` : "";
      return `Users are fine in ${primary}; ${standby} is fit to take them${with_}.`;
    }
  }
}

function moving(view: View): string {
  const { primary, standby, phase, standing } = view;
  const going = underWay(view);
  const drill = isDrill(view) ? "Drill: " : "";
  const due = going ? dueSays(going, view.now) : "";
  if (phase === "preparing")
    return `${drill}${standby} is being made ready for users, as ${standing?.request?.by ?? "somebody"} asked; nobody has moved yet.`;
  if (phase === "returning") return `Users are on their way home from ${standby} to ${primary}${due}.`;
  if (phase === "verifying")
    return `${drill}${drill ? "the" : "The"} name now leads to ${standby}; users are arriving and are being counted.`;
  return `${drill}${drill ? "users" : "Users"} are being moved from ${primary} to ${standby}${due}.`;
}

/** What of maintenance is open, in words; null when nothing is, or it keeps nobody where they are. */
export function maintenance({ standing, now, phase }: View): string | null {
  const [open] = openWindows(standing?.windows ?? [], now);
  const stays = phase === "home" || phase === "doubting" || phase === "preparing";
  return open && stays ? `Maintenance ${windowSays(open, now)}` : null;
}

function outage(view: View): string {
  const { primary, standby, active } = view;
  const where =
    active === null ? "Users find no address" : `Users in ${hurtPlaces(view).join(" and ")} are failing`;
  if (view.rules.mode === "observe") return `${where}; Holdfast only observes and moves nobody.`;
  if (maintenance(view)) return `${where} and stay, as maintenance is open.`;
  const going = underWay(view);
  const due = going ? dueSays(going, view.now) : "";
  switch (view.phase) {
    case "preparing":
      return `${where}; ${preparing(view)}.`;
    case "shifting":
      return `${where}; they are being moved to ${standby}${due}.`;
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
  const stay = view.active === standby ? "though Route 53 leads them there" : "so they stay";
  if (fit === null) return `${standby} is not known to be fit, ${stay}`;
  if (!fit) return `${standby} could not take them, ${stay}`;
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
    const now = view.report?.assessment;
    if (now && rootIsOver(now))
      return `${users_}; ${service} in ${region} is well again, but not all that it took down${step}.`;
    const fails = now && rootIsInferred(now) ? "seems to be failing" : "is failing";
    return `${users_}, but ${service} in ${region} ${fails}${step}.`;
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
