/** analyzer · pure. One row's way through the forest told step by step: which column isolated it, on which side.
 *
 *  With n rows at a node a walk is expected to take c(n) more steps. One step to a child with m rows uses up one and
 *  leaves c(m), so that step shortened the path by c(n) - 1 - c(m), and the column that was cut gets the credit
 *  (or the blame, when the row went with the crowd). Along a path the terms telescope: all columns' shares together
 *  are exactly what the row's mean path falls short of the expected one, the quantity the score is made of. */
import { averagePathLength } from "./paths.ts";
import type { Trees } from "./tree.ts";

/** The least and greatest value that each tree was grown from, `(tree × columns + column) × 2`, and for each column
 *  the smallest difference that means anything. */
export type Edges = { ranges: Float64Array; grains: ArrayLike<number> };

/** The mean path, and how much each column shortened it by being high, low or missing. */
export type Told = { meanPath: number; high: Float64Array; low: Float64Array; missing: Float64Array };

/** What one column contributed. `amount` is the sum of the three; negative when it spoke for the row being ordinary. */
export type Part = { column: number; amount: number; high: number; low: number; missing: number };

export const partsOf = ({ high, low, missing }: Told): Part[] =>
  Array.from(high, (up, column) => {
    const [down, none] = [low[column] ?? 0, missing[column] ?? 0];
    return { column, amount: up + down + none, high: up, low: down, missing: none };
  });

/** Walks a row through all trees. A missing value sends it both ways, each weighed by the share of the tree's rows
 *  that went there. With `edges`, every step first asks whether a cut in the range stretched to the row would part it
 *  from all that the tree has seen; without, these are the walks of the paper. */
export function tell(trees: Trees, row: Float64Array, edges: Edges | null): Told {
  const { columns, depth, threshold, feature, size } = trees;
  const width = 2 ** depth;
  const high = new Float64Array(columns);
  const low = new Float64Array(columns);
  const missing = new Float64Array(columns);
  const out = new Float64Array(columns); // how far outside, in ranges: below 0 on the low side
  let total = 0;
  let parted = 0; // chance, at each step, of being parted from the whole tree

  const follow = (tree: number, start: number, steps: number, share: number): void => {
    const inner = tree * width;
    let node = start;
    let level = steps;
    let weight = share;
    for (;;) {
      const n = size[inner * 2 + node] ?? 0;
      const expected = averagePathLength(n);
      if (parted > 0 && n > 1) {
        const cutOff = weight * parted;
        total += cutOff * (level + 1);
        weight -= cutOff;
        credit(high, low, out, (cutOff / parted) * (expected - 1));
      }
      const cut = node < width ? (threshold[inner + node] ?? 0) : Number.POSITIVE_INFINITY;
      if (cut === Number.POSITIVE_INFINITY) {
        total += weight * (level + expected);
        return;
      }
      const column = feature[inner + node] ?? 0;
      const x = row[column] ?? 0;
      level++;
      if (Number.isNaN(x)) {
        const leftSize = size[inner * 2 + node * 2] ?? 0;
        const left = leftSize / n;
        const after = left * averagePathLength(leftSize) + (1 - left) * averagePathLength(n - leftSize);
        missing[column] = (missing[column] ?? 0) + weight * (expected - 1 - after);
        follow(tree, node * 2, level, weight * left);
        weight *= 1 - left;
        node = node * 2 + 1;
        continue;
      }
      const right = Number(x >= cut);
      node = node * 2 + right;
      const saved = weight * (expected - 1 - averagePathLength(size[inner * 2 + node] ?? 0));
      if (right) high[column] = (high[column] ?? 0) + saved;
      else low[column] = (low[column] ?? 0) + saved;
    }
  };

  for (let tree = 0; tree < trees.count; tree++) {
    if (edges) parted = stretch(row, edges, tree, columns, out);
    follow(tree, 1, 0, 1);
  }
  for (let q = 0; q < columns; q++) {
    high[q] = (high[q] ?? 0) / trees.count;
    low[q] = (low[q] ?? 0) / trees.count;
    missing[q] = (missing[q] ?? 0) / trees.count;
  }
  return { meanPath: total / trees.count, high, low, missing };
}

/** Shares out what being parted from everything saved, among the columns outside; `out` holds each one's chance. */
function credit(high: Float64Array, low: Float64Array, out: Float64Array, amount: number): void {
  for (let q = 0; q < out.length; q++) {
    const part = out[q] ?? 0;
    if (part > 0) high[q] = (high[q] ?? 0) + part * amount;
    else if (part < 0) low[q] = (low[q] ?? 0) - part * amount;
  }
}

const farthest = 1e9; // ranges outside; further is no odder

/** How far the row lies outside what a tree has seen, as the chance that one cut in the stretched ranges parts the
 *  two. Columns weigh alike: each counts 1 for its own range, plus what the row stretches it by; so a column that
 *  never moved and now does parts them for certain. Leaves in `out` each column's share of that chance, below 0 when
 *  it lies on the low side. */
function stretch(row: Float64Array, edges: Edges, tree: number, columns: number, out: Float64Array): number {
  let sum = 0;
  let known = 0;
  for (let q = 0; q < columns; q++) {
    const x = row[q] ?? 0;
    const at = (tree * columns + q) * 2;
    const lo = edges.ranges[at] ?? 0;
    const hi = edges.ranges[at + 1] ?? 0;
    out[q] = 0;
    if (!(lo <= hi)) continue; // nothing is known of this column
    const range = Math.max(hi - lo, edges.grains[q] ?? 0);
    if (range > 0) known++;
    if (!(x < lo || x > hi)) continue; // inside, or missing
    const far = range > 0 ? Math.min((x < lo ? lo - x : x - hi) / range, farthest) : farthest;
    out[q] = x < lo ? -far : far;
    sum += far;
  }
  if (sum === 0) return 0;
  const whole = Math.max(1, known) + sum;
  for (let q = 0; q < columns; q++) out[q] = (out[q] ?? 0) / whole;
  return sum / whole;
}
