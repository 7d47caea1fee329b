/** dashboard · page. Every service in every region at a glance; what is not up tells why on hover, focus and tap. */
import type { ServiceHealth } from "../../store/records.ts";
import { clock, latency, span } from "../figures.ts";
import { reasonSays } from "../reasons.ts";
import type { View } from "../view.ts";
import { type Html, html, sign } from "./html.ts";

export function namesSection(view: View): Html {
  const cells = view.report?.assessment.services ?? [];
  const order = view.topology.regions.map((r) => r.region as string);
  const regions = [...order, ...new Set(cells.map((c) => c.region).filter((r) => !order.includes(r)))];
  const services = [...new Set(cells.map((c) => c.service))].sort(
    (a, b) => worst(b, cells) - worst(a, cells) || a.localeCompare(b),
  );
  return html`<section id="names" class="sec" aria-labelledby="h-names">
<header><h2 id="h-names">Services</h2><p>Time to answer, seen from outside${view.stale && view.report ? html`, at ${clock(view.report.assessment.at)}` : ""}</p></header>
${
  cells.length === 0
    ? html`<p class="mut">${view.report ? "No service is watched." : "Asking."}</p>`
    : html`<table class="mx" aria-labelledby="h-names"><thead><tr><th scope="col">Service</th>${regions.map((r) => html`<th scope="col">${r}</th>`)}</tr></thead>
<tbody>${services.map(
        (s) => html`
<tr><th scope="row">${s}</th>${regions.map(
          (r) =>
            html`<td>${cell(
              cells.find((c) => c.service === s && c.region === r),
              view,
            )}</td>`,
        )}</tr>`,
      )}
</tbody></table>`
}
</section>`;
}

function cell(c: ServiceHealth | undefined, view: View): Html {
  if (!c)
    return html`<span class="dim"><span aria-hidden="true">·</span><span class="sr">not asked</span></span>`;
  if (c.verdict === "up")
    return html`<span class="up">${sign("ok")}<span class="sr">up, </span>${c.latencyMs === null ? "up" : latency(c.latencyMs)}</span>`;
  const down = c.verdict === "down";
  const id = `tip-${c.service}-${c.region}`.replace(/[^\w-]/g, "_");
  const tone = down ? "hurt" : "doubt";
  return html`<button type="button" id="b-${id}" class="cell ${tone}" aria-describedby="${id}">${sign(down ? "bad" : "unk", tone)}<span class="sr">${c.verdict}, </span><span class="rs">${c.reason ?? c.verdict}</span></button><span role="tooltip" id="${id}" class="tip"><b>${c.service} in ${c.region}</b> ${c.reason === null ? "gave no reason" : reasonSays(c.reason)}. ${c.agree} of ${c.of} vantage points say so, since ${clock(c.since)} (${span(view.now - c.since)}).</span>`;
}

/** Unknown leads, then down, then up. */
function worst(service: string, cells: readonly ServiceHealth[]): number {
  const rank = { down: 2, unknown: 1, up: 0 };
  return Math.max(...cells.filter((c) => c.service === service).map((c) => rank[c.verdict]));
}
