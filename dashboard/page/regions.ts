/** dashboard · page. The regions: where users go and fail, how fit each is and what its score is made of. */
import type { Health, HealthReason, Role } from "../../store/records.ts";
import { counted, latency, percent, rate, score, span } from "../figures.ts";
import { lineSays } from "../reasons.ts";
import { noticedShare } from "../users.ts";
import { fitness, healthOf, lookBackMs, type View } from "../view.ts";
import { type Html, html, pct, sign, whole } from "./html.ts";
import { spark } from "./spark.ts";

export function regionsSection(view: View): Html {
  const { rules, topology } = view;
  return html`<section id="regions" class="sec c12" aria-labelledby="h-regions">
<header><h2 id="h-regions">Regions</h2><p>A score starts at 1.00 and loses what each reason takes; below ${score(rules.healthThreshold)} a region is not fit for users.</p></header>
<table class="reg" role="table" aria-labelledby="h-regions">
<thead role="rowgroup"><tr role="row">${[
    "Region",
    "Requests failing",
    "Share of requests",
    `Score over ${span(lookBackMs(rules))}`,
    "Capacity",
    "Reasons",
  ].map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${topology.regions.map(({ region, role }) => row(view, region, role))}
</tbody></table></section>`;
}

function row(view: View, region: string, role: Role): Html {
  const health = healthOf(view, region);
  const fit = fitness(health, view.rules);
  const drained = view.standing?.drained === region;
  const said = fit === null ? (view.report ? "not known" : "asking") : fit ? "fit" : "not fit";
  const word = view.stale ? `${said} when last heard` : said;
  const tone = view.stale || fit === null ? "doubt" : fit ? "" : "hurt";
  return html`
<tr role="row">
<th role="rowheader" scope="row"><div class="rn">${sign(view.stale || fit === null ? "unk" : fit ? "ok" : "bad", tone)}<div><b>${region}</b><span class="mut sm">${role}, ${word}${drained ? html`, <b class="act">drained</b>` : ""}</span></div></div></th>
<td role="cell" data-l="Requests failing"${role === "witness" ? html` class="nn"` : ""}>${failing(view, region, role)}</td>
<td role="cell" data-l="Share of requests"${role === "witness" ? html` class="nn"` : ""}>${traffic(view, region, role)}</td>
<td role="cell" data-l="Score"><div class="sc"><span class="big ${tone}">${health?.score == null ? html`<small>${view.report ? "unknown" : "asking"}</small>` : score(health.score)}</span><span class="${tone || "mut"}">${spark(view, region)}</span></div>${
    health
      ? html`<span class="mut sm">${percent(health.coverage)} % of questions answered${votesSay(health)}</span>`
      : ""
  }</td>
<td role="cell" class="cap${role === "witness" ? " nn" : ""}" data-l="Capacity">${capacity(view, health, region, role)}</td>
<td role="cell" class="w${health?.score != null && health.reasons.length === 0 ? " nn" : ""}">${reasons(health)}</td>
</tr>`;
}

function failing(view: View, region: string, role: Role): Html {
  if (role === "witness") return html`<span class="mut">takes no users</span>`;
  const here = view.users?.byRegion[region];
  if (!here) return html`<span class="doubt">not heard</span>`;
  if (here.failedShare === null) return html`<span class="mut">no users here</span>`;
  const tone =
    here.failedShare >= view.rules.hurtShare ? "hurt" : here.failedShare >= noticedShare ? "doubt" : "";
  const slow = here.p95Ms !== null && here.p95Ms > view.rules.responseTimeThresholdMs;
  return html`<span class="big ${tone}">${percent(here.failedShare)} <small>%</small></span><span class="mut sm">${rate(here.failedPerSecond)} of ${rate(here.requestsPerSecond)} a second</span>${
    here.p95Ms === null
      ? ""
      : html`<span class="sm ${slow ? "hurt" : "mut"}">1 in 20 waits ${latency(here.p95Ms)}${slow ? ", too long" : ""}</span>`
  }`;
}

function traffic(view: View, region: string, role: Role): Html {
  if (role === "witness") return html`<span class="mut">takes none</span>`;
  const share = view.users?.byRegion[region]?.share ?? null;
  const drained = view.standing?.drained;
  const meant = drained ? drained !== region : region === view.primary;
  const says = meant ? "should serve all" : drained === region ? "should serve none" : "stands by";
  if (share === null) return html`<span class="doubt">not heard</span><span class="mut sm">${says}</span>`;
  // Bars of primary and standby lie end to end, so that together they make one whole.
  const before = region === view.standby ? (view.users?.byRegion[view.primary]?.share ?? 0) : 0;
  const tone = region === view.standby ? "to" : "";
  return html`<div class="tf"><span class="big">${percent(share)} <small>%</small></span><span class="mut sm">${says}</span></div><svg class="bar ${tone}" aria-hidden="true"><rect class="rail" width="100%" height="100%"/><rect class="full" x="${pct(Math.min(before, 1 - share))}" width="${pct(share)}" height="100%"/></svg>`;
}

function votesSay(health: Health): string {
  if (health.votes.length === 0) return "";
  const hurt = health.votes.filter((v) => v.says === "hurt").length;
  return hurt > 0 ? `; ${hurt} of ${health.votes.length} outside see users hurt` : "";
}

function capacity(view: View, health: Health | undefined, region: string, role: Role): Html {
  if (role === "witness") return html`<span class="mut">needs none</span>`;
  const full = view.topology.regions.find((r) => r.region === region)?.capacity?.full;
  const needs = full ? html` <span class="mut sm">${full} carry all users</span>` : "";
  if (!health?.capacity)
    return html`<span class="${view.report ? "doubt" : "mut"}">${view.report ? "not heard" : "asking"}</span>${needs}`;
  const { running, desired } = health.capacity;
  return html`<span>${running === desired ? counted(running, "task") : `${running} of ${desired} tasks`}</span>${needs}`;
}

function reasons(health: Health | undefined): Html {
  if (!health) return html``;
  if (health.reasons.length === 0)
    return html`<span class="mut sm">${health.score === null ? "too little was seen to say" : "nothing against it"}</span>`;
  const [first, rest] = [health.reasons.slice(0, 4), health.reasons.slice(4)];
  return html`<dl class="why">${first.map(reason)}</dl>${
    rest.length > 0
      ? html`<details id="more-${health.region}"><summary>${rest.length} more</summary><dl class="why">${rest.map(reason)}</dl></details>`
      : ""
  }`;
}

const reason = ({ costs, says }: HealthReason) =>
  html`<dt>${costs > 0 ? `−${costs.toFixed(2)}` : "0"}</dt><dd>${whole(lineSays(says))}</dd>`;
