/** dashboard · page. The page as a list of sections in a fixed order: users, traffic, cause, next; the same in
 *  every state. Each section has an id and is told anew only when it has changed. */
import { clock, span } from "../figures.ts";
import type { Verdict } from "../verdict.ts";
import { word } from "../verdict.ts";
import type { View } from "../view.ts";
import { actionsSection, thumb } from "./actions.ts";
import { anomaliesSection } from "./anomalies.ts";
import { breakingPanel, brokenSection } from "./breaking.ts";
import { cascadeSection } from "./cascade.ts";
import { chartsSection } from "./charts.ts";
import { crowdSection } from "./crowd.ts";
import { type Html, html } from "./html.ts";
import { incidentsSection } from "./incidents.ts";
import { logSection } from "./log.ts";
import { namesSection } from "./names.ts";
import { readinessSection } from "./readiness.ts";
import { regionsSection } from "./regions.ts";
import { rulesSection } from "./rules.ts";
import { type Shell, shell } from "./shell.ts";
import { verdictSection } from "./verdict.ts";

/** Every live section, by its id. */
const drawn: Record<string, (view: View, said: Verdict) => Html> = {
  verdict: verdictSection,
  actions: actionsSection,
  regions: regionsSection,
  cascade: cascadeSection,
  rules: rulesSection,
  readiness: readinessSection,
  incidents: incidentsSection,
  users: crowdSection,
  anomalies: anomaliesSection,
  log: logSection,
  names: namesSection,
  thumb,
  broken: brokenSection,
};

/** Draws every section. One that cannot be drawn says so in its place: it must not take the others with it. */
export async function sections(
  view: View,
  said: Verdict,
  failed: (error: unknown) => void,
): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  for (const [id, draw] of Object.entries(drawn)) {
    try {
      told.set(id, (await draw(view, said)).toString());
    } catch (error) {
      failed(error);
      told.set(
        id,
        `<section id="${id}" class="sec"><p class="doubt">This part cannot be drawn.</p></section>`,
      );
    }
  }
  return told;
}

export type Parts = {
  view: View;
  said: Verdict;
  /** The sections as they were told, and the event that told them. */
  told: ReadonlyMap<string, Html>;
  eventId: string;
  /** Seconds between reloads where there is no script; null when the reader has turned them off. */
  reloadS: number | null;
};

export function page(s: Shell, { view, said, told, eventId, reloadS }: Parts): Html {
  const of = (id: string) => told.get(id) ?? html``;
  const head = html`<script src="${s.asset("idiomorph.js")}" defer></script>
<script type="module" src="${s.asset("live.js")}"></script>
${reloadS === null ? "" : html`<noscript><meta http-equiv="refresh" content="${reloadS}"></noscript>`}`;
  return shell(
    s,
    `${word[said.state]}: ${view.title}`,
    head,
    bar(view),
    html`${noScript(reloadS)}
<p class="lost" id="lost" hidden></p>
<div id="band" class="band" data-event="${eventId}"><div class="wrap">
${of("verdict")}
${of("actions")}
</div></div>
<div class="wrap grid">
${of("regions")}
<div class="col c8">
${of("cascade")}
${of("incidents")}
${of("users")}
${of("log")}
</div>
<div class="col c4">
${of("rules")}
${of("readiness")}
${of("anomalies")}
${of("names")}
</div>
</div>
${chartsSection(s, view)}
${view.play ? breakingPanel(view.play.playground, of("broken")) : ""}
${of("thumb")}
<dialog id="dialog" aria-labelledby="dialog-title"></dialog>
<p class="sr" id="announce" role="status"></p>
<p class="toast" id="toast" role="status" hidden></p>`,
  );
}

/** Without a script these are the figures at the time of loading; with one they tick. */
function bar(view: View): Html {
  const heard = view.report?.assessment.at;
  const age = heard === undefined ? "Asking" : `${span(view.now - heard)} old`;
  return html`<span class="live" id="age">${age}</span><time class="mut clock" id="clock">${clock(view.now)} UTC</time>`;
}

const noScript = (reloadS: number | null) =>
  html`<noscript><p class="note wrap">${
    reloadS === null
      ? html`This page stands still. <a href="/">Reload it every ten seconds</a>`
      : html`Without JavaScript this page reloads itself every ${reloadS} s. <a href="/?reload=off">Stop that</a>`
  }</p></noscript>`;
