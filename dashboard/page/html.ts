/** dashboard · page. What every section is made of: escaped HTML, signs, and lines that never break in a name. */
import { html } from "hono/html";

export { html };
export type Html = ReturnType<typeof html>;

/** Signs beside every word of state; drawn once in the sprite, used by name. */
export type Sign = "ok" | "bad" | "warn" | "unk" | "no" | "half" | "pause";

export const sign = (name: Sign, tone = ""): Html =>
  html`<svg class="i ${tone}" aria-hidden="true"><use href="#s-${name}"/></svg>`;

export const sprite = html`<svg class="sprite" width="0" height="0" aria-hidden="true"><defs>
<symbol id="s-ok" viewBox="0 0 16 16"><path d="M2.8 8.6 6.3 12 13.2 4.4"/></symbol>
<symbol id="s-bad" viewBox="0 0 16 16"><path d="m3.8 3.8 8.4 8.4m0-8.4-8.4 8.4"/></symbol>
<symbol id="s-warn" viewBox="0 0 16 16"><path d="M8 2.2 14.5 13.600h-13zM8 6.600v3.200m0 1.900v.1"/></symbol>
<symbol id="s-unk" viewBox="0 0 16 16"><path d="M5.3 5.700C5.3 4 6.5 3 8 3s2.7 1 2.7 2.500C10.7 7.7 8 7.7 8 9.900m0 2.900v.1"/></symbol>
<symbol id="s-no" viewBox="0 0 16 16"><path d="M4 8h8"/></symbol>
<symbol id="s-half" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.5"/><path fill="currentColor" d="M8 2.500a5.5 5.5 0 0 1 0 11z"/></symbol>
<symbol id="s-pause" viewBox="0 0 16 16"><path d="M5.5 3.500v9m5-9v9"/></symbol>
<pattern id="p-may" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0v6"/></pattern>
<pattern id="p-hyp" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0v6"/></pattern>
</defs></svg>`;

/** Text in which regions, and figures with their units, stay on one line. */
export function whole(text: string): Html[] {
  const parts = text.split(
    /(\b[a-z]{2}(?:-[a-z]+)+-\d+\b|\b\d[\d.,:]* ?(?:s|ms|min|h|%|UTC|days?|tasks?)\b)/,
  );
  return parts.map((part, i) => (i % 2 ? html`<span class="nb">${part}</span>` : html`${part}`));
}

/** `dynamodb@us-east-1` for people: the service strong, the place after it. */
export function place(node: string): Html {
  const [service, region] = node.split("@");
  return html`<b>${service}</b>${region ? html` <span class="nb dim">${region}</span>` : ""}`;
}

/** A source as a link where it is a page of the web, else as it stands. */
export function source(text: string): Html {
  if (!/^(https:\/\/)?(docs\.)?aws\.amazon\.com\/[\w./#-]*$/.test(text)) return html`${text}`;
  const url = text.startsWith("https://") ? text : `https://${text}`;
  return html`<a href="${url}" rel="noreferrer">${text.replace("https://", "")}</a>`;
}

/** An instant in the page's only time zone. */
export const time = (at: number, words: string): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${words}</time>`;

/** A coordinate in per cent, short. */
export const pct = (share: number): string => `${Math.round(share * 1000) / 10}%`;
