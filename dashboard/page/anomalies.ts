/** dashboard · page. What behaves oddly, and which of its numbers made it so. Odd is advice, not a verdict. */
import type { Anomaly } from "../../store/records.ts";
import { percent, score } from "../figures.ts";
import type { View } from "../view.ts";
import { type Html, html, pct, place, whole } from "./html.ts";

const shown = 4;

export function anomaliesSection(view: View): Html {
  const found = [...(view.report?.assessment.anomalies ?? [])].sort((a, b) => b.score - a.score);
  const rest = found.slice(shown);
  return html`<section id="anomalies" class="sec" aria-labelledby="h-anomalies">
<header><h2 id="h-anomalies">Anomalies</h2><p>How odd, and what made it so</p></header>
${
  view.report === null
    ? html`<p class="an mut">Asking.</p>`
    : found.length === 0
      ? html`<p class="an mut">No series behaves oddly.</p>`
      : found.slice(0, shown).map(one)
}${rest.length > 0 ? html`<details id="more-anomalies"><summary>${rest.length} more</summary>${rest.map(one)}</details>` : ""}
</section>`;
}

const one = (a: Anomaly): Html => html`
<div class="an"><h3><span>${place(a.node)}</span><span>${score(a.score)}</span></h3><p class="xs dim">seen from ${a.vantage}</p><ul>${[
  ...a.features,
]
  .sort((x, y) => y.share - x.share)
  .slice(0, 3)
  .map(
    (f) => html`
<li><span>${whole(f.says)}</span><svg class="share" aria-hidden="true"><rect width="${pct(f.share)}" height="100%"/></svg><span>${percent(f.share)} %</span></li>`,
  )}
</ul></div>`;
