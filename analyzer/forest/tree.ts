/** analyzer · pure. Growing isolation trees into flat arrays. A tree is a heap: the root at 1, the children of node
 *  i at 2i and 2i + 1, so a walk needs no pointers and a whole tree fits the processor's nearest cache. */
import { below, type Chance } from "./chance.ts";
import { averagePathLength } from "./paths.ts";

/** All trees of a forest, one after the other. */
export type Trees = {
  count: number;
  columns: number;
  depth: number;
  /** A row with a smaller value in `feature` goes left. Infinity where nothing is split, so that every walk can go
   *  on to the bottom without asking. `count × 2^depth`. */
  threshold: Float64Array;
  feature: Uint16Array;
  /** Sampled rows that came through each node; 0 where the tree has none. `count × 2^(depth + 1)`. */
  size: Uint16Array;
  /** Path length at the bottom slots, with c(n) added for the rows left together. `count × 2^depth`. */
  path: Float64Array;
};

export function emptyTrees(count: number, columns: number, depth: number): Trees {
  const width = 2 ** depth;
  return {
    count,
    columns,
    depth,
    threshold: new Float64Array(count * width).fill(Number.POSITIVE_INFINITY),
    feature: new Uint16Array(count * width),
    size: new Uint16Array(count * width * 2),
    path: new Float64Array(count * width),
  };
}

/** Rows to grow from, column after column: `values[column * rows + row]`. NaN is missing. */
export type Sample = { rows: number; values: Float64Array; missing: boolean };

// Room to work in, kept between trees: growing thousands of them must not leave thousands of arrays behind.
let here = new Uint16Array(0);
let next = new Uint16Array(0);
let starts = new Int32Array(0);
let order = new Uint16Array(0);

/** Grows tree `at` of `trees` from a sample, over whatever stood there before. */
export function growTree(trees: Trees, at: number, sample: Sample, draw: Chance): void {
  const { depth, columns } = trees;
  const { rows, values } = sample;
  const width = 2 ** depth;
  const inner = at * width;
  const all = inner * 2;
  trees.threshold.fill(Number.POSITIVE_INFINITY, inner, inner + width);
  trees.feature.fill(0, inner, inner + width);
  trees.size.fill(0, all, all + width * 2);
  if (here.length < rows) {
    here = new Uint16Array(rows);
    next = new Uint16Array(rows);
  }
  if (starts.length < width * 2) starts = new Int32Array(width * 2);
  if (order.length < columns) order = new Uint16Array(columns);
  for (let q = 0; q < columns; q++) order[q] = q;
  for (let r = 0; r < rows; r++) here[r] = r;
  trees.size[all + 1] = rows;
  starts[1] = 0;

  for (let level = 0; level <= depth; level++) {
    for (let node = 2 ** level; node < 2 ** (level + 1); node++) {
      const n = trees.size[all + node] ?? 0;
      if (n === 0) continue;
      const from = starts[node] ?? 0;
      const to = from + n;
      const split = n > 1 && level < depth ? chooseSplit(sample, columns, from, to, draw) : null;
      if (!split) {
        // Bottom slot where a walk that keeps going left from here ends.
        trees.path[inner + node * 2 ** (depth - level) - width] = level + averagePathLength(n);
        continue;
      }
      trees.threshold[inner + node] = split.threshold;
      trees.feature[inner + node] = split.feature;
      const base = split.feature * rows;
      const { threshold } = split;
      const leftShare = sample.missing ? shareLeft(values, base, from, to, threshold) : 0;
      let left = from;
      let right = to - 1;
      for (let k = from; k < to; k++) {
        const row = here[k] ?? 0;
        const x = values[base + row] ?? Number.NaN;
        // Written to both ends, kept at one: no branch for the processor to guess wrong.
        next[left] = row;
        next[right] = row;
        const goesLeft = Number(
          sample.missing && Number.isNaN(x) ? draw() / 2 ** 32 < leftShare : x < threshold,
        );
        left += goesLeft;
        right -= 1 - goesLeft;
      }
      trees.size[all + node * 2] = left - from;
      trees.size[all + node * 2 + 1] = to - left;
      starts[node * 2] = from;
      starts[node * 2 + 1] = left;
    }
    [here, next] = [next, here];
  }
}

/** A feature drawn from those that still vary here, and a cut drawn between its least and greatest value; null
 *  when none varies. */
function chooseSplit(sample: Sample, columns: number, from: number, to: number, draw: Chance) {
  const { rows, values } = sample;
  for (let tried = 0; tried < columns; tried++) {
    const pick = tried + (columns - tried > 1 ? below(draw, columns - tried) : 0);
    const feature = order[pick] ?? 0;
    order[pick] = order[tried] ?? 0;
    order[tried] = feature;
    const base = feature * rows;
    let lo = Number.POSITIVE_INFINITY;
    let hi = Number.NEGATIVE_INFINITY;
    for (let k = from; k < to; k++) {
      const x = values[base + (here[k] ?? 0)] ?? Number.NaN;
      if (x < lo) lo = x; // false for a missing value
      if (x > hi) hi = x;
    }
    if (!(lo < hi)) continue;
    const u = (draw() + 1) / 2 ** 32; // in (0, 1]
    const cut = lo * (1 - u) + hi * u; // never overflows, as hi - lo may
    return { feature, threshold: cut > lo && cut <= hi ? cut : hi };
  }
  return null;
}

/** Share of the rows with a value that go left; a row without one is sent left with this probability, so missing
 *  says nothing by itself. */
function shareLeft(values: Float64Array, base: number, from: number, to: number, threshold: number): number {
  let left = 0;
  let present = 0;
  for (let k = from; k < to; k++) {
    const x = values[base + (here[k] ?? 0)] ?? Number.NaN;
    if (Number.isNaN(x)) continue;
    present++;
    if (x < threshold) left++;
  }
  return left / present;
}
