/** dashboard · page. What was decided, when and by whom; each line opens its record. */
import type { Decision } from "../../store/records.ts";
import { stamp } from "../figures.ts";
import type { View } from "../view.ts";
import { type Html, html, time, whole } from "./html.ts";

const shown = 12;

export function logSection(view: View): Html {
  const [first, rest] = [view.decisions.slice(0, shown), view.decisions.slice(shown)];
  const line = (d: Decision) => html`
<li>${time(d.at, stamp(d.at, view.now))}<i>${d.by}</i><span>${
    d.from === d.to ? html`<b>${d.to}</b>: ` : html`${d.from} to <b>${d.to}</b>: `
  }<a href="/decisions/${encodeURIComponent(d.id)}" data-dialog>${whole(d.why)}</a></span></li>`;
  return html`<section id="log" class="sec" aria-labelledby="h-log">
<header><h2 id="h-log">Log</h2><p>Decisions, newest first, UTC; each opens its record</p></header>
${
  first.length === 0
    ? html`<p class="mut">Nothing has been decided yet.</p>`
    : html`<ol class="log">${first.map(line)}</ol>`
}${rest.length > 0 ? html`<details id="more-log"><summary>${rest.length} earlier</summary><ol class="log">${rest.map(line)}</ol></details>` : ""}
</section>`;
}
