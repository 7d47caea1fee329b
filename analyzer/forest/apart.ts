/** analyzer · pure. How soon a row is set apart from all that a stream's trees were grown from, beyond its range too. It
 *  is the mean path of explain.ts without the telling: the same bits in half the time, as thousands of series are asked
 *  every second and few have anything to tell. */
import { averagePathLength } from "./paths.ts";
import type { Trees } from "./tree.ts";

/** The least and greatest value that each tree was grown from, `(tree × columns + column) × 2`, and for each column
 *  the smallest difference that means anything. */
export type Edges = { ranges: Float64Array; grains: ArrayLike<number> };

let out = new Float64Array(0);

/** The mean path of a row without missing values. */
export function meanPath(trees: Trees, row: Float64Array, edges: Edges): number {
  const { count, columns, depth, threshold, feature, size } = trees;
  const width = 2 ** depth;
  if (out.length !== columns) out = new Float64Array(columns);
  let total = 0;
  for (let tree = 0; tree < count; tree++) {
    const parted = stretch(row, edges, tree, columns, out);
    const inner = tree * width;
    let node = 1;
    let level = 0;
    let weight = 1;
    let path = 0;
    for (;;) {
      if (parted > 0 && (size[inner * 2 + node] ?? 0) > 1) {
        const cutOff = weight * parted;
        path += cutOff * (level + 1);
        weight -= cutOff;
      }
      const cut = node < width ? (threshold[inner + node] ?? 0) : Number.POSITIVE_INFINITY;
      if (cut === Number.POSITIVE_INFINITY) break;
      level++;
      node = node * 2 + Number((row[feature[inner + node] ?? 0] ?? 0) >= cut);
    }
    total += path + weight * (level + averagePathLength(size[inner * 2 + node] ?? 0));
  }
  return total / count;
}

const farthest = 1e9; // ranges outside; further is no odder

/** How far the row lies outside what a tree has seen, as the chance that one cut in the stretched ranges parts the
 *  two. Columns weigh alike: each counts 1 for its own range, plus what the row stretches it by; so a column that
 *  never moved and now does parts them for certain. Leaves in `out` each column's share of that chance, below 0 when
 *  it lies on the low side. */
export function stretch(
  row: Float64Array,
  edges: Edges,
  tree: number,
  columns: number,
  out: Float64Array,
): number {
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
