/** dashboard · page. What users got over the last minutes: how many failed, and which region took them. */
import { clock, percent, rate, span } from "../figures.ts";
import { type Beat, beats, noticedShare } from "../users.ts";
import { lookBackMs, type View } from "../view.ts";
import { type Html, html, pct } from "./html.ts";
import { path, round } from "./spark.ts";

const steps = 75;

export function crowdSection(view: View): Html {
  const since = view.now - lookBackMs(view.rules);
  const line = beats(view.voices, since, view.now, steps);
  const heard = line.some((b) => b.failedShare !== null);
  return html`<section id="users" class="sec" aria-labelledby="h-users">
<header><h2 id="h-users">Users</h2><p>${heard ? `What they got over the last ${span(view.now - since)}, as they say themselves` : "Nobody has said how users fare yet."}</p></header>
${heard ? html`<div class="plots">${failingPlot(line, view, since)}${trafficPlot(line, view, since)}</div>` : ""}
</section>`;
}

function failingPlot(line: readonly Beat[], view: View, since: number): Html {
  const worst = Math.max(...line.map((b) => b.failedShare ?? 0));
  const top = [0.01, 0.05, 0.2, 0.5, 1].find((t) => worst <= t) ?? 1;
  const now = view.users?.failedShare ?? null;
  const d = path(
    line.map((b, i) => ({ x: xOf(i), y: b.failedShare === null ? null : 100 - (b.failedShare / top) * 100 })),
  );
  const tone = (now ?? 0) >= view.rules.hurtShare ? "hurt" : (now ?? 0) >= noticedShare ? "doubt" : "";
  return figure(
    "Requests failing, %",
    [{ name: "all users", value: now === null ? "not heard" : `${percent(now)} %`, style: `thick ${tone}` }],
    [{ d, style: `thick ${tone}` }],
    [`${round(top * 100)}`, `${round(top * 50)}`, "0"],
    `Failing requests over time; at most ${percent(worst)} % in one step, now ${now === null ? "not heard" : `${percent(now)} %`}`,
    view,
    since,
  );
}

function trafficPlot(line: readonly Beat[], view: View, since: number): Html {
  const regions = [view.primary, view.standby];
  if (line.some((b) => b.requestsPerSecond.nowhere)) regions.push("nowhere");
  const most = Math.max(1, ...line.flatMap((b) => Object.values(b.requestsPerSecond)));
  const top = niceTop(most);
  const style: Record<string, string> = { [view.standby]: "act dash", nowhere: "hurt dots" };
  const drawn = regions.map((region) => ({
    region,
    d: path(
      line.map((b, i) => ({
        x: xOf(i),
        y: b.failedShare === null ? null : 100 - ((b.requestsPerSecond[region] ?? 0) / top) * 100,
      })),
    ),
  }));
  const now = (region: string) => {
    const here = view.users?.byRegion[region];
    return here ? rate(here.requestsPerSecond) : view.users ? "0" : "not heard";
  };
  return figure(
    "Requests a second, by the region that took them",
    regions.map((r) => ({ name: r === "nowhere" ? "no address" : r, value: now(r), style: style[r] ?? "" })),
    drawn.map(({ region, d }) => ({ d, style: style[region] ?? "" })),
    [rate(top), rate(top / 2), "0"],
    `Requests a second over time; now ${regions.map((r) => `${r} ${now(r)}`).join(", ")}`,
    view,
    since,
  );
}

type Line = { d: string; style: string };
type Label = { name: string; value: string; style: string };

function figure(
  title: string,
  labels: readonly Label[],
  lines: readonly Line[],
  ys: readonly string[],
  alt: string,
  view: View,
  since: number,
): Html {
  const marks = view.decisions.filter((d) => d.from !== d.to && d.at > since).reverse();
  const x = (at: number) => (at - since) / (view.now - since);
  return html`<figure class="plot">
<figcaption><span>${title}</span>${labels.map((l) => html`<span class="lg"><svg class="lgl ${l.style}" aria-hidden="true" viewBox="0 0 20 10"><path d="M0 5H20"/></svg>${l.name} <b>${l.value}</b></span>`)}</figcaption>
<div class="frame"><div class="ys" aria-hidden="true">${ys.map((y) => html`<span>${y}</span>`)}</div>
<div class="area"><svg class="marks" aria-hidden="true" width="100%" height="100%">${marks.map((d) => html`<line x1="${pct(x(d.at))}" x2="${pct(x(d.at))}" y1="0" y2="100%"/>`)}${labelled(marks, x).map((d) => html`<text x="${pct(x(d.at))}" dx="4" y="10">${d.to}</text>`)}</svg>
<svg class="lines" role="img" aria-label="${alt}" viewBox="0 0 100 100" preserveAspectRatio="none"><path class="gr" d="M0 0H100M0 50H100M0 100H100"/>${lines.map((l) => html`<path class="${l.style}" d="${l.d}"/>`)}</svg></div></div>
<div class="xs" aria-hidden="true"><span>${clock(since)}</span><span>${clock((since + view.now) / 2)}</span><span>${clock(view.now)}</span></div>
</figure>`;
}

/** Marks far enough apart for their words; the later of two that are close is the one that lasted. */
function labelled<T extends { at: number }>(marks: readonly T[], x: (at: number) => number): T[] {
  return marks.filter((m, i) => {
    const next = marks[i + 1];
    return x(m.at) < 0.86 && (!next || x(next.at) - x(m.at) > 0.16);
  });
}

const xOf = (i: number) => ((i + 1) / steps) * 100;

/** The next of 1, 2, 5, 10, 20, 50 ... that holds the value. */
function niceTop(value: number): number {
  const scale = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((n) => value <= n * scale) ?? 10) * scale;
}
