/** dashboard · page. What a person may do. A filled button means Holdfast waits for a person; every action leads to
 *  a page that says what will happen before anything does. */
import { type Action, actionsOf, names, waitsFor } from "../actions.ts";
import type { AskKind } from "../ask.ts";
import { usersNow } from "../fare.ts";
import { span } from "../figures.ts";
import { maintenance } from "../sentence.ts";
import { fitness, healthOf, type View } from "../view.ts";
import { type Html, html, whole } from "./html.ts";

export function actionsSection(view: View): Html {
  const actions = actionsOf(view);
  const waits = waitsFor(view);
  const first = actions.find((a) => a.kind === (waits ?? (view.phase === "home" ? null : "hold")));
  const big = first?.whyNot === null ? first : undefined;
  return html`<aside id="actions" class="acts" aria-labelledby="h-actions">
<h2 id="h-actions">${heading(view, waits)}</h2>
<p>${whole(whySays(view))}</p>
<p class="off"><b>Nothing can be asked from here</b> until this page hears Holdfast again. From a terminal: <code>holdfast status</code>.</p>
${asked(view)}
${big ? goButton(big, waits !== null) : ""}
<ul>${actions
    .filter((a) => a !== big)
    .map(
      (a) => html`
<li>${
        a.whyNot === null
          ? html`<a class="can" href="/act/${a.kind}" data-dialog data-key="${a.key}"><kbd aria-hidden="true">${a.key}</kbd>${a.name}</a><span>${whole(a.does)}</span>`
          : html`<span class="cannot"><kbd aria-hidden="true">${a.key}</kbd>${a.name}</span><span>${whole(a.whyNot)}</span>`
      }</li>`,
    )}
</ul>
</aside>`;
}

const goButton = (a: Action, waiting: boolean) =>
  html`<a class="go${waiting ? " ask" : ""}" href="/act/${a.kind}" data-dialog data-key="${a.key}"><kbd aria-hidden="true">${a.key}</kbd>${a.name}<small>${a.does}</small></a>`;

function heading(view: View, waits: string | null): string {
  if (view.report === null || view.stale) return "What you can do";
  if (waits === "approve") return "Your approval is needed";
  if (waits === "failback") return "Users can come home";
  if (waits === "release") return "Held until released";
  return (usersNow(view) === "hurt" && leftAlone(view)) || "No action needed";
}

/** What to tell whoever is looking while users fail and Holdfast moves nobody; null while it is at work on it. */
function leftAlone(view: View): string | null {
  const { phase, rules, standby } = view;
  if (phase === "away") return "Holdfast moves nobody back by itself";
  if (phase !== "home" && phase !== "doubting" && phase !== "preparing") return null;
  if (rules.mode === "observe") return "Holdfast moves nobody here";
  if (maintenance(view)) return "Maintenance keeps users here";
  const fit = fitness(healthOf(view, standby), rules);
  if (fit === true) return null;
  return fit === null ? `Whether ${standby} is fit is not known` : `${standby} cannot take users now`;
}

function whySays(view: View): string {
  if (view.report === null) return "Waiting for the first round. What you ask waits with it.";
  if (view.stale) return `Last said: ${view.report.why}. What you ask waits until Holdfast looks again.`;
  return `${view.report.why}.${modeSays(view)}`;
}

function modeSays(view: View): string {
  const { rules } = view;
  if (maintenance(view)) return "";
  if (rules.mode === "observe") return " Holdfast only observes here: it moves nobody by itself.";
  if (rules.mode === "approve") return " Holdfast moves users only when a person approves.";
  return view.phase === "home" ? " Holdfast moves them by itself when its rules are met." : "";
}

/** Requests that wait for the next round, and the one being carried out. */
function asked({ requests, standing, now }: View): Html | string {
  const carried = standing?.request;
  if (requests.length === 0 && !carried) return "";
  return html`<ul class="asked">${requests.map(
    (r) => html`<li><b>${r.by}</b> asked to ${wants(r)}: ${r.reason}. Waits for the next round.</li>`,
  )}${
    carried
      ? html`<li><b>${carried.by}</b> asked to ${wants(carried)} ${span(now - carried.at)} ago: ${carried.reason}. Being carried out.</li>`
      : ""
  }</ul>`;
}

const wants = ({ kind, drill }: { kind: AskKind; drill?: true | undefined }) =>
  names[drill ? "drill" : kind].toLowerCase();

/** The one action pinned under the thumb on narrow screens. */
export function thumb(view: View): Html {
  const actions = actionsOf(view).filter((a) => a.whyNot === null);
  const waits = waitsFor(view);
  const first = actions.find((a) => a.kind === waits) ?? actions.find((a) => a.kind === "hold");
  return html`<nav id="thumb" class="thumb" aria-label="Most likely action">${
    first
      ? html`<a class="go${waits ? " ask" : ""}" href="/act/${first.kind}" data-dialog><span class="nb">${first.name}</span><small>${first.does}</small></a>`
      : ""
  }<a class="btn" href="#actions">All actions</a></nav>`;
}
