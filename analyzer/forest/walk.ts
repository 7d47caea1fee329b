/** analyzer · pure. Walking rows down the trees: each row's path lengths, added up over all trees. Many rows go eight at
 *  a time through WebAssembly; a few, one by one, as laying out the forest for it would cost more. Either way the sum is
 *  taken in the order of the trees, so a row alone and in a crowd gives the same bits. */
import type { Trees } from "./tree.ts";
import { type WalkCode, walkCode } from "./walk-code.ts";

/** Adds the path lengths of `count` rows, which lie row after row without missing values, to `sums`. */
export type Walk = (rows: Float64Array, count: number, sums: Float64Array) => void;

/** Rows walked through all trees before the next ones: they and one tree share the processor's nearest cache. */
export const rowsAtOnce = 256;

const worthIt = 32; // rows; below, the laying out costs more than it saves
const roomMax = 2 ** 28; // bytes; a larger forest is walked row by row
const page = 65_536;

/** Made when first needed; it grows to the largest forest seen. */
let machine: { memory: WebAssembly.Memory; walk: WalkCode } | null = null;

/** The way down these trees for about `total` rows. Good until the next forest is laid out. */
export function walker(trees: Trees, total: number): Walk {
  const { count, columns, depth } = trees;
  const width = 2 ** depth;
  const paths = count * width * 16;
  const sumsAt = paths + count * width * 8;
  const rowsAt = sumsAt + rowsAtOnce * 8;
  const needed = rowsAt + rowsAtOnce * columns * 8;
  const alone: Walk = (rows, many, sums) => {
    for (let r = 0; r < many; r++) sums[r] = walkOne(trees, rows, r * columns);
  };
  if (depth === 0 || total < worthIt || needed > roomMax) return alone; // the code takes one step at least

  machine ??= fresh();
  const { memory, walk } = machine;
  const missing = needed - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / page));
  const floats = new Float64Array(memory.buffer);
  const ints = new Int32Array(memory.buffer);
  for (let k = 0; k < count * width; k++) {
    floats[k * 2] = trees.threshold[k] ?? 0;
    ints[k * 4 + 2] = (trees.feature[k] ?? 0) * 8;
  }
  floats.set(trees.path, paths / 8);
  return (rows, many, sums) => {
    const eights = many - (many % 8);
    floats.set(rows.subarray(0, eights * columns), rowsAt / 8);
    floats.fill(0, sumsAt / 8, sumsAt / 8 + eights);
    if (eights > 0) walk(0, paths - width * 8, count, depth, rowsAt, columns * 8, eights * 8, sumsAt);
    for (let r = 0; r < many; r++)
      sums[r] = r < eights ? (floats[sumsAt / 8 + r] ?? 0) : walkOne(trees, rows, r * columns);
  };
}

function fresh() {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return { memory, walk: walkCode(memory) };
}

/** One row, which starts at `x`, through all trees; four trees go side by side. */
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
