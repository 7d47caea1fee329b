/** dashboard · page. Whether the standby could take over right now, about how long that would take, and how long moves
 *  have taken so far. */
import { totalMs } from "../../analyzer/recovery.ts";
import type { Readiness, RecoveryPart, RuleLine } from "../../store/records.ts";
import { span } from "../figures.ts";
import type { View } from "../view.ts";
import { type Html, html, sign, whole } from "./html.ts";

export function readinessSection({ report, primary, standby, phase, stale }: View): Html {
  const home = phase === "home" || phase === "doubting" || phase === "preparing";
  return html`<section id="readiness" class="sec rules" aria-labelledby="h-readiness">
<header><h2 id="h-readiness">${home ? `If ${primary} failed now` : `Whether ${standby} can carry on`}</h2></header>
${
  report === null
    ? html`<p class="mut">Asking.</p>`
    : html`${home ? estimate(report.recovery, standby) : ""}
${readiness(report.readiness, `${standby} ${stale ? "was" : "is"}`)}`
}
<p class="sm"><a href="/drills">Moves so far, and how long they took</a></p>
</section>`;
}

/** `subject`: the standby and its verb, as what is old is no news of now. */
function readiness({ ready, lines }: Readiness, subject: string): Html {
  if (lines.length === 0)
    return html`<p class="mut">Whether ${subject} ready has not been looked at yet.</p>`;
  return html`<h3><span>${subject} ${ready ? "ready" : "not ready"}</span><span>${tally(lines)}</span></h3>
<ul>${[...lines].sort((a, b) => rank(a) - rank(b)).map(line)}
</ul>`;
}

function estimate(parts: readonly RecoveryPart[], standby: string): Html {
  if (parts.length === 0) return html``;
  const total = totalMs(parts);
  return html`<details id="estimate"><summary>${
    total === null
      ? html`How long a move would take is <b class="doubt">not known</b>`
      : html`Users would be served in ${whole(standby)} within about <b>${whole(span(total))}</b>`
  }</summary><ul>${parts.map(
    (p) => html`
<li>${sign(p.ms === null ? "unk" : "no", p.ms === null ? "doubt" : "dim")}<span>${whole(p.says)}</span><b class="${p.ms === null ? "doubt" : ""}">${p.ms === null ? "not known" : whole(span(p.ms))}</b></li>`,
  )}</ul></details>`;
}

function line(l: RuleLine): Html {
  const [as, tone, word] =
    l.met === null
      ? (["unk", "doubt", "not known"] as const)
      : l.met
        ? (["ok", "", "so"] as const)
        : (["bad", "doubt", "not so"] as const);
  return html`
<li>${sign(as, tone)}<span><span class="sr">${word}: </span>${whole(l.says)}<br><span class="sm ${tone || "mut"}">${whole(l.value)}</span></span></li>`;
}

/** What is missing leads, then what is not known. */
const rank = (l: RuleLine) => (l.met === false ? 0 : l.met === null ? 1 : 2);

function tally(lines: readonly RuleLine[]): string {
  const unknown = lines.filter((l) => l.met === null).length;
  return `${lines.filter((l) => l.met === true).length} of ${lines.length}${unknown ? `, ${unknown} unknown` : ""}`;
}
