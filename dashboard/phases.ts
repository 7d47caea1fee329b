/** dashboard · pure. The failover as a track: what is done and how long it took, where it stands, what is to come.
 *  A time still to come is said only where the rules fix it or the last move measured it. */
import { type Decision, Phase } from "../store/records.ts";
import { clock, counted, span } from "./figures.ts";
import type { View } from "./view.ts";

export type Step = {
  phase: Phase;
  name: string;
  says: string;
  /** When it began in this run; null when it has not, or was skipped. */
  at: number | null;
  now: boolean;
  done: boolean;
};

const order: readonly Phase[] = Phase.options.filter((phase) => phase !== "held"); // which may come at any of them

export function phasesOf(view: View): Step[] {
  const current = view.phase === "held" ? (view.standing?.held?.phase ?? "home") : view.phase;
  const run = entries(sinceHome(view.decisions));
  const reached = order.indexOf(current);
  return order.map((phase, i) => {
    const entry = run.findLast((e) => e.phase === phase);
    const now = phase === current;
    const done = i < reached && (entry !== undefined || phase === "home");
    return {
      phase,
      name: phase.charAt(0).toUpperCase() + phase.slice(1),
      at: phase === "home" ? null : (entry?.at ?? null),
      now,
      done,
      says: now ? nowSays(view) : i < reached ? doneSays(phase, run) : toCome(phase, view),
    };
  });
}

type Entry = { phase: Phase; at: number; leftAt: number | null };

/** Changes of phase since users were last home, oldest first. */
function sinceHome(decisions: readonly Decision[]): Decision[] {
  const home = decisions.findIndex((d) => d.to === "home");
  return decisions
    .slice(0, home === -1 ? undefined : home)
    .filter((d) => d.from !== d.to)
    .reverse();
}

function entries(changes: readonly Decision[]): Entry[] {
  return changes.map((d, i) => ({ phase: d.to, at: d.at, leftAt: changes[i + 1]?.at ?? null }));
}

function nowSays(view: View): string {
  const since = view.standing?.since ?? null;
  return since === null ? "not known yet" : `for ${span(view.now - since)}`;
}

function doneSays(phase: Phase, run: readonly Entry[]): string {
  if (phase === "home") {
    const left = run[0];
    return left ? `until ${clock(left.at)}` : "left";
  }
  const entry = run.findLast((e) => e.phase === phase && e.leftAt !== null);
  return entry?.leftAt ? `took ${span(entry.leftAt - entry.at)}` : "passed over";
}

function toCome(phase: Phase, view: View): string {
  const { rules, topology, standby } = view;
  const last = lastTook(phase, view.decisions);
  const measured = last === null ? "" : `last time ${span(last)}`;
  switch (phase) {
    case "doubting":
      return `${counted(rules.consecutiveFailuresThreshold, "bad round")}, ${span(rules.consecutiveFailuresThreshold * rules.cadenceMs)}`;
    case "preparing": {
      const full = topology.regions.find((r) => r.region === standby)?.capacity?.full;
      return measured || (full ? `until ${counted(full, "task")} run` : "until the standby is fit");
    }
    case "shifting":
      return measured || "until the name leads there";
    case "verifying":
      return (
        measured ||
        `${counted(rules.verifyRounds, "good round")}, ${span(rules.verifyRounds * rules.cadenceMs)}`
      );
    case "away":
      return "until brought home";
    default:
      return "when asked for";
  }
}

/** How long a phase lasted when it was last gone through; null when no record says. */
function lastTook(phase: Phase, decisions: readonly Decision[]): number | null {
  const changes = decisions.filter((d) => d.from !== d.to);
  const left = changes.findIndex((d) => d.from === phase && d.to !== "held");
  const [out, into] = [changes[left], changes[left + 1]];
  return left !== -1 && out && into && into.to === phase ? out.at - into.at : null;
}
