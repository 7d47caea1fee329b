/** dashboard · page. The page for anybody: one sentence, and when it was otherwise of late. No script, no sign-in, nothing to
 *  press. */
import { clock, span, stamp } from "../figures.ts";
import type { Outside } from "../outside.ts";
import { type Html, html, type Sign, sign, sprite, time, whole } from "./html.ts";

const looks: Record<Outside["users"], [Sign, word: string, tone: string]> = {
  fine: ["ok", "Well", "calm"],
  some: ["warn", "Trouble", "doubt"],
  hurt: ["bad", "Outage", "outage"],
  unknown: ["unk", "Not known", "empty"],
};

export function outsidePage(
  o: Outside,
  style: string,
  icon: string,
  now: number,
  reloadS: number | null,
): Html {
  const [name, word, tone] = looks[o.users];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
${reloadS === null ? "" : html`<meta http-equiv="refresh" content="${reloadS}">`}
<title>${word}: ${o.title}</title>
<link rel="icon" href="${icon}" type="image/svg+xml">
<link rel="stylesheet" href="${style}">
</head>
<body class="outside">
${sprite}
<header class="top"><div class="wrap"><span class="mark">${o.title}</span><span class="sp"></span><span class="mut">${
    o.asOf === null ? "nothing heard yet" : html`as of ${time(o.asOf, `${clock(o.asOf)} UTC`)}`
  }</span></div></header>
<main id="main">
<div class="band"><div class="wrap"><section class="verdict ${tone}" data-users="${o.users}" aria-labelledby="says">
<p class="state"><span class="chip">${sign(name)}${word}</span>${
    o.since === null
      ? ""
      : html` <span>for ${span(now - o.since)}, since ${time(o.since, `${stamp(o.since, now)} UTC`)}</span>`
  }</p>
<h1 id="says">${o.says}</h1>
</section></div></div>
<div class="wrap"><section class="sec past" aria-labelledby="h-past"><header><h2 id="h-past">The last 24 hours</h2></header>
${
  o.past.length === 0
    ? html`<p class="mut">No other outage is on record.</p>`
    : html`<ul class="more">${o.past.map(({ from, until }) => html`<li>Many requests failed for ${whole(span(until - from))}, from ${time(from, stamp(from, now))} to ${time(until, `${stamp(until, now)} UTC`)}</li>`)}</ul>`
}
</section><p class="sm mut">${
    reloadS === null
      ? html`This page stands still. <a href="/status?reload=on">Reload it every half minute</a>`
      : html`This page reloads itself every half minute. <a href="/status">Stop that</a>`
  }</p></div>
</main>
</body>
</html>`;
}
