/** analyzer · pure. The Isolation Forest of Liu, Ting & Zhou ("Isolation Forest", ICDM 2008): what few random cuts
 *  set apart is odd. Seeded: the same rows and seed give the same bits on every machine, before and after saving.
 *
 *  What is defined where the paper is silent:
 *  - a missing value (NaN) says nothing: in growing, its row is sent to either side by chance, as the other rows
 *    went; in scoring the row goes both ways, weighed the same. A row with nothing in it scores about average.
 *  - a column that does not vary at a node is never cut there; a forest of equal rows scores everything 0.5.
 *  - one row is grown into a forest that scores everything 0.5: there is nothing to be different from.
 *  - no row at all cannot be grown from, and is refused. */
import { BadInput } from "../store/records.ts";
import { below, chance } from "./forest/chance.ts";
import { type Part, partsOf, tell } from "./forest/explain.ts";
import { averagePathLength, scoreOfPath } from "./forest/paths.ts";
import { copyRows, gatherRows, type Rows, shapeOf } from "./forest/rows.ts";
import { emptyTrees, growTree, type Sample, type Trees } from "./forest/tree.ts";
import { rowsAtOnce, walker } from "./forest/walk.ts";

export type ForestOptions = {
  /** Any whole number from 0 to 2^53 - 1. */
  seed?: number;
  /** Path lengths converge well before 100 trees (the paper's figure 5 and its default). */
  trees?: number;
  /** Rows each tree is grown from (ψ). 256 is the paper's default for batches; at most 32,768. */
  sample?: number;
  /** Deepest cut; ceil(log2 ψ) when left out, the depth of a balanced tree: deeper, rows are ordinary. At most 16. */
  depth?: number;
};

export type Forest = { trees: Trees; sample: number };

const batchDefaults = { seed: 1, trees: 100, sample: 256 };

/** Grows a forest. Throws `BadInput` for no rows, rows of unequal width, infinities or absurd options. */
export function growForest(rows: Rows, options: ForestOptions = {}): Forest {
  const { seed, trees: count, sample: wanted, depth: deepest } = checkForest(options);
  const { count: n, columns } = shapeOf(rows, null);
  if (n === 0) throw new BadInput("Cannot grow a forest: expected at least one row; got none");
  if (columns < 1 || columns > 65_535)
    throw new BadInput(`Cannot grow a forest: expected 1 to 65535 columns; got ${columns}`);
  const sample = Math.min(wanted, n);
  const trees = emptyTrees(count, columns, Math.min(deepest, fullDepth(sample)));
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const picked: Sample = { rows: sample, values: new Float64Array(sample * columns), missing: false };
  for (let t = 0; t < count; t++) {
    const draw = chance(seed, t);
    for (let k = 0; sample < n && k < sample; k++) {
      // Without replacement. The shuffle goes on from tree to tree: any order is as good a start as another.
      const pick = k + below(draw, n - k);
      const i = all[pick] ?? 0;
      all[pick] = all[k] ?? 0;
      all[k] = i;
    }
    picked.missing = gatherRows(rows, all.subarray(0, sample), columns, picked.values);
    growTree(trees, t, picked, draw);
  }
  return { trees, sample };
}

/** Scores in 0..1, one a row: about 0.5 is ordinary, near 1 is odd. */
export function scoreRows(forest: Forest, rows: Rows): Float64Array {
  const { columns } = forest.trees;
  const expected = averagePathLength(forest.sample);
  const { count: n } = shapeOf(rows, columns);
  const sums = new Float64Array(n);
  const block = new Float64Array(Math.min(n, rowsAtOnce) * columns);
  const walk = walker(forest.trees, n);
  for (let first = 0; first < n; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, n - first);
    const missing = copyRows(rows, first, count, columns, block);
    const here = sums.subarray(first, first + count);
    walk(block, count, here);
    for (let r = 0; r < count; r++) {
      let mean = (here[r] ?? 0) / forest.trees.count;
      if (missing) {
        const row = block.subarray(r * columns, (r + 1) * columns);
        if (row.some(Number.isNaN)) mean = tell(forest.trees, row, null).meanPath;
      }
      here[r] = scoreOfPath(mean, expected);
    }
  }
  return sums;
}

/** Why a row scores as it does. */
export type Explanation = {
  score: number;
  /** c(ψ) minus the row's mean path length: how much sooner than expected it was set apart. */
  deficit: number;
  /** One per column; their amounts add up to the deficit. */
  parts: Part[];
};

export function explainRow(forest: Forest, row: ArrayLike<number>): Explanation {
  const { columns } = forest.trees;
  const values = new Float64Array(columns);
  copyRows([row], 0, 1, columns, values);
  const told = tell(forest.trees, values, null);
  const { meanPath } = told;
  const expected = averagePathLength(forest.sample);
  return { score: scoreOfPath(meanPath, expected), deficit: expected - meanPath, parts: partsOf(told) };
}

/** The depth of a balanced tree of n rows. */
export const fullDepth = (n: number): number => {
  let depth = 0;
  while (2 ** depth < n) depth++;
  return depth;
};

/** Options with their defaults; throws `BadInput` naming the one that makes no sense. */
export function checkForest(options: ForestOptions, defaults = batchDefaults) {
  const { seed = defaults.seed, trees = defaults.trees, sample = defaults.sample, depth = 16 } = options;
  const whole = (name: string, value: number, min: number, max: number) => {
    if (!Number.isInteger(value) || value < min || value > max)
      throw new BadInput(
        `Cannot grow a forest: expected ${name} to be a whole number from ${min} to ${max}; got ${value}`,
      );
  };
  whole("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  whole("trees", trees, 1, 10_000);
  whole("sample", sample, 1, 32_768);
  whole("depth", depth, 0, 16);
  return { seed, trees, sample, depth };
}
