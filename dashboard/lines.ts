/** dashboard · pure. Lines over time: columns of figures, thinned to what a screen can show. Thinning never hides trouble:
 *  of each stretch the worst is kept. */
import type { Point } from "../store/store.ts";

export type Lines = {
  /** Epoch ms of each stretch's beginning, ascending. */
  at: number[];
  /** By region; null where nothing was known in the whole stretch. */
  scores: Record<string, (number | null)[]>;
  p95Ms: Record<string, (number | null)[]>;
  failed: Record<string, (number | null)[]>;
  odd: ({ score: number; node: string; says: string } | null)[];
};

const stepsMax = 600; // finer than the pixels of a chart on most screens

const worst = {
  scores: (a: number, b: number) => Math.min(a, b),
  p95Ms: (a: number, b: number) => Math.max(a, b),
  failed: (a: number, b: number) => Math.max(a, b),
};

export type LinesOptions = {
  regions: readonly string[];
  /** A silence longer than this breaks every line: nobody knows what was between. */
  gapMs: number;
  steps?: number;
};

/** Points in order of time, drawn together to at most `steps` stretches of equal length between the first and last; a
 *  silence between two of them is a stretch of its own, in which nothing is known. */
export function linesOf(points: readonly Point[], { regions, gapMs, steps = stepsMax }: LinesOptions): Lines {
  const names = ["scores", "p95Ms", "failed"] as const;
  const empty = () => Object.fromEntries(regions.map((r): [string, (number | null)[]] => [r, []]));
  const lines: Lines = { at: [], scores: empty(), p95Ms: empty(), failed: empty(), odd: [] };
  const first = points[0]?.at ?? 0;
  const stretchMs = Math.ceil(((points.at(-1)?.at ?? 0) - first + 1) / steps);
  const asTheyAre = points.length <= steps;
  const begin = (at: number) => {
    lines.at.push(at);
    lines.odd.push(null);
    for (const name of names) for (const region of regions) lines[name][region]?.push(null);
  };
  let open = -1;
  let before = first;
  for (const point of points) {
    if (point.at - before > gapMs) begin(before + 1);
    const stretch = asTheyAre ? open + 1 : Math.floor((point.at - first) / stretchMs);
    if (stretch !== open || point.at - before > gapMs) begin(point.at);
    open = stretch;
    before = point.at;
    const here = lines.at.length - 1;
    for (const name of names) {
      for (const region of regions) {
        const column = lines[name][region] ?? [];
        const known = column[here] ?? null;
        const value = point[name][region] ?? null;
        column[here] = known === null || value === null ? (known ?? value) : worst[name](known, value);
      }
    }
    const odd = lines.odd[here] ?? null;
    if (point.odd && (odd === null || point.odd.score > odd.score)) lines.odd[here] = point.odd;
  }
  return lines;
}
