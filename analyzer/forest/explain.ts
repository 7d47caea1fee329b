/** analyzer · pure. One row's way through the forest told step by step: which column isolated it, on which side.
 *
 *  With n rows at a node a walk is expected to take c(n) more steps. One step to a child with m rows uses up one and
 *  leaves c(m), so that step shortened the path by c(n) - 1 - c(m), and the column that was cut gets the credit
 *  (or the blame, when the row went with the crowd). Along a path the terms telescope: all columns' shares together
 *  are exactly what the row's mean path falls short of c(sample), the quantity the score is made of. */
import { averagePathLength } from "./paths.ts";
import type { Trees } from "./tree.ts";

/** What one column contributed to the shortening, split by why: its value was on the high or the low side of the
 *  cut, or missing. `amount` is their sum; negative when the column spoke for the row being ordinary. */
export type Part = { column: number; amount: number; high: number; low: number; missing: number };

/** How a row may lie outside all that a tree was grown from; see `beyond`. */
export type Beyond = { chance: number; part: Float64Array; low: Uint8Array };

export type Paths = { meanPath: number; parts: Part[] };

/** The row's mean path and its parts, over all trees. A missing value sends the walk both ways, each weighed by the
 *  share of the tree's rows that went there. `beyond` gives for each tree the chance, at every step, that a cut
 *  falls between the row and everything the tree has seen; null for the plain forest. */
export function tell(
  trees: Trees,
  row: ArrayLike<number>,
  beyond: ((tree: number) => Beyond | null) | null = null,
): Paths {
  const { columns, depth } = trees;
  const width = 2 ** depth;
  const parts = Array.from({ length: columns }, (_, column) => ({
    column,
    amount: 0,
    high: 0,
    low: 0,
    missing: 0,
  }));
  let total = 0;

  for (let t = 0; t < trees.count; t++) {
    const outside = beyond?.(t) ?? null;
    const follow = (node: number, level: number, weight: number): void => {
      const n = trees.size[t * width * 2 + node] ?? 0;
      const threshold = node < width ? (trees.threshold[t * width + node] ?? 0) : Number.POSITIVE_INFINITY;
      const expected = averagePathLength(n);
      let inside = weight;
      if (outside) {
        // Cut off from all n rows in one step: what is saved is c(n) - 1, or nothing where n <= 2.
        const cutOff = weight * outside.chance;
        if (n > 1) {
          inside -= cutOff;
          total += cutOff * (level + 1);
          for (let q = 0; q < columns; q++) {
            const part = parts[q];
            const share = outside.part[q] ?? 0;
            if (!part || share === 0) continue;
            part[outside.low[q] ? "low" : "high"] += cutOff * share * (expected - 1);
          }
        }
      }
      if (threshold === Number.POSITIVE_INFINITY) {
        total += inside * (level + expected);
        return;
      }
      const column = trees.feature[t * width + node] ?? 0;
      const part = parts[column];
      const value = row[column] ?? Number.NaN;
      const step = (child: number, share: number, why: "high" | "low" | "missing") => {
        if (share === 0) return;
        const m = trees.size[t * width * 2 + child] ?? 0;
        if (part) part[why] += inside * share * (expected - 1 - averagePathLength(m));
        follow(child, level + 1, inside * share);
      };
      if (Number.isNaN(value)) {
        const left = (trees.size[t * width * 2 + node * 2] ?? 0) / n;
        step(node * 2, left, "missing");
        step(node * 2 + 1, 1 - left, "missing");
      } else if (value < threshold) step(node * 2, 1, "low");
      else step(node * 2 + 1, 1, "high");
    };
    follow(1, 0, 1);
  }

  for (const part of parts) {
    part.high /= trees.count;
    part.low /= trees.count;
    part.missing /= trees.count;
    part.amount = part.high + part.low + part.missing;
  }
  return { meanPath: total / trees.count, parts };
}
