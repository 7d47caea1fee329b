/** dashboard · page. Why users stay or move: every rule for and against, each with the value it was judged by. */
import type { RuleLine } from "../../store/records.ts";
import type { View } from "../view.ts";
import { type Html, html, sign, whole } from "./html.ts";

export function rulesSection(view: View): Html {
  const report = view.report;
  return html`<section id="rules" class="sec rules" aria-labelledby="h-rules">
<header><h2 id="h-rules">${titleOf(view)}</h2></header>
${report ? bothSides(report.for, report.against) : html`<p class="mut">Asking. Rules speak once the first round is heard.</p>`}
</section>`;
}

function titleOf({ phase, primary, standby }: View): string {
  switch (phase) {
    case "home":
    case "doubting":
    case "preparing":
      return `Why users stay in ${primary}`;
    case "shifting":
    case "verifying":
      return `Why users move to ${standby}`;
    default:
      return `The rules for leaving ${primary}`;
  }
}

/** The two lists, as the page and a decision's record both show them. */
export function bothSides(speakFor: readonly RuleLine[], against: readonly RuleLine[]): Html {
  return html`<h3><span>For a move</span><span>${tally(speakFor)}</span></h3>
<ul>${unknownFirst(speakFor).map((l) => line(l, l.met === null ? "unk" : l.met ? "ok" : "no"))}
</ul>
<h3><span>Against</span><span>${tally(against)}</span></h3>
<ul>${unknownFirst(against).map((l) => line(l, l.met === null ? "unk" : l.met ? "bad" : "no"))}
</ul>`;
}

function line(l: RuleLine, as: "ok" | "bad" | "unk" | "no"): Html {
  const word = { ok: "met", bad: "met, forbids", unk: "not known", no: "not met" }[as];
  const tone = as === "unk" || as === "bad" ? "doubt" : as === "no" ? "dim" : "";
  return html`
<li>${sign(as, tone)}<span><span class="sr">${word}: </span>${whole(l.says)}</span><b class="${tone === "dim" ? "" : tone}">${whole(l.value)}</b></li>`;
}

const unknownFirst = (lines: readonly RuleLine[]) =>
  [...lines].sort((a, b) => Number(a.met !== null) - Number(b.met !== null));

function tally(lines: readonly RuleLine[]): string {
  const met = lines.filter((l) => l.met === true).length;
  const unknown = lines.filter((l) => l.met === null).length;
  return `${met} of ${lines.length} met${unknown ? `, ${unknown} unknown` : ""}`;
}
