/** dashboard · page. The first glance: one sentence, its evidence, and how far the failover has come. */
import { span } from "../figures.ts";
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
  const began = steps.find((s) => s.at !== null && s.phase !== "home")?.at ?? view.standing?.since ?? null;
  const heard = view.report?.assessment.at;
  return html`<section id="verdict" class="verdict ${state}" aria-labelledby="says"
 data-state="${state}" data-title="${word[state]}: ${view.title}" data-now="${view.now}"
 data-heard="${heard ?? ""}" data-stale-after="${staleAfterMs(view.rules)}">
<p class="state"><span class="chip">${sign(signs[state])}${word[state]}</span>${
    began !== null && state !== "stale" ? html` <span>for ${span(view.now - began)}</span>` : ""
  }</p>
<h1 id="says">${whole(said.says)}</h1>
<p class="because">${said.evidence.map((line) => html`<span>${whole(line)}</span> `)}</p>
${track(view, steps)}
</section>`;
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
<li class="${s.now ? "now" : s.done ? "done" : "todo"}"${s.now ? html` aria-current="step"` : ""}><b>${
      s.now && held
        ? sign("pause", "doubt")
        : s.now
          ? sign(s.phase === "home" || s.phase === "away" ? "ok" : "half", s.phase === "home" ? "" : "act")
          : s.done
            ? sign("ok")
            : ""
    }${s.name}</b><span>${s.now && held ? "held here" : whole(s.says)}</span></li>`,
  )}
</ol>`;
}
