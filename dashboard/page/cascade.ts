/** dashboard · page. The cascade as a tree over time: the root, what fell from it, what falls next and when. */
import type { Cascade } from "../../store/records.ts";
import { clock, percent, span } from "../figures.ts";
import type { View } from "../view.ts";
import { type Html, html, pct, place, sign, source, whole } from "./html.ts";

const rowsShown = 8;

type Row = {
  node: string;
  depth: number;
  what: string;
  when: string;
  from: number;
  until: number;
  kind: "on" | "may";
};

export function cascadeSection(view: View): Html {
  const fall = view.report?.assessment.cascade;
  const rows = fall ? rowsOf(fall, view.now) : [];
  return html`<section id="cascade" class="sec c8" aria-labelledby="h-cascade">
<header><h2 id="h-cascade">Cascade</h2><p>${fall ? headline(fall, view) : "Asking."}</p></header>
${rows.length > 0 && fall ? timeline(rows, fall, view) : ""}
</section>`;
}

function headline(fall: Cascade, view: View): Html | string {
  if (fall.root === null)
    return fall.fallen.length === 0
      ? "Nothing is falling."
      : "Several things fail; no one cause explains them.";
  const next = soonest(fall)[0];
  const sure = fall.confidence === null ? "" : `, which explains ${percent(fall.confidence)} % of what fails`;
  if (!next) return html`It began with ${place(fall.root)}${sure}. Nothing known is to fall next.`;
  const opens =
    next.from > view.now ? `from ${clock(next.from)} on` : `at any moment, until ${clock(next.until)}`;
  return html`It began with ${place(fall.root)}${sure}. <span class="doubt">${place(next.node)}</span> may fall next, ${opens}.`;
}

const soonest = (fall: Cascade) => [...fall.next].sort((a, b) => a.from - b.from || a.until - b.until);

/** The tree in reading order: each node under the one it fell from. */
function rowsOf(fall: Cascade, now: number): Row[] {
  const all: (Row & { because: string | null })[] = [
    ...fall.fallen.map((f) => ({
      node: f.node,
      because: f.because,
      depth: 0,
      what: f.node === fall.root ? `root: ${f.says}` : f.says,
      when: `${span(now - f.since)} ago`,
      from: f.since,
      until: now,
      kind: "on" as const,
    })),
    ...soonest(fall).map((n) => ({
      node: n.node,
      because: n.because,
      depth: 0,
      what: n.says,
      when: whenSays(n.from - now, n.until - now),
      from: Math.max(n.from, now),
      until: n.until,
      kind: "may" as const,
    })),
  ];
  const placed: Row[] = [];
  const put = (row: (typeof all)[number], depth: number) => {
    if (placed.some((p) => p.node === row.node)) return;
    placed.push({ ...row, depth });
    for (const child of all) if (child.because === row.node) put(child, depth + 1);
  };
  for (const row of all) if (row.because === null || !all.some((r) => r.node === row.because)) put(row, 0);
  for (const row of all) put(row, 0); // what hangs on itself in a ring
  return placed;
}

function whenSays(fromMs: number, untilMs: number): string {
  if (untilMs <= 0) return "overdue";
  if (fromMs <= 0) return `now to ${short(untilMs)}`;
  return `in ${short(fromMs)} to ${short(untilMs)}`;
}

/** A forecast is no exact figure: minutes above two of them. */
const short = (ms: number) => (ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : span(ms));

function timeline(rows: readonly Row[], fall: Cascade, view: View): Html {
  const { now } = view;
  const shown = rows.slice(0, rowsShown);
  const more = rows.slice(rowsShown);
  const start = Math.min(...shown.map((r) => r.from), now);
  const behind = Math.max(now - start, 60_000);
  // The past takes what it needs; a forecast of hours must not squeeze it to nothing.
  const end = Math.min(Math.max(...shown.map((r) => r.until), now + behind), now + 5 * behind);
  const from = now - behind * 1.1;
  const x = (at: number) => Math.min(1, Math.max(0, (at - from) / (end - from)));
  return html`<div class="cas" role="table" aria-label="What fell and what may fall next">
<div class="cr" role="row"><div class="h" role="columnheader">Service</div><div class="h" role="columnheader">What</div><div class="h" role="columnheader">When</div><div class="h ln" aria-hidden="true">${axis(from, end, now, x)}</div></div>
${shown.map((r) => rowOf(r, x, now))}
</div>
${more.length > 0 ? html`<details id="more-cascade"><summary>${more.length} more may follow</summary><ul class="more">${more.map((r) => html`<li>${place(r.node)} ${whole(r.what)}, ${r.when}</li>`)}</ul></details>` : ""}
<div class="key"><span><svg aria-hidden="true" width="18" height="10"><rect class="on" width="18" height="10"/></svg>failing</span><span><svg aria-hidden="true" width="18" height="10"><rect class="may" x=".75" y=".75" width="16.5" height="8.5"/></svg>may start failing</span><details id="cascade-evidence"><summary>How it is known</summary><ul class="more">${fall.evidence.map((e) => html`<li>${whole(e)}</li>`)}${soonest(fall).map((n) => html`<li>${place(n.node)} on ${place(n.because)}: ${n.grade}, ${source(n.source)}</li>`)}</ul></details></div>`;
}

function rowOf(r: Row, x: (at: number) => number, now: number): Html {
  const left = x(r.from);
  const right = Math.max(x(r.until), left + 0.008);
  return html`<div class="cr" role="row"><div class="nm d${Math.min(r.depth, 3)}" role="rowheader">${
    r.kind === "on" ? sign("bad", "hurt") : sign("warn", "doubt")
  }<span>${place(r.node)}</span></div><div class="what" role="cell">${whole(r.what)}</div><div role="cell">${r.when}</div><div class="ln" aria-hidden="true"><svg width="100%" height="100%"><line class="now" x1="${pct(x(now))}" x2="${pct(x(now))}" y1="0" y2="100%"/><rect class="${r.kind}" x="${pct(left)}" width="${pct(right - left)}" y="25%" height="50%"/></svg></div></div>
`;
}

/** Clock times at round minutes, about five of them. */
function axis(from: number, until: number, now: number, x: (at: number) => number): Html {
  const steps = [15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400].map((s) => s * 1000);
  const step = steps.find((s) => (until - from) / s <= 5) ?? (until - from) / 5;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= until; at += step) {
    const near = Math.abs(x(at) - x(now)) < 0.11;
    if (!near && x(at) < 0.93) ticks.push(at);
  }
  return html`<svg width="100%" height="100%">${ticks.map((at) => html`<text x="${pct(x(at))}" y="12" text-anchor="middle">${clock(at).slice(0, step < 60_000 ? 8 : 5)}</text>`)}<text class="now" x="${pct(x(now))}" y="12" text-anchor="middle">now</text></svg>`;
}
