/** dashboard · page. A region's score over the last minutes as one small line; it breaks where nothing was known. */
import { linesOf } from "../lines.ts";
import { lookBackMs, staleAfterMs, type View } from "../view.ts";
import { type Html, html } from "./html.ts";

const steps = 52; // one for every two pixels

export function spark(view: View, region: string): Html {
  const since = view.now - lookBackMs(view.rules);
  const { at, scores } = linesOf(view.history, {
    regions: [region],
    gapMs: staleAfterMs(view.rules),
    steps,
  });
  const points = at.map((t, i) => {
    const value = scores[region]?.[i] ?? null;
    return {
      x: ((t - since) / (view.now - since)) * 100,
      y: value === null ? null : (1 - value) * 100,
    };
  });
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
