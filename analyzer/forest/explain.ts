/** analyzer · pure. One row's way through the forest told step by step: which column isolated it, on which side.
 *
 *  With n rows at a node a walk is expected to take c(n) more steps. One step to a child with m rows uses up one and
 *  leaves c(m), so that step shortened the path by c(n) - 1 - c(m), and the column that was cut gets the credit
 *  (or the blame, when the row went with the crowd). Along a path the terms telescope: all columns' shares together
 *  are exactly what the row's mean path falls short of the expected one, the quantity the score is made of. */
import { type Edges, stretch } from "./apart.ts";
import { averagePathLength } from "./paths.ts";
import type { Trees } from "./tree.ts";

/** The mean path, and how much each column shortened it by being high, low or missing. */
export type Told = { meanPath: number; high: Float64Array; low: Float64Array; missing: Float64Array };

/** What one column contributed. `amount` is the sum of the three; negative when it spoke for the row being ordinary. */
export type Part = { column: number; amount: number; high: number; low: number; missing: number };

export const partsOf = ({ high, low, missing }: Told): Part[] =>
  Array.from(high, (up, column) => {
    const [down, none] = [low[column] ?? 0, missing[column] ?? 0];
    return { column, amount: up + down + none, high: up, low: down, missing: none };
  });

const blank = (columns: number) => ({
  /** How far outside each column is, as a chance: below 0 on the low side. */
  out: new Float64Array(columns),
  told: {
    meanPath: 0,
    high: new Float64Array(columns),
    low: new Float64Array(columns),
    missing: new Float64Array(columns),
  },
});
// Room to work in, kept between rows: thousands of series are told about every second.
let scratch = blank(0);

/** Walks a row through all trees; what it gives is good until the next row is told. A missing value sends it both ways, each weighed by the share of the tree's rows
 *  that went there. With `edges`, every step first asks whether a cut in the range stretched to the row would part it
 *  from all that the tree has seen; without, these are the walks of the paper. */
export function tell(trees: Trees, row: Float64Array, edges: Edges | null): Told {
  const { count, columns } = trees;
  if (scratch.out.length !== columns) scratch = blank(columns);
  const { out, told } = scratch;
  told.high.fill(0);
  told.low.fill(0);
  told.missing.fill(0);
  let total = 0;
  for (let tree = 0; tree < count; tree++) {
    const parted = edges ? stretch(row, edges, tree, columns, out) : 0;
    total += follow(trees, row, tree, 1, 0, 1, parted, out, told);
  }
  for (let q = 0; q < columns; q++) {
    told.high[q] = (told.high[q] ?? 0) / count;
    told.low[q] = (told.low[q] ?? 0) / count;
    told.missing[q] = (told.missing[q] ?? 0) / count;
  }
  told.meanPath = total / count;
  return told;
}

/** Goes down one tree from a node; gives the path's length times `share`. `parted` is the chance, at each step, of
 *  being parted from the whole tree. */
function follow(
  trees: Trees,
  row: Float64Array,
  tree: number,
  start: number,
  steps: number,
  share: number,
  parted: number,
  out: Float64Array,
  told: Told,
): number {
  const { threshold, feature, size } = trees;
  const width = 2 ** trees.depth;
  const inner = tree * width;
  let node = start;
  let level = steps;
  let weight = share;
  let total = 0;
  let n = size[inner * 2 + node] ?? 0;
  let expected = averagePathLength(n);
  for (;;) {
    if (parted > 0 && n > 1) {
      const cutOff = weight * parted;
      total += cutOff * (level + 1);
      credit(told, out, weight * (expected - 1));
      weight -= cutOff;
    }
    const cut = node < width ? (threshold[inner + node] ?? 0) : Number.POSITIVE_INFINITY;
    if (cut === Number.POSITIVE_INFINITY) return total + weight * (level + expected);
    const column = feature[inner + node] ?? 0;
    const x = row[column] ?? 0;
    level++;
    if (Number.isNaN(x)) {
      const leftSize = size[inner * 2 + node * 2] ?? 0;
      const left = leftSize / n;
      const after = left * averagePathLength(leftSize) + (1 - left) * averagePathLength(n - leftSize);
      told.missing[column] = (told.missing[column] ?? 0) + weight * (expected - 1 - after);
      total += follow(trees, row, tree, node * 2, level, weight * left, parted, out, told);
      weight *= 1 - left;
      node = node * 2 + 1;
      n -= leftSize;
      expected = averagePathLength(n);
      continue;
    }
    const right = Number(x >= cut);
    node = node * 2 + right;
    n = size[inner * 2 + node] ?? 0;
    const after = averagePathLength(n);
    const saved = weight * (expected - 1 - after);
    expected = after;
    if (right) told.high[column] = (told.high[column] ?? 0) + saved;
    else told.low[column] = (told.low[column] ?? 0) + saved;
  }
}

/** Shares out what being parted from everything would save, by each column's chance of doing it. */
function credit({ high, low }: Told, out: Float64Array, amount: number): void {
  for (let q = 0; q < out.length; q++) {
    const chance = out[q] ?? 0;
    if (chance > 0) high[q] = (high[q] ?? 0) + chance * amount;
    else if (chance < 0) low[q] = (low[q] ?? 0) - chance * amount;
  }
}
