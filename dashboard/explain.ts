/** dashboard · pure. Why things are as they are, for whoever is woken: why users were moved, or why they were not, and what
 *  would have to change. The rules' own lines speak; nothing is added that they do not know. */
import { objections, quorum } from "../analyzer/argue.ts";
import { openWindows, windowSays } from "../analyzer/failover/windows.ts";
import { totalMs } from "../analyzer/recovery.ts";
import { lagSays } from "../analyzer/spans.ts";
import type { Decision } from "../store/records.ts";
import { counted, listed, score, span, stamp } from "./figures.ts";
import { healthOf, type View } from "./view.ts";

export function explain(view: View): string[] {
  if (view.report === null) return ["Nothing has been heard yet."];
  return [
    ...(view.stale
      ? [`The last look was ${span(view.now - view.report.assessment.at)} ago; this is how it was then.`]
      : []),
    ...lastMove(view),
    ...present(view),
    ...votes(view),
    ...windows(view),
    ...estimate(view),
  ];
}

/** Why users are not moved now, or what the move under way waits for. */
function present(view: View): string[] {
  const { report, standing, phase, primary, standby, rules } = view;
  if (report === null) return [];
  const home = healthOf(view, primary);
  switch (phase) {
    case "home":
      return [
        quorum(home).hurt
          ? `Users stay in ${primary} until enough bad rounds have been counted.`
          : `Users stay in ${primary}: ${quorum(home).hurtCount} of ${quorum(home).of} vantage points outside it say that they are hurt there, and a move needs most of them.`,
      ];
    case "doubting":
    case "preparing": {
      const unmet = [
        ...report.for.filter((l) => l.met !== true),
        ...report.against.filter((l) => l.met !== false),
      ].map((l) => l.id);
      const inTheWay = objections(report, unmet, rules, view.topology);
      return [
        `${report.why}.`,
        unmet.length === 0
          ? "Every rule for a move is met and none is against it: it is made in the next round."
          : `Holdfast moves nobody by itself because ${inTheWay}.`,
      ];
    }
    case "away": {
      const wellMs = standing?.wellSince == null ? null : view.now - standing.wellSince;
      const waits = [
        ...(wellMs === null ? [`${primary} to be well`] : []),
        ...(wellMs !== null && wellMs < rules.holdDownMs
          ? [`${primary} to have been well for ${span(rules.holdDownMs)} (${span(wellMs)} so far)`]
          : []),
        ...(rules.failback === "approve" || rules.mode !== "automatic"
          ? ["a person to bring users home (holdfast failback)"]
          : []),
      ];
      return [`Users stay in ${standby}. A return waits for ${listed(waits) || "the next round"}.`];
    }
    case "held":
      return [
        `${standing?.held?.by ?? "Somebody"} holds every move: ${standing?.held?.reason ?? "no reason given"}. It goes on from ${standing?.held?.phase ?? "home"} when released.`,
      ];
    default:
      return [`${report.why}.`];
  }
}

function lastMove(view: View): string[] {
  const move = view.decisions.find((d) => d.orders.some((o) => o.kind === "drain"));
  if (!move) return [];
  const drain = move.orders.find((o) => o.kind === "drain");
  const where = drain?.kind === "drain" && drain.drained ? view.standby : view.primary;
  const who = move.by === "rules" ? "the rules" : move.by === "route53" ? "Route 53" : move.by;
  return [
    `Users were last moved, to ${where}, at ${stamp(move.at, view.now)} UTC by ${who}: ${move.why}.`,
    `Known then: ${known(move)}.`,
    ...(move.overruled.length > 0
      ? [`Set aside for it: ${listed(move.overruled.map((id) => ruleSays(move, id)))}.`]
      : []),
  ];
}

/** What a decision was made from, in one line. */
export function known(
  d: Pick<Decision, "scores" | "root" | "scope" | "lagMs"> & { votes: readonly { says: string }[] },
): string {
  const hurt = d.votes.filter((v) => v.says === "hurt").length;
  const lags = Object.entries(d.lagMs).map(
    ([region, ms]) => `data in ${region} ${ms === null ? "unknown how far behind" : `${lagSays(ms)} behind`}`,
  );
  return [
    `${hurt} of ${counted(d.votes.length, "vantage point")} said users were hurt`,
    ...Object.entries(d.scores).map(([region, value]) => `${region} scored ${score(value)}`),
    ...(d.root ? [`root ${d.root}`] : []),
    ...(d.scope.kind === "none" || d.scope.kind === "unknown" ? [] : [`trouble ${d.scope.kind}`]),
    ...lags,
  ].join(", ");
}

export function ruleSays(d: Pick<Decision, "for" | "against">, id: string): string {
  const line = [...d.for, ...d.against].find((l) => l.id === id);
  return line ? `"${line.says}" (${line.value})` : id;
}

const votes = (view: View): string[] =>
  (healthOf(view, view.primary)?.votes ?? []).map(
    (v) =>
      `${v.vantage} says users in ${view.primary} are ${v.says === "unknown" ? "out of its sight" : v.says}: ${v.why}.`,
  );

const windows = ({ standing, now }: View): string[] =>
  (standing?.windows ?? []).map((w) =>
    openWindows([w], now).length > 0
      ? `Maintenance ${windowSays(w, now)}. Nobody is moved meanwhile.`
      : `Maintenance is planned from ${stamp(w.from, now)} UTC, ${windowSays(w, now)}.`,
  );

function estimate({ report, standby, phase }: View): string[] {
  if (report === null || report.recovery.length === 0 || phase === "away") return [];
  const total = totalMs(report.recovery);
  const parts = report.recovery.map(
    (p) => `${p.part} ${p.ms === null ? "unknown" : p.ms === 0 ? "0 s" : span(p.ms)}`,
  );
  return [
    total === null
      ? `How long a move to ${standby} would take is not known: ${listed(parts)}.`
      : `From the first failure until users are served in ${standby}: about ${span(total)} at most (${listed(parts)}).`,
  ];
}
