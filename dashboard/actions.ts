/** dashboard · pure. What a person may do now: each with its key and what it brings about, or why not. The table
 *  is the reducer's own, so a grey button and a refusal never disagree. */
import { totalMs } from "../analyzer/recovery.ts";
import { type AskKind, whyNotNow } from "./ask.ts";
import { clock, score, span } from "./figures.ts";
import { askedTakes } from "./underway.ts";
import { healthOf, type View } from "./view.ts";

export type Action = {
  kind: AskKind;
  key: string;
  name: string;
  /** What it brings about, in a few words. */
  does: string;
  /** Null when it may be asked for. */
  whyNot: string | null;
};

export const names: Record<AskKind, string> = {
  hold: "Hold",
  release: "Release",
  approve: "Approve",
  failover: "Fail over",
  failback: "Fail back",
  drill: "Drill",
  maintain: "Maintain",
  "end-maintenance": "End maintenance",
};

export function actionsOf(view: View): Action[] {
  const { primary, standby, phase, standing } = view;
  const all: Omit<Action, "whyNot" | "name">[] = [
    { kind: "hold", key: "H", does: "stops every move until released" },
    { kind: "release", key: "H", does: `goes on from ${standing?.held?.phase ?? "there"}` },
    {
      kind: "approve",
      key: "A",
      does: phase === "away" ? "brings users home, as Fail back does" : `lets users go to ${standby}`,
    },
    { kind: "failover", key: "F", does: `readies ${standby}, then moves all users` },
    { kind: "failback", key: "B", does: `brings users home once ${primary} is fit` },
    { kind: "drill", key: "D", does: `moves all users to ${standby}, to practise` },
    { kind: "maintain", key: "M", does: "keeps every move back while people work" },
    { kind: "end-maintenance", key: "M", does: `lets moves happen again; ${windowsSay(view)}` },
  ];
  // Hold and release are one key and one place on the page: only ever one of them makes sense. So with maintenance.
  const others = [
    phase === "held" ? "hold" : "release",
    standing?.windows.length ? "maintain" : "end-maintenance",
  ];
  return all
    .filter((a) => !others.includes(a.kind))
    .map((a) => ({
      ...a,
      name: names[a.kind],
      whyNot: whyNotNow(a.kind, view),
    }));
}

function windowsSay({ standing, now }: View): string {
  const first = standing?.windows[0];
  if (!first) return "none is open";
  const place = first.region ?? "all regions";
  return first.from > now
    ? `${place} from ${clock(first.from)}`
    : `${place} until ${clock(first.until)}, by ${first.by}`;
}

/** The action Holdfast itself waits for, if it waits for a person. */
export function waitsFor(view: View): AskKind | null {
  const { phase, rules, standing, report } = view;
  if (view.stale || view.requests.length > 0) return null;
  if (phase === "held") return "release";
  if (phase === "preparing" && rules.mode === "approve") {
    const blocked = [...(report?.for ?? []).filter((l) => l.met !== true)];
    const others = (report?.against ?? []).filter((l) => l.id !== "mode" && l.met !== false);
    const asked = report?.against.find((l) => l.id === "mode");
    return asked?.met && blocked.length + others.length === 0 ? "approve" : null;
  }
  if (phase === "away" && standing?.wellSince != null) {
    const byHand = rules.failback === "approve" || rules.mode !== "automatic";
    return byHand && view.now - standing.wellSince >= rules.holdDownMs ? "failback" : null;
  }
  return null;
}

/** What will happen, step by step, with what is known now; for whoever is about to say yes. */
export function willHappen(kind: AskKind, view: View): string[] {
  const { primary, standby, topology, rules, standing } = view;
  const health = healthOf(view, standby);
  const full = topology.regions.find((r) => r.region === standby)?.capacity?.full ?? null;
  const running = health?.capacity?.running ?? null;
  const patience = span(rules.requestPatienceMs);
  switch (kind) {
    case "hold":
      return [
        "Nothing moves until somebody releases it, however users fare.",
        standing?.drained
          ? `${standing.drained} stays drained, so users stay in ${standing.drained === primary ? standby : primary}.`
          : "Users stay where the name leads now. Route 53 can still move them by itself if the endpoint dies.",
        "Probes go on and everything is still recorded.",
      ];
    case "release":
      return [
        `Holdfast goes on from ${standing?.held?.phase ?? "where it was"}.`,
        "It may move users at once if its rules are met.",
      ];
    case "approve":
      if (view.phase === "away") return willHappen("failback", view);
      return [
        `Users move to ${standby} as soon as every other rule is met.`,
        `The approval lapses after ${patience}.`,
      ];
    case "failover":
      return [
        full === null
          ? `${standby} is scaled up.`
          : `${standby} is scaled to ${full} tasks; ${running === null ? "how many run now is unknown" : `${running} run now`}.`,
        `Once they run and ${standby} scores ${score(rules.healthThreshold)} or more (now ${score(health?.score ?? null)}), ${primary} is drained and all users follow as their name caches lapse.`,
        `If that is not so within ${patience}, nobody moves and the record says why.`,
        `They stay in ${standby} until they are brought home.`,
      ];
    case "drill": {
      const total = totalMs(askedTakes(view));
      return [
        `Real users are moved to ${standby}, gracefully: only while both regions are well and the data has caught up.`,
        total === null || total === 0
          ? "How long that takes is not known."
          : `They should be served there within about ${span(total)}.`,
        `They stay in ${standby} until they are brought home with Fail back, which ends the drill.`,
        "Each step and its time is kept under Moves so far, beside what was expected.",
      ];
    }
    case "maintain":
      return [
        "Nothing is moved until the window ends, however users fare; a person may end it at any time.",
        "Probes go on and everything is still recorded.",
      ];
    case "end-maintenance":
      return ["Holdfast may move users at once if its rules are met."];
    case "failback":
      return [
        `Holdfast waits until ${primary} is fit (it scores ${score(healthOf(view, primary)?.score ?? null)} now), then takes it out of the drain.`,
        `All users follow to ${primary} as their name caches lapse; ${standby} goes back to its normal size once they have arrived.`,
        `If ${primary} is not fit within ${patience}, users stay in ${standby} and the record says why.`,
      ];
  }
}
