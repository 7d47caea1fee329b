/** dashboard · page. Rows over time: what failed since when, what may fail from when until when. */
import { clock, span } from "../figures.ts";
import { type Html, html, pct, place, sign, whole } from "./html.ts";

/** `on`: failing. `may`: expected to. `hyp`: would, if the imagined root failed. */
export type Row = {
  node: string;
  because: string | null;
  depth: number;
  what: string;
  when: string;
  from: number;
  until: number;
  kind: "on" | "may" | "hyp";
};

/** How far ahead imagined falls are drawn; those of hours would squeeze the first minutes to nothing. */
const imaginedMs = 30 * 60_000;

export function whenSays(fromMs: number, untilMs: number, late = "overdue"): string {
  if (untilMs <= 0) return late;
  if (fromMs <= 0) return `within ${short(untilMs)}`;
  const [from, until] = [short(fromMs), short(untilMs)];
  return from === until ? `in about ${from}` : `in ${from} to ${until}`;
}

/** A forecast is no exact figure: whole minutes, and hours and days from two of them. */
function short(ms: number): string {
  if (ms < 120_000) return span(ms);
  if (ms < 120 * 60_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 48 * 3_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`;
}

export function timeline(shown: readonly Row[], now: number, more: readonly Row[]): Html {
  const start = Math.min(...shown.map((r) => r.from), now);
  const imagining = shown[0]?.kind === "hyp";
  const behind = imagining ? 0 : Math.max(now - start, 60_000);
  const last = Math.max(...shown.map((r) => r.until));
  const soon = shown.map((r) => r.until).filter((at) => at <= now + imaginedMs);
  // The past takes what it needs; a forecast of hours must not squeeze it to nothing.
  const end = imagining
    ? Math.max(...soon, now + imaginedMs / 6)
    : Math.min(Math.max(last, now + behind), now + 5 * behind);
  const from = now - behind * 1.1;
  const x = (at: number) => Math.min(1, Math.max(0, (at - from) / (end - from)));
  return html`<div class="cas" role="table" aria-label="${imagining ? "What would fall if the imagined root failed now" : "What fell and what may fall next"}">
<div class="cr" role="row"><div class="h" role="columnheader">Service</div><div class="h" role="columnheader">When</div><div class="h" role="columnheader">What</div><div class="h ln" aria-hidden="true">${axis(from, end, now, x, imagining)}</div></div>
${shown.map((r) => rowOf(r, x, now, end))}
</div>
${more.length > 0 ? html`<details id="more-cascade"><summary>${more.length} more</summary><ul class="more">${more.map((r) => html`<li>${place(r.node)} ${whole(r.what)}, ${r.when}</li>`)}</ul></details>` : ""}`;
}

function rowOf(r: Row, x: (at: number) => number, now: number, end: number): Html {
  const mark = { on: sign("bad", "hurt"), may: sign("warn", "doubt"), hyp: sign("no", "dim") }[r.kind];
  return html`<div class="cr" role="row"><div class="nm d${Math.min(r.depth, 3)}" role="rowheader">${mark}<span>${place(r.node)}</span></div><div role="cell">${r.when}</div><div class="what" role="cell">${whole(r.what)}</div><div class="ln" aria-hidden="true"><svg><line class="now" x1="${pct(x(now))}" x2="${pct(x(now))}" y1="0" y2="100%"/>${bars(r, x, end)}</svg></div></div>
`;
}

/** A bar from when it began, or may begin, until when; what is only imagined goes on failing after that. */
function bars(r: Row, x: (at: number) => number, end: number): Html {
  const bar = (kind: string, from: number, until: number) =>
    html`<rect class="${kind}" x="${pct(from)}" width="${pct(until - from)}" y="25%" height="50%"/>`;
  if (r.from > end) return html`<text class="later" x="100%" y="50%" dy="4" text-anchor="end">later</text>`;
  const [left, right] = [x(r.from), x(r.until)];
  if (r.kind !== "hyp") return bar(r.kind, left, Math.max(right, left + 0.008));
  return html`${right > left ? bar("hyp", left, right) : ""}${right < 1 ? bar("sure", right, 1) : ""}`;
}

/** About five round instants: clock times, or minutes from now where it is only imagined. */
function axis(from: number, until: number, now: number, x: (at: number) => number, imagining: boolean): Html {
  const steps = [15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400].map((s) => s * 1000);
  const step = steps.find((s) => (until - from) / s <= 5) ?? (until - from) / 5;
  const first = imagining ? from + step : Math.ceil(from / step) * step;
  const ticks: number[] = [];
  for (let at = first; at <= until; at += step) {
    if (Math.abs(x(at) - x(now)) > 0.12 && x(at) > 0.05 && x(at) < 0.93) ticks.push(at);
  }
  const label = (at: number) =>
    imagining ? `+${span(at - now)}` : clock(at).slice(0, step < 60_000 ? 8 : 5);
  const edge = x(now) < 0.05 ? "start" : "middle";
  return html`<svg>${ticks.map((at) => html`<text x="${pct(x(at))}" y="12" text-anchor="middle">${label(at)}</text>`)}<text class="now" x="${pct(x(now))}" y="12" text-anchor="${edge}">now</text></svg>`;
}
