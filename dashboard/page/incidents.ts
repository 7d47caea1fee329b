/** dashboard · page. What people should know and have been told: every open incident, and the channels that tell nobody. */
import type { Incident } from "../../store/records.ts";
import { clock, counted, listed, span, stamp } from "../figures.ts";
import { channelsOf, openIncidents, reached } from "../incidents.ts";
import type { View } from "../view.ts";
import { type Html, html, type Sign, sign, time, whole } from "./html.ts";

const shown = 6;
const signs: Record<Incident["severity"], [Sign, tone: string]> = {
  critical: ["bad", "hurt"],
  warning: ["warn", "doubt"],
  info: ["no", "dim"],
};

export function incidentsSection(view: View): Html {
  const open = openIncidents(view);
  const silent = view.board?.failing ?? {};
  const toList = open.filter((i) => !(i.kind === "channel" && i.about in silent)); // those are told above them
  const [first, rest] = [toList.slice(0, shown), toList.slice(shown)];
  const one = (i: Incident) => line(i, view);
  return html`<section id="incidents" class="sec" aria-labelledby="h-incidents">
<header><h2 id="h-incidents">Incidents</h2><p>${headline(open.length, view)}</p></header>
${failing(view)}${first.length > 0 ? html`<ul class="inc">${first.map(one)}</ul>` : ""}${
  rest.length > 0
    ? html`<details id="more-incidents"><summary>${rest.length} more</summary><ul class="inc">${rest.map(one)}</ul></details>`
    : ""
}
</section>`;
}

function headline(open: number, view: View): string {
  if (view.board === null) return view.report === null ? "Asking." : "Nothing has been noted yet.";
  const channels = channelsOf(view.board);
  const told =
    channels.length > 0
      ? `People are told by ${listed(channels)}`
      : "Nobody is told: no channel has been tried";
  return `${open === 0 ? (view.stale ? "None was open when last heard" : "None is open") : `${open} open`}. ${told}.`;
}

const failing = ({ board, now }: View) =>
  Object.entries(board?.failing ?? {}).map(
    ([channel, { since, why }]) =>
      html`<p class="warned">${sign("warn", "doubt")}<span><b>The channel ${channel} takes no messages</b> since ${clock(since)} (${whole(span(now - since))}): ${whole(why)}</span></p>`,
  );

function line(i: Incident, view: View): Html {
  const [name, tone] = signs[i.severity];
  const { told, untold } = reached(i, view);
  const lasts =
    i.wellSince === null ? `for ${span(view.now - i.openedAt)}` : `looks over since ${clock(i.wellSince)}`;
  const who = [
    ...(told.length > 0 ? [`told: ${listed(told)}`] : []),
    ...(untold.length > 0 ? [`not yet: ${listed(untold)}`] : []),
  ];
  return html`
<li>${sign(name, tone)}<span><a href="/incidents/${encodeURIComponent(i.id)}" data-dialog>${whole(i.title)}</a> <span class="mut sm">${i.severity}, ${whole([lasts, ...who].join("; "))}</span></span></li>`;
}

/** All that is known of one, as a page of its own shows it. */
export function incidentBody(i: Incident, view: View): Html {
  const [name, tone] = signs[i.severity];
  const { told, untold } = reached(i, view);
  const fact = (what: string, says: Html | string) => html`<div><dt>${what}</dt><dd>${says}</dd></div>`;
  const at = (ms: number) => time(ms, `${stamp(ms, view.now)} UTC`);
  return html`<p>${sign(name, tone)} <b>${i.severity}</b></p>
${i.lines.length > 0 ? html`<ul class="more">${i.lines.map((l) => html`<li>${whole(l)}</li>`)}</ul>` : ""}
<dl class="pairs">${fact("Opened", at(i.openedAt))}${fact("Changed last", html`${at(i.changedAt)}, edition ${i.edition}`)}${
    i.resolvedAt !== null
      ? fact("Over", at(i.resolvedAt))
      : fact("Over", i.wellSince === null ? "not yet" : html`looks so since ${at(i.wellSince)}`)
  }${i.nodes.length > 0 ? fact("Accounts for", i.nodes.map((n) => n.replace("@", " in ")).join(", ")) : ""}${fact(
    "Told",
    told.length > 0 ? `${listed(told)} (${counted(told.length, "channel")})` : "nobody",
  )}${untold.length > 0 ? fact("Not told yet", listed(untold)) : ""}</dl>`;
}
