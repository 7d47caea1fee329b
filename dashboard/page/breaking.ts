/** dashboard · page. The local world's own corner: break something and watch. In an account it is not there. */
import { clock } from "../figures.ts";
import type { Playground } from "../playground.ts";
import type { View } from "../view.ts";
import { type Html, html } from "./html.ts";

/** The form stays as the person left it; only what is broken (`brokenSection`) is told anew. */
export function breakingPanel(playground: Playground, broken: Html): Html {
  const first = playground.menu.find((f) => f.name === "region-down") ?? playground.menu[0];
  return html`<footer id="world" class="demo" aria-labelledby="h-world"><div class="wrap">
<form method="post" action="/act/break" data-ask="break">
<h2 id="h-world">Break something</h2>
<select name="fault" aria-label="What to break" aria-describedby="fault-says">${playground.menu.map(
    (f) =>
      html`<option value="${f.name}" data-says="${f.says}" data-service="${f.takesService ? "yes" : "no"}"${f === first ? html` selected` : ""}>${f.name}</option>`,
  )}</select>
<select name="region" aria-label="Where">${playground.regions.map((r) => html`<option>${r}</option>`)}</select>
<select name="service" aria-label="Which service">${playground.services.map((s) => html`<option${s === "dynamodb" ? html` selected` : ""}>${s}</option>`)}</select>
<button type="submit">Break</button>
<p id="fault-says" class="mut">${first?.says ?? ""}</p>
</form>
${broken}
</div></footer>`;
}

export function brokenSection(view: View): Html {
  if (!view.play) return html``;
  const { playground, faults } = view.play;
  const [host, port] = splitHostPort(playground.nameServer);
  const name = new URL(view.topology.workload.url).hostname;
  return html`<div id="broken" class="broken">
<form method="post" action="/act/mend" data-ask="mend">${
    faults.length === 0
      ? html`<span class="mut">Nothing is broken.</span>`
      : html`<ul>${faults.map((f) => html`<li><b>${f.fault}</b> ${f.service ? `${f.service} in ` : ""}<span class="nb">${f.region}</span> <span class="dim">since ${clock(f.since)}</span></li>`)}</ul><button type="submit">Mend all</button>`
  }</form>
<p class="dig dim"><code>dig +short @${host} -p ${port} ${name}</code></p>
</div>`;
}

function splitHostPort(nameServer: string): [host: string, port: string] {
  const at = nameServer.lastIndexOf(":");
  return at === -1 ? [nameServer, "53"] : [nameServer.slice(0, at), nameServer.slice(at + 1)];
}
