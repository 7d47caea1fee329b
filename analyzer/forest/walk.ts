/** analyzer · pure. Walking rows down the trees, many at a time: each row's path lengths, added up over all trees. */
import type { Trees } from "./tree.ts";

/** Rows that are walked through all trees before the next ones: they and one tree share the processor's nearest
 *  cache (256 rows × 8 columns are 16 kB). */
export const rowsAtOnce = 256;

/** Adds each row's path length in every tree to `sums`. `rows` lies row after row, `count × columns`, without
 *  missing values. The sum is taken in the order of the trees, so a row alone and in a crowd gives the same bits. */
export function walk(trees: Trees, rows: Float64Array, count: number, sums: Float64Array): void {
  const { columns: f, depth, path } = trees;
  const width = 2 ** depth;
  const alone = count - (count % 8);
  for (let t = 0; alone > 0 && t < trees.count; t++) {
    const th = trees.threshold.subarray(t * width, (t + 1) * width);
    const fe = trees.feature.subarray(t * width, (t + 1) * width);
    const bottom = (t - 1) * width; // a walk of `depth` steps ends at a node in width .. 2 × width - 1
    // A walk is a chain of loads, each waiting for the last; eight chains side by side fill the wait. The step is
    // arithmetic, not a branch that would be guessed wrong half the time.
    for (let r = 0; r < alone; r += 8) {
      const x0 = r * f;
      const x1 = x0 + f;
      const x2 = x1 + f;
      const x3 = x2 + f;
      const x4 = x3 + f;
      const x5 = x4 + f;
      const x6 = x5 + f;
      const x7 = x6 + f;
      let [n0, n1, n2, n3] = [1, 1, 1, 1];
      let [n4, n5, n6, n7] = [1, 1, 1, 1];
      for (let level = 0; level < depth; level++) {
        n0 = (n0 << 1) | Number((rows[x0 + (fe[n0] ?? 0)] ?? 0) >= (th[n0] ?? 0));
        n1 = (n1 << 1) | Number((rows[x1 + (fe[n1] ?? 0)] ?? 0) >= (th[n1] ?? 0));
        n2 = (n2 << 1) | Number((rows[x2 + (fe[n2] ?? 0)] ?? 0) >= (th[n2] ?? 0));
        n3 = (n3 << 1) | Number((rows[x3 + (fe[n3] ?? 0)] ?? 0) >= (th[n3] ?? 0));
        n4 = (n4 << 1) | Number((rows[x4 + (fe[n4] ?? 0)] ?? 0) >= (th[n4] ?? 0));
        n5 = (n5 << 1) | Number((rows[x5 + (fe[n5] ?? 0)] ?? 0) >= (th[n5] ?? 0));
        n6 = (n6 << 1) | Number((rows[x6 + (fe[n6] ?? 0)] ?? 0) >= (th[n6] ?? 0));
        n7 = (n7 << 1) | Number((rows[x7 + (fe[n7] ?? 0)] ?? 0) >= (th[n7] ?? 0));
      }
      sums[r] = (sums[r] ?? 0) + (path[bottom + n0] ?? 0);
      sums[r + 1] = (sums[r + 1] ?? 0) + (path[bottom + n1] ?? 0);
      sums[r + 2] = (sums[r + 2] ?? 0) + (path[bottom + n2] ?? 0);
      sums[r + 3] = (sums[r + 3] ?? 0) + (path[bottom + n3] ?? 0);
      sums[r + 4] = (sums[r + 4] ?? 0) + (path[bottom + n4] ?? 0);
      sums[r + 5] = (sums[r + 5] ?? 0) + (path[bottom + n5] ?? 0);
      sums[r + 6] = (sums[r + 6] ?? 0) + (path[bottom + n6] ?? 0);
      sums[r + 7] = (sums[r + 7] ?? 0) + (path[bottom + n7] ?? 0);
    }
  }
  for (let r = alone; r < count; r++) sums[r] = walkOne(trees, rows, r * f);
}

/** One row, which starts at `x`, through all trees; here four trees go side by side. */
function walkOne(trees: Trees, rows: Float64Array, x: number): number {
  const { count, depth, threshold: th, feature: fe, path } = trees;
  const width = 2 ** depth;
  let sum = 0;
  let t = 0;
  for (; t + 4 <= count; t += 4) {
    const a = t * width;
    const b = a + width;
    const c = b + width;
    const d = c + width;
    let [n0, n1, n2, n3] = [1, 1, 1, 1];
    for (let level = 0; level < depth; level++) {
      n0 = (n0 << 1) | Number((rows[x + (fe[a + n0] ?? 0)] ?? 0) >= (th[a + n0] ?? 0));
      n1 = (n1 << 1) | Number((rows[x + (fe[b + n1] ?? 0)] ?? 0) >= (th[b + n1] ?? 0));
      n2 = (n2 << 1) | Number((rows[x + (fe[c + n2] ?? 0)] ?? 0) >= (th[c + n2] ?? 0));
      n3 = (n3 << 1) | Number((rows[x + (fe[d + n3] ?? 0)] ?? 0) >= (th[d + n3] ?? 0));
    }
    // Added one by one, in the order of the trees: the bits must be those of a row in a crowd.
    sum += path[a - width + n0] ?? 0;
    sum += path[b - width + n1] ?? 0;
    sum += path[c - width + n2] ?? 0;
    sum += path[d - width + n3] ?? 0;
  }
  for (; t < count; t++) {
    let n = 1;
    for (let level = 0; level < depth; level++) {
      const at = t * width + n;
      n = (n << 1) | Number((rows[x + (fe[at] ?? 0)] ?? 0) >= (th[at] ?? 0));
    }
    sum += path[(t - 1) * width + n] ?? 0;
  }
  return sum;
}
