/** dashboard · page. The cascade as a tree over time: the root, what fell from it, what falls next and when. While
 *  all is well it imagines the worst root, from what is known of who stands on whom. `timeline.ts` draws it. */

import { blast } from "../../analyzer/cascade/blast.ts";
import { dependencies } from "../../analyzer/dependencies.ts";
import { type Assessment, type Cascade, nodeOf, rootIsOver, type Scope } from "../../store/records.ts";
import { usersNow } from "../fare.ts";
import { clock, listed, percent, span } from "../figures.ts";
import { scopeSays } from "../reach.ts";
import { reasonSays } from "../reasons.ts";
import { stateOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { type Html, html, place, sign, source, whole } from "./html.ts";
import { type Row, timeline, whenSays } from "./timeline.ts";

const rowsShown = 9;

type Seen = Pick<Assessment, "cascade" | "services">;

export function cascadeSection(view: View): Html {
  if (!view.report) return section("Asking.", "");
  const { assessment } = view.report;
  const { cascade: fall, scope } = assessment;
  const { shown, rest } = parted(assessment, view);
  if (shown.length > 0)
    return section(
      headline(fall, shown),
      html`${reach(scope)}${fall.aftermath ? secondWave(fall.aftermath, view.now) : ""}${timeline(tree(shown), view.now, rest)}${foot(fall, scope)}`,
    );
  if (view.stale) return section("Nothing was falling when last heard.", "");
  if (fall.aftermath) return section("Nothing is falling.", secondWave(fall.aftermath, view.now));
  const users = usersNow(view);
  if (users === "hurt" || users === "some")
    return section("No service that is watched fails, so the cause is not among them.", "");
  const worst = stateOf(view) === "calm" ? imagined(view) : null; // who has trouble needs none that is imagined
  return worst
    ? section(
        html`Nothing is falling. ${worst.says}`,
        html`${timeline(worst.rows.slice(0, rowsShown), view.now, worst.rows.slice(rowsShown))}${key("hyp")}`,
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

function headline(fall: Cascade, rows: readonly Row[]): Html | string {
  if (fall.root === null) return "Several things fail; no one cause explains them.";
  const isAlone = fall.fallen.length === 1; // it explains itself, which says nothing of how sure we are
  const sure =
    fall.confidence === null || isAlone ? "" : `, with a confidence of ${percent(fall.confidence)} %`;
  const began = html`It began with ${place(fall.root)}${sure}.`;
  const next = rows.find((r) => r.kind === "may" && r.node !== fall.root);
  if (!next) return html`${began} Nothing watched is known to fall next.`;
  return html`${began} <span class="doubt">${place(next.node)}</span> may fall next, ${next.when}.`; // as its row says
}

/** What fell, and what of the watched services may fall next; the rest of the forecast stands apart. */
function parted(seen: Seen, view: View): { shown: Row[]; rest: Row[] } {
  const { cascade: fall, services } = seen;
  const watched = new Set<string>(services.map((s) => nodeOf(s.service, s.region)));
  const rows = rowsOf(seen, view.now);
  const near = (r: Row) => r.kind === "on" || r.node === fall.root || watched.has(r.node);
  const shown = rows.filter(near);
  return {
    shown: shown.slice(0, rowsShown),
    rest: [...shown.slice(rowsShown), ...rows.filter((r) => !near(r))],
  };
}

const soonest = (fall: Cascade) => [...fall.next].sort((a, b) => a.from - b.from || a.until - b.until);

function rowsOf(seen: Seen, now: number): Row[] {
  const { cascade: fall } = seen;
  const { root } = fall;
  const isOver = rootIsOver(seen);
  const hidden = root !== null && !fall.fallen.some((f) => f.node === root);
  const suspect: Row = {
    node: root ?? "",
    because: null,
    depth: 0,
    what: isOver
      ? "root: well again, while what it took down is not"
      : "root: nobody asks it, but it would explain the rest",
    when: isOver ? "well again" : "suspected",
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

function foot(fall: Cascade, scope: Scope): Html {
  const known = [
    ...[...fall.evidence, ...scope.evidence].map((e) => html`${whole(e)}`),
    ...soonest(fall).map(
      (n) => html`${place(n.node)} stands on ${place(n.because)}: ${n.grade}, ${source(n.source)}`,
    ),
  ];
  return key(
    "may",
    html`<details id="cascade-evidence"><summary>How it is known</summary><ul class="more">${known.map((k) => html`<li>${k}</li>`)}</ul></details>${suspects(fall)}`,
  );
}

/** What the bars mean. */
function key(forecast: "may" | "hyp", more: Html | string = ""): Html {
  const box = (kind: string) =>
    html`<svg aria-hidden="true" width="18" height="10"><rect class="${kind}" x=".75" y=".75" width="16.5" height="8.5"/></svg>`;
  return html`<div class="key"><span>${box(forecast === "may" ? "on" : "sure")}${forecast === "may" ? "failing" : "would be failing"}</span><span>${box(forecast)}${forecast === "may" ? "may start failing" : "would start in this time"}</span>${more}</div>`;
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
