/** dashboard · page. Every move of users so far, drills and real ones alike: what it took, beside what was expected. */
import type { Drill } from "../../analyzer/drill.ts";
import { span, stamp } from "../figures.ts";
import { aside } from "./asides.ts";
import { type Html, html, time, whole } from "./html.ts";
import type { Shell } from "./shell.ts";

const ended = { served: "users served", "under-way": "under way", "given-up": "given up" } as const;

export const drillsPage = (s: Shell, drills: readonly Drill[], now: number): Html =>
  aside(
    s,
    "Moves so far",
    html`${
      drills.length === 0
        ? html`<p class="mut">Users have not been moved yet. To practise it while all is well, use Drill.</p>`
        : html`<ol class="log">${drills.map(
            (d) => html`
<li>${time(d.beganAt, stamp(d.beganAt, now))}<i>${d.by}</i><span>${d.practised ? html`<b>drill</b>, ` : ""}${d.kind === "away" ? "out of" : "home to"} <b>${d.region}</b>, ${ended[d.outcome]}: ${whole(d.reason)}<br>
<span class="mut sm">${d.stretches.map((t, i) => html`${i > 0 ? "; " : ""}${t.until}: ${t.tookMs === null ? "not yet" : whole(span(t.tookMs))}${t.estimatedMs === null ? "" : html`, at most ${whole(span(t.estimatedMs))} expected`}`)}</span></span></li>`,
          )}</ol>`
    }
<p class="xs dim"><a href="/api/drills">As JSON and Markdown</a></p>
<p class="row"><a class="btn" href="/" data-close>Back</a></p>`,
  );
