/** dashboard · page. The document around every page: head, top bar, and what is there for when the line is lost. */
import { type Html, html, sprite } from "./html.ts";

export type Shell = {
  title: string;
  theme: "light" | "dark" | null;
  /** Asset path by file name, with its content's mark, so that a cached one is never an old one. */
  asset: (name: string) => string;
  /** Who has signed in; null where nobody is asked to. */
  who: string | null;
};

export function shell(s: Shell, heading: string, head: Html | string, bar: Html | string, main: Html): Html {
  return html`<!doctype html>
<html lang="en"${s.theme ? html` data-theme="${s.theme}"` : ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading}. Holdfast</title>
<link rel="icon" href="${s.asset("icon.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${s.asset("style.css")}">
${head}
</head>
<body>
${sprite}
<a class="skip" href="#main">Skip to the verdict</a>
<header class="top"><div class="wrap">
<a class="mark" href="/">Holdfast</a><span class="mut env">${s.title}</span><span class="sp"></span>
${bar}
<form method="post" action="/theme" id="theme-form" class="opt"><button class="quiet" id="theme" type="submit">Theme <kbd aria-hidden="true">T</kbd></button></form>
${s.who === null ? "" : html`<form method="post" action="/signout" class="opt"><button class="quiet" type="submit">Sign out <span class="mut">${s.who}</span></button></form>`}
<a class="btn quiet opt" id="keys" href="/keys" data-dialog>Keys <kbd aria-hidden="true">?</kbd></a>
</div></header>
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>`;
}
