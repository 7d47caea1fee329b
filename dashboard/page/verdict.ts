/** dashboard · page. The first glance: one sentence, its evidence, and how far the failover has come. */
import { span } from "../figures.ts";
import { openIncidents } from "../incidents.ts";
import { phasesOf, type Step } from "../phases.ts";
import { type State, type Verdict, word } from "../verdict.ts";
import { staleAfterMs, type View } from "../view.ts";
import { type Html, html, type Sign, sign, whole } from "./html.ts";

const signs: Record<State, Sign> = {
  calm: "ok",
  doubt: "warn",
  outage: "bad",
  moving: "half",
  away: "ok",
  held: "pause",
  empty: "unk",
  stale: "unk",
};

export function verdictSection(view: View, said: Verdict): Html {
  const { state } = said;
  const steps = phasesOf(view);
  const began = beganAt(view, state, steps);
  const heard = view.report?.assessment.at;
  return html`<section id="verdict" class="verdict ${state}" aria-labelledby="says"
 data-state="${state}" data-phase="${view.phase}" data-users="${said.users}" data-title="${word[state]}: ${view.title}" data-now="${view.now}"
 data-heard="${heard ?? ""}" data-stale-after="${staleAfterMs(view.rules)}">
<p class="state"><span class="chip">${sign(signs[state])}${word[state]}</span>${
    began !== null && state !== "stale" ? html` <span>for ${span(view.now - began)}</span>` : ""
  }</p>
<h1 id="says">${whole(said.says)}</h1>
<p class="because">${said.evidence.map((line) => html`<span>${whole(line)}</span> `)}</p>
${track(view, steps)}
</section>`;
}

/** Trouble began with the first doubt, or with the incident that was opened for it; being home, away or held, and the way
 *  home, began with that phase. Null where nobody noted it. */
function beganAt(view: View, state: State, steps: readonly Step[]): number | null {
  const { phase, standing } = view;
  const since = standing?.since ?? null;
  if (state !== "outage" && state !== "moving" && state !== "doubt") return since;
  if (phase === "home" || phase === "away" || (phase === "returning" && state === "outage")) {
    const open = openIncidents(view).map((i) => i.openedAt);
    return open.length > 0 ? Math.min(...open) : null;
  }
  return phase === "returning" ? since : (steps.find((s) => s.at !== null)?.at ?? since);
}

function track(view: View, steps: readonly Step[]): Html {
  const now = steps.findIndex((s) => s.now);
  const here = steps[now];
  const held = view.phase === "held";
  return html`<p class="step">${here ? html`<b>${here.name}</b>, step ${now + 1} of ${steps.length}, ${whole(here.says)}` : ""}${
    held ? html`. <b>Held</b>` : ""
  }</p>
<ol class="phases${held ? " held" : ""}" aria-label="Failover phases">${steps.map(
    (s) => html`
<li class="${s.now ? "now" : s.done ? "done" : "todo"}"${s.now ? html` aria-current="step"` : ""}><b>${markOf(view, s)}${s.name}</b><span>${s.now && held ? "held here" : whole(s.says)}</span></li>`,
  )}
</ol>`;
}

function markOf(view: View, step: Step): Html | string {
  if (!step.now) return step.done ? sign("ok") : "";
  if (view.report === null || view.stale) return sign("unk");
  if (view.phase === "held") return sign("pause", "doubt");
  if (step.phase === "home") return sign("ok");
  return sign(step.phase === "away" ? "ok" : "half", "act");
}
