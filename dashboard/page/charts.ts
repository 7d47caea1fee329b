/** dashboard · page. Lines over time, drawn by the browser once they come into sight; the figures also as a table. */
import { score } from "../figures.ts";
import type { View } from "../view.ts";
import { type Html, html } from "./html.ts";
import type { Shell } from "./shell.ts";

const ranges: [minutes: number, name: string][] = [
  [5, "5 min"],
  [15, "15 min"],
  [60, "1 h"],
  [360, "6 h"],
  [2880, "48 h"],
];
const shown = 15; // minutes, at first

/** `line`: what of `GET /api/history` is drawn. */
const plots = (view: View) => [
  {
    line: "scores",
    title: "Score",
    says: `fit from ${score(view.rules.healthThreshold)}`,
    limit: view.rules.healthThreshold,
  },
  {
    line: "p95Ms",
    title: "Time to answer",
    says: "19 of 20 answers are faster",
    limit: view.rules.responseTimeThresholdMs,
  },
  { line: "failed", title: "Requests failing", says: "as users got them", limit: view.rules.hurtShare },
  { line: "odd", title: "Oddest series", says: "what made it so is named where you point", limit: null },
];

export const chartsSection = (s: Shell, view: View): Html => html`<div class="wrap">
<section id="charts" class="sec charts" aria-labelledby="h-charts" data-script="${s.asset("charts.js")}" data-uplot="${s.asset("uplot.js")}" data-css="${s.asset("uplot.css")}">
<header><h2 id="h-charts">Over time</h2><p>Drag to look closer, press twice to step back</p></header>
<div class="row ranges" role="group" aria-label="Time shown" hidden>${ranges.map(
  ([minutes, name]) =>
    html`<button type="button" data-minutes="${minutes}" aria-pressed="${minutes === shown ? "true" : "false"}">${name}</button>`,
)}</div>
<noscript><p class="mut">Charts need JavaScript. Their figures are at <a href="/api/history">/api/history</a>.</p></noscript>
<p class="mut" data-note hidden></p>
<div class="plots">${plots(view).map(
  ({ line, title, says, limit }) => html`
<figure data-line="${line}"${limit === null ? "" : html` data-limit="${limit}"`} hidden><figcaption><b>${title}</b> <span class="mut sm">${says}</span></figcaption><div class="plot" tabindex="0" role="application" aria-label="${title} over time; arrow keys read it out"></div><p class="read sm"></p></figure>`,
)}</div>
<details class="figures" hidden><summary>The figures as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="The figures as a table"></div></details>
</section></div>`;
