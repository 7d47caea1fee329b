/** dashboard · page. The small pages: what an action will do before it is asked for, a decision's record, the keys,
 *  and what went wrong. Each is a page of its own; the client script shows the same in a dialog. */

import type { Decision, Incident, Order } from "../../store/records.ts";
import { names, willHappen } from "../actions.ts";
import { type AskKind, whyNotNow } from "../ask.ts";
import { score, stamp } from "../figures.ts";
import type { View } from "../view.ts";
import { type Html, html, place, sign, time, whole } from "./html.ts";
import { incidentBody } from "./incidents.ts";
import { bothSides } from "./rules.ts";
import { type Shell, shell } from "./shell.ts";

/** One `<article>` in a page of its own; the client takes the article out of it. */
export const aside = (s: Shell, title: string, body: Html): Html =>
  shell(
    s,
    title,
    html`<script type="module" src="${s.asset("live.js")}"></script>`,
    "",
    html`<div class="wrap aside"><article id="aside"><h1 id="dialog-title">${title}</h1>
${body}
</article></div>`,
  );

export function actPage(s: Shell, kind: AskKind, view: View, refused: string | null): Html {
  const whyNot = whyNotNow(kind, view);
  const no = refused ?? (whyNot ? `Not now: ${whyNot}.` : null);
  const name = names[kind];
  return aside(
    s,
    titles(view)[kind],
    html`${no === null ? "" : html`<p class="note refused" role="alert">${sign("bad", "hurt")} ${no}</p>`}
<ol class="will">${willHappen(kind, view).map((line) => html`<li>${whole(line)}</li>`)}</ol>
<form method="post" action="/act/${kind}" data-ask="${kind}">
<label>Reason, for whoever reads the record<input name="reason" required maxlength="500" autocomplete="off" autofocus></label>
${kind === "maintain" ? maintenanceFields(view) : ""}<label>Your name<input name="by" maxlength="200" autocomplete="name"></label>
<p class="row"><button class="go ask" type="submit"${whyNot ? html` disabled` : ""}>${name}</button><a class="btn" href="/" data-close>Leave it</a></p>
</form>`,
  );
}

const maintenanceFields = ({
  topology,
}: View): Html => html`<label>For how many minutes<input name="minutes" type="number" min="1" value="60" required></label>
<label>Region worked on<select name="region"><option value="">all of them</option>${topology.regions.map((r) => html`<option>${r.region}</option>`)}</select></label>
`;

const titles = ({ primary, standby }: View): Record<AskKind, string> => ({
  hold: "Hold every move?",
  release: "Release the hold?",
  approve: "Approve the move?",
  failover: `Fail over to ${standby}?`,
  failback: `Bring users home to ${primary}?`,
  drill: `Practise a move to ${standby}?`,
  maintain: "Open a maintenance window?",
  "end-maintenance": "End maintenance?",
});

export function decisionPage(s: Shell, d: Decision, now: number): Html {
  return aside(
    s,
    d.from === d.to ? `Still ${d.to}` : `From ${d.from} to ${d.to}`,
    html`<p class="mut">${time(d.at, `${stamp(d.at, now)} UTC`)}, by ${d.by}</p>
<p class="lead">${whole(d.why)}</p>
${d.root ? html`<p>Root: ${place(d.root)}</p>` : ""}
<dl class="facts">${Object.entries(d.scores).map(([region, value]) => html`<div><dt>${region}</dt><dd>${score(value)}</dd></div>`)}</dl>
<h2 class="sr">Rules</h2>
<div class="rules">${bothSides(d.for, d.against)}</div>
<h2>Orders</h2>
${d.orders.length === 0 ? html`<p class="mut">None were given.</p>` : html`<ul class="more">${d.orders.map((o) => html`<li>${whole(orderSays(o))}</li>`)}</ul>`}
<p class="xs dim">Record ${d.id}. <a href="/api/decisions/${encodeURIComponent(d.id)}">As JSON</a></p>
<p class="row"><a class="btn" href="/" data-close>Close</a></p>`,
  );
}

export const incidentPage = (s: Shell, incident: Incident, view: View): Html =>
  aside(
    s,
    incident.title,
    html`${incidentBody(incident, view)}
<p class="row"><a class="btn" href="/" data-close>Close</a></p>`,
  );

const orderSays = (o: Order): string =>
  o.kind === "capacity"
    ? `${o.region} should have ${o.want === "full" ? "full" : "its normal"} capacity`
    : `${o.region} should ${o.drained ? "be drained" : "take users again"}`;

export function keysPage(s: Shell): Html {
  const keys: [string, string][] = [
    ["H", "Hold, or release"],
    ["A", "Approve"],
    ["F", "Fail over"],
    ["B", "Fail back"],
    ["D", "Drill"],
    ["M", "Open or end maintenance"],
    ["R", "Regions"],
    ["C", "Cascade"],
    ["W", "Why it stays or moves"],
    ["U", "Users"],
    ["N", "Services"],
    ["L", "Log"],
    ["O", "Over time"],
    ["T", "Theme"],
    ["?", "This list"],
    ["Esc", "Close"],
  ];
  return aside(
    s,
    "Keys",
    html`<p class="mut">Keys that act ask first; nothing happens until you say so.</p>
<dl class="keys">${keys.map(([key, does]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}</dl>
<p><label class="check"><input type="checkbox" id="keys-on" checked> Single keys work on this page</label></p>
<p class="row"><a class="btn" href="/" data-close>Close</a></p>`,
  );
}

export const troublePage = (s: Shell, title: string, says: string): Html =>
  aside(
    s,
    title,
    html`<p class="lead">${says}</p>
<p class="row"><a class="btn" href="/">Back to the page</a></p>`,
  );
