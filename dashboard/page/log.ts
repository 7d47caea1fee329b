/** dashboard · page. What was decided, when and by whom, among the incidents that came and went; each line opens its
 *  record. */
import type { Decision } from "../../store/records.ts";
import { stamp } from "../figures.ts";
import { type News, newsOf } from "../incidents.ts";
import type { View } from "../view.ts";
import { type Html, html, time, whole } from "./html.ts";

const shown = 12;

export function logSection(view: View): Html {
  const all = [...view.decisions.map(decided(view.now)), ...newsOf(view).map(told(view.now))].sort(
    (a, b) => b.at - a.at,
  );
  const [first, rest] = [all.slice(0, shown), all.slice(shown)].map((lines) => lines.map((l) => l.line));
  return html`<section id="log" class="sec" aria-labelledby="h-log">
<header><h2 id="h-log">Log</h2><p>Decisions and incidents, newest first, UTC; each opens its record</p></header>
${
  all.length === 0
    ? html`<p class="mut">Nothing has been decided yet.</p>`
    : html`<ol class="log">${first}</ol>`
}${rest?.length ? html`<details id="more-log"><summary>${rest.length} earlier</summary><ol class="log">${rest}</ol></details>` : ""}
</section>`;
}

type Line = { at: number; line: Html };

const decided =
  (now: number) =>
  (d: Decision): Line => ({
    at: d.at,
    line: html`
<li>${time(d.at, stamp(d.at, now))}<i>${d.by}</i><span>${
      d.from === d.to ? html`<b>${d.to}</b>: ` : html`${d.from} to <b>${d.to}</b>: `
    }<a href="/decisions/${encodeURIComponent(d.id)}" data-dialog>${whole(d.why)}</a></span></li>`,
  });

const told =
  (now: number) =>
  ({ at, incident, over }: News): Line => ({
    at,
    line: html`
<li>${time(at, stamp(at, now))}<i>incident</i><span>${over ? html`<b>over</b>: ` : html`<b>opened</b>: `}<a href="/incidents/${encodeURIComponent(incident.id)}" data-dialog>${whole(incident.title)}</a></span></li>`,
  });
