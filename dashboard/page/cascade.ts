/** dashboard · page. The cascade as a tree over time: the root, what fell from it, what falls next and when. While
 *  all is well it imagines the worst root, from what is known of who stands on whom. */

import { blast } from "../../analyzer/blast.ts";
import { dependencies } from "../../analyzer/dependencies.ts";
import { type Cascade, nodeOf, type Scope } from "../../store/records.ts";
import { clock, listed, percent, span } from "../figures.ts";
import { scopeSays } from "../reach.ts";
import { reasonSays } from "../reasons.ts";
import type { View } from "../view.ts";
import { type Html, html, pct, place, sign, source, whole } from "./html.ts";

const rowsShown = 9;

/** `on`: failing. `may`: expected to. `hyp`: would, if the imagined root failed. */
type Row = {
  node: string;
  because: string | null;
  depth: number;
  what: string;
  when: string;
  from: number;
  until: number;
  kind: "on" | "may" | "hyp";
};

export function cascadeSection(view: View): Html {
  if (!view.report) return section("Asking.", "");
  const { cascade: fall, scope } = view.report.assessment;
  const { shown, rest } = parted(fall, view);
  if (shown.length > 0)
    return section(
      headline(fall, shown, view),
      html`${reach(scope)}${timeline(tree(shown), view.now, rest)}${foot(fall, scope)}`,
    );
  if (view.stale) return section("Nothing was falling when last heard.", "");
  if (fall.aftermath) return section("Nothing is falling.", secondWave(fall.aftermath, view.now));
  const worst = imagined(view);
  return worst
    ? section(
        html`Nothing is falling. ${worst.says}`,
        timeline(worst.rows.slice(0, rowsShown), view.now, worst.rows.slice(rowsShown)),
      )
    : section("Nothing is falling.", "");
}

const section = (says: Html | string, body: Html | string): Html =>
  html`<section id="cascade" class="sec" aria-labelledby="h-cascade">
<header><h2 id="h-cascade">Cascade</h2><p>${says}</p></header>
${body}
</section>`;

function reach(scope: Scope): Html | string {
  const says = scopeSays(scope);
  if (says === null) return "";
  return html`<p class="reach${scope.kind === "unknown" ? " doubt" : ""}">${whole(says)}</p>`;
}

/** A root that is well again, while what it took may fall once more. */
const secondWave = (after: NonNullable<Cascade["aftermath"]>, now: number): Html =>
  html`<p class="warned">${sign("warn", "doubt")}<span>${place(after.root)} has been well for ${whole(span(now - after.endedAt))}. A second wave has been seen to follow such an end, here until ${clock(after.until)} at the latest.</span></p>
<p class="sm mut">Waits to see well: ${listed(after.waitingFor.map((n) => n.replace("@", " in ")))}.</p>`;

function headline(fall: Cascade, rows: readonly Row[], view: View): Html | string {
  if (fall.root === null) return "Several things fail; no one cause explains them.";
  const sure = fall.confidence === null ? "" : `, with a confidence of ${percent(fall.confidence)} %`;
  const began = html`It began with ${place(fall.root)}${sure}.`;
  const next = rows.find((r) => r.kind === "may" && r.node !== fall.root);
  if (!next) return html`${began} Nothing watched is known to fall next.`;
  const when = next.from > view.now ? `from ${clock(next.from)} on` : "at any moment";
  return html`${began} <span class="doubt">${place(next.node)}</span> may fall next, ${when}.`;
}

/** What fell, and what of the watched services may fall next; the rest of the forecast stands apart. */
function parted(fall: Cascade, view: View): { shown: Row[]; rest: Row[] } {
  const watched = new Set<string>(view.report?.assessment.services.map((s) => nodeOf(s.service, s.region)));
  const rows = rowsOf(fall, view.now);
  const near = (r: Row) => r.kind === "on" || r.node === fall.root || watched.has(r.node);
  const shown = rows.filter(near);
  return {
    shown: shown.slice(0, rowsShown),
    rest: [...shown.slice(rowsShown), ...rows.filter((r) => !near(r))],
  };
}

const soonest = (fall: Cascade) => [...fall.next].sort((a, b) => a.from - b.from || a.until - b.until);

function rowsOf(fall: Cascade, now: number): Row[] {
  const { root } = fall;
  const hidden = root !== null && !fall.fallen.some((f) => f.node === root);
  const suspect: Row = {
    node: root ?? "",
    because: null,
    depth: 0,
    what: "root: nobody asks it, but it would explain the rest",
    when: "suspected",
    from: Math.min(...fall.fallen.map((f) => f.since), now),
    until: now,
    kind: "may",
  };
  return [
    ...(hidden ? [suspect] : []),
    ...fall.fallen.map(
      (f): Row => ({
        node: f.node,
        because: f.because,
        depth: 0,
        what: f.node === root ? `root: ${reasonSays(f.says)}` : reasonSays(f.says),
        when: `${span(now - f.since)} ago`,
        from: f.since,
        until: now,
        kind: "on",
      }),
    ),
    ...soonest(fall).map(
      (n): Row => ({
        node: n.node,
        because: n.because,
        depth: 0,
        what: n.says,
        when: whenSays(n.from - now, n.until - now),
        from: Math.max(n.from, now),
        until: n.until,
        kind: "may",
      }),
    ),
  ];
}

/** The watched service of the home region whose failure would reach most of the others, and what it would reach. */
function imagined(view: View): { says: Html; rows: Row[] } | null {
  const { primary, now } = view;
  const watched = new Set<string>(
    (view.report?.assessment.services ?? [])
      .filter((s) => s.region === primary)
      .map((s) => nodeOf(s.service, s.region)),
  );
  const reaches = [...watched].map((root) =>
    blast(root, now, dependencies).filter((r) => watched.has(r.node)),
  );
  const worst = reaches.sort((a, b) => b.length - a.length)[0];
  const [root, ...hurt] = worst ?? [];
  if (!root || hurt.length === 0) return null;
  const soon = hurt.filter((r) => r.from <= now).map((r) => r.node.split("@")[0] ?? "");
  const first = soon.length > 0 ? `, ${listed(soon.slice(0, 3))} first` : "";
  const says = html`If ${place(root.node)} failed now, ${hurt.length} of ${watched.size - 1} other services watched there would be at risk${first}.`;
  const rows = [root, ...hurt].map(
    (r): Row => ({
      node: r.node,
      because: watched.has(r.because ?? "") ? r.because : root.node === r.node ? null : root.node,
      depth: 0,
      what: r.edge?.says ?? "imagined root",
      when: r.edge ? whenSays(r.from - now, r.until - now, "at once") : "now",
      from: r.from,
      until: r.edge ? r.until : r.from,
      kind: "hyp",
    }),
  );
  return { says, rows: tree(rows) };
}

/** In reading order: each node under the one it falls from. */
function tree(all: readonly Row[]): Row[] {
  const placed: Row[] = [];
  const put = (row: Row, depth: number) => {
    if (placed.some((p) => p.node === row.node)) return;
    placed.push({ ...row, depth });
    for (const child of all) if (child.because === row.node) put(child, depth + 1);
  };
  for (const row of all) if (!all.some((r) => r.node === row.because)) put(row, 0);
  for (const row of all) put(row, 0); // what hangs on itself in a ring
  return placed;
}

function whenSays(fromMs: number, untilMs: number, late = "overdue"): string {
  if (untilMs <= 0) return late;
  if (fromMs <= 0) return `within ${short(untilMs)}`;
  return `in ${short(fromMs)} to ${short(untilMs)}`;
}

/** A forecast is no exact figure: whole minutes, and hours from two of them. */
function short(ms: number): string {
  if (ms < 120_000) return span(ms);
  return ms < 120 * 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

function timeline(shown: readonly Row[], now: number, more: readonly Row[]): Html {
  const start = Math.min(...shown.map((r) => r.from), now);
  const imagining = shown[0]?.kind === "hyp";
  const behind = imagining ? 0 : Math.max(now - start, 60_000);
  const last = Math.max(...shown.map((r) => r.until));
  // The past takes what it needs; a forecast of hours must not squeeze it to nothing.
  const end = imagining
    ? Math.min(last, now + 30 * 60_000)
    : Math.min(Math.max(last, now + behind), now + 5 * behind);
  const from = now - behind * 1.1;
  const x = (at: number) => Math.min(1, Math.max(0, (at - from) / (end - from)));
  return html`<div class="cas" role="table" aria-label="${imagining ? "What would fall if the imagined root failed now" : "What fell and what may fall next"}">
<div class="cr" role="row"><div class="h" role="columnheader">Service</div><div class="h" role="columnheader">When</div><div class="h" role="columnheader">What</div><div class="h ln" aria-hidden="true">${axis(from, end, now, x, imagining)}</div></div>
${shown.map((r) => rowOf(r, x, now))}
</div>
${more.length > 0 ? html`<details id="more-cascade"><summary>${more.length} more</summary><ul class="more">${more.map((r) => html`<li>${place(r.node)} ${whole(r.what)}, ${r.when}</li>`)}</ul></details>` : ""}`;
}

function rowOf(r: Row, x: (at: number) => number, now: number): Html {
  const left = x(r.from);
  const right = Math.max(x(r.until), left + 0.008);
  const mark = { on: sign("bad", "hurt"), may: sign("warn", "doubt"), hyp: sign("no", "dim") }[r.kind];
  return html`<div class="cr" role="row"><div class="nm d${Math.min(r.depth, 3)}" role="rowheader">${mark}<span>${place(r.node)}</span></div><div role="cell">${r.when}</div><div class="what" role="cell">${whole(r.what)}</div><div class="ln" aria-hidden="true"><svg><line class="now" x1="${pct(x(now))}" x2="${pct(x(now))}" y1="0" y2="100%"/><rect class="${r.kind}" x="${pct(left)}" width="${pct(right - left)}" y="25%" height="50%"/></svg></div></div>
`;
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

function foot(fall: Cascade, scope: Scope): Html {
  const known = [
    ...[...fall.evidence, ...scope.evidence].map((e) => html`${whole(e)}`),
    ...soonest(fall).map(
      (n) => html`${place(n.node)} stands on ${place(n.because)}: ${n.grade}, ${source(n.source)}`,
    ),
  ];
  return html`<div class="key"><span><svg aria-hidden="true" width="18" height="10"><rect class="on" width="18" height="10"/></svg>failing</span><span><svg aria-hidden="true" width="18" height="10"><rect class="may" x=".75" y=".75" width="16.5" height="8.5"/></svg>may start failing</span><details id="cascade-evidence"><summary>How it is known</summary><ul class="more">${known.map((k) => html`<li>${k}</li>`)}</ul></details>${suspects(fall)}</div>`;
}

/** The likeliest roots, best first, with what speaks for and against each: what to look at when the first is wrong. */
function suspects({ candidates, root }: Cascade): Html | string {
  const others = candidates.filter((c) => c.node !== root).length;
  if (candidates.length === 0 || (root !== null && others === 0)) return "";
  return html`<details id="cascade-roots"><summary>${root === null ? "What it may be" : "What else it may be"}</summary><ol class="more">${candidates.map(
    (c) => html`
<li>${place(c.node)} <b class="nb">${percent(c.score)} %</b>${c.node === root ? html` <span class="dim">taken as the root</span>` : ""}${[
      ...c.for.map((says) => html`<br>${sign("ok")} <span class="sr">for: </span>${whole(says)}`),
      ...c.against.map(
        (says) => html`<br>${sign("bad", "doubt")} <span class="sr">against: </span>${whole(says)}`,
      ),
    ]}</li>`,
  )}</ol></details>`;
}
