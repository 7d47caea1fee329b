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

const none = new Float64Array(0);

/** Room for trees yet to be grown. `paths` only where rows are to be walked many at a time; without, a third of the memory is saved. */
export function emptyTrees(count: number, columns: number, depth: number, paths = true): Trees {
  const width = 2 ** depth;
  return {
    count,
    columns,
    depth,
    threshold: paths
      ? new Float64Array(count * width).fill(Number.POSITIVE_INFINITY)
      : new Float64Array(count * width),
    feature: new Uint16Array(count * width),
    size: new Uint16Array(count * width * 2),
    path: paths ? new Float64Array(count * width) : none,
  };
}

/** Rows to grow from, column after column: `values[column * rows + row]`. NaN is missing. */
export type Sample = { rows: number; values: Float64Array; missing: boolean };

// Room to work in, kept between trees: growing thousands of them must not leave thousands of arrays behind.
const roomFor = (rows: number, columns: number) => ({
  rows: new Uint16Array(rows),
  other: new Uint16Array(rows),
  /** Nodes of more than one row and where their rows begin, in the order they are to be parted. */
  nodes: new Uint32Array(rows * 2),
  starts: new Uint16Array(rows * 2),
  order: new Uint16Array(columns),
});
let room = roomFor(0, 0);

/** Grows tree `at` of `trees` from a sample, over whatever stood there before; no deeper than `deepest`. */
export function growTree(
  trees: Trees,
  at: number,
  sample: Sample,
  draw: Chance,
  deepest = trees.depth,
): void {
  const { depth, columns, threshold: thresholds, feature: features, size, path } = trees;
  const { rows, values, missing } = sample;
  const width = 2 ** depth;
  const inner = at * width;
  const all = inner * 2;
  const walked = path.length > 0; // to the bottom, through slots that are no nodes
  if (walked) {
    thresholds.fill(Number.POSITIVE_INFINITY, inner, inner + width);
    features.fill(0, inner, inner + width);
    size.fill(0, all, all + width * 2);
  }
  if (room.rows.length < rows || room.order.length < columns)
    room = roomFor(Math.max(rows, room.rows.length), Math.max(columns, room.order.length));
  const { nodes, starts, order } = room;
  let { rows: here, other: next } = room;
  for (let q = 0; q < columns; q++) order[q] = q;
  for (let r = 0; r < rows; r++) here[r] = r;

  let queued = 0;
  const place = (node: number, level: number, from: number, n: number) => {
    size[all + node] = n;
    if (n > 1 && level < deepest) {
      nodes[queued] = node;
      starts[queued++] = from;
    } else leaf(node, level, n);
  };
  const leaf = (node: number, level: number, n: number) => {
    if (node < width) thresholds[inner + node] = Number.POSITIVE_INFINITY;
    // The bottom slot where a walk that keeps going left from here ends.
    if (walked) path[inner + node * 2 ** (depth - level) - width] = level + averagePathLength(n);
  };
  place(1, 0, 0, rows);

  // Level by level; within a level each node's rows lie together, and are dealt out to its children's places.
  for (let level = 0, done = 0; done < queued; level++) {
    for (const end = queued; done < end; done++) {
      const node = nodes[done] ?? 0;
      const from = starts[done] ?? 0;
      const n = size[all + node] ?? 0;
      const to = from + n;
      let base = -1;
      let cut = Number.POSITIVE_INFINITY;
      for (let tried = 0; tried < columns; tried++) {
        const pick = columns - tried > 1 ? tried + below(draw, columns - tried) : tried;
        const column = order[pick] ?? 0;
        order[pick] = order[tried] ?? 0;
        order[tried] = column;
        let lo = Number.POSITIVE_INFINITY;
        let hi = Number.NEGATIVE_INFINITY;
        for (let k = from; k < to; k++) {
          const x = values[column * rows + (here[k] ?? 0)] ?? 0;
          if (x < lo) lo = x; // false for a missing value
          if (x > hi) hi = x;
        }
        if (!(lo < hi)) continue; // it does not vary here: another column
        const u = (draw() + 1) / 2 ** 32; // in (0, 1]
        cut = lo * (1 - u) + hi * u; // never overflows, as hi - lo may
        if (!(cut > lo && cut <= hi)) cut = hi;
        base = column * rows;
        thresholds[inner + node] = cut;
        features[inner + node] = column;
        break;
      }
      if (base < 0) {
        leaf(node, level, n);
        continue;
      }
      let left = from;
      let right = to - 1;
      if (n === 2 && !missing)
        left++; // one goes either way; where they lie no longer matters
      else if (missing) {
        const share = shareLeft(values, base, here, from, to, cut);
        for (let k = from; k < to; k++) {
          const row = here[k] ?? 0;
          const x = values[base + row] ?? 0;
          if (Number.isNaN(x) ? draw() / 2 ** 32 < share : x < cut) next[left++] = row;
          else next[right--] = row;
        }
      } else {
        for (let k = from; k < to; k++) {
          const row = here[k] ?? 0;
          const goesLeft = Number((values[base + row] ?? 0) < cut);
          // Written to both ends, kept at one: no branch for the processor to guess wrong.
          next[left] = row;
          next[right] = row;
          left += goesLeft;
          right += goesLeft - 1;
        }
      }
      place(node * 2, level + 1, from, left - from);
      place(node * 2 + 1, level + 1, left, to - left);
    }
    [here, next] = [next, here];
  }
}

/** Share of the rows with a value that go left; a row without one is sent left with this probability, so missing
 *  says nothing by itself. */
function shareLeft(
  values: Float64Array,
  base: number,
  here: Uint16Array,
  from: number,
  to: number,
  cut: number,
): number {
  let left = 0;
  let present = 0;
  for (let k = from; k < to; k++) {
    const x = values[base + (here[k] ?? 0)] ?? 0;
    if (Number.isNaN(x)) continue;
    present++;
    if (x < cut) left++;
  }
  return left / present;
}
