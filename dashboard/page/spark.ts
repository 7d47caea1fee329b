/** dashboard · page. A region's score over the last minutes as one small line; it breaks where nothing was known. */
import { lookBackMs, type View } from "../view.ts";
import { type Html, html } from "./html.ts";

export function spark(view: View, region: string): Html {
  const since = view.now - lookBackMs(view.rules);
  const points = view.history.map((p) => ({
    x: ((p.at - since) / (view.now - since)) * 100,
    y: p.scores[region] == null ? null : (1 - p.scores[region]) * 100,
  }));
  const limit = (1 - view.rules.healthThreshold) * 100;
  return html`<svg class="spark" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true"><path class="lim" d="M0 ${round(limit)}H100"/><path d="${path(points)}"/></svg>`;
}

/** An SVG path through the points; a point without a value lifts the pen. */
export function path(points: readonly { x: number; y: number | null }[]): string {
  let pen = "M";
  let d = "";
  for (const { x, y } of points) {
    if (y === null) {
      pen = "M";
      continue;
    }
    d += `${pen}${round(x)} ${round(y)}`;
    pen = "L";
  }
  return d;
}

export const round = (n: number): number => Math.round(n * 10) / 10;
