/** dashboard · page. Where people say who they are, when the page is not this machine's alone. */
import { type Html, html, sign } from "./html.ts";
import { type Shell, shell } from "./shell.ts";

/** `to`: the path to go on to. `provider`: the issuer to sign in at; null when there is none. */
export const signInPage = (
  s: Shell,
  ways: { token: boolean; provider: string | null },
  to: string,
  refused: string | null,
): Html =>
  shell(
    s,
    "Sign in",
    "",
    "",
    html`<div class="wrap aside"><article><h1>Sign in</h1>
${refused === null ? "" : html`<p class="note refused" role="alert">${sign("bad", "hurt")} ${refused}</p>`}
${
  ways.provider === null
    ? ""
    : html`<p class="row"><a class="btn go" href="/signin/provider">Sign in at ${new URL(ways.provider).host}</a></p>`
}
${
  ways.token
    ? html`<form method="post" action="/signin">
<label>Token<input name="token" type="password" required maxlength="1024" autocomplete="current-password" autofocus></label>
<input type="hidden" name="to" value="${to}">
<p class="row"><button class="go" type="submit">Sign in</button></p>
</form>`
    : ""
}</article></div>`,
  );
