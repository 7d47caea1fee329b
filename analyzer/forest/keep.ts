/** analyzer · pure. A forest as bytes and back, without any row it was grown from: little-endian, "HFIF", a version,
 *  then each tree from its root down. A node with rows left to part is its left child's size (0: not parted) and, when
 *  parted, its column and cut. A checksum stands at the end. */
import { BadInput } from "../../store/records.ts";
import type { Forest } from "../forest.ts";
import { averagePathLength } from "./paths.ts";
import { emptyTrees } from "./tree.ts";

const magic = 0x46494648; // "HFIF"
const version = 1;
const head = 24;

export function saveForest({ trees, sample }: Forest): Uint8Array<ArrayBuffer> {
  const width = 2 ** trees.depth;
  const most = head + trees.count * (2 + width * 12 + width * 4) + 4;
  const view = new DataView(new ArrayBuffer(most));
  let at = 0;
  const put16 = (x: number) => {
    view.setUint16(at, x, true);
    at += 2;
  };
  const put32 = (x: number) => {
    view.setUint32(at, x, true);
    at += 4;
  };
  for (const x of [magic, version, trees.count, trees.columns, trees.depth, sample]) put32(x);
  for (let t = 0; t < trees.count; t++) {
    const put = (node: number): void => {
      const size = trees.size[t * width * 2 + node] ?? 0;
      if (size < 2 || node >= width) return;
      const cut = trees.threshold[t * width + node] ?? Number.POSITIVE_INFINITY;
      if (cut === Number.POSITIVE_INFINITY) {
        put16(0);
        return;
      }
      put16(trees.size[t * width * 2 + node * 2] ?? 0);
      put16(trees.feature[t * width + node] ?? 0);
      view.setFloat64(at, cut, true);
      at += 8;
      put(node * 2);
      put(node * 2 + 1);
    };
    put16(trees.size[t * width * 2 + 1] ?? 0);
    put(1);
  }
  put32(checksum(new Uint8Array(view.buffer, 0, at)));
  return new Uint8Array(view.buffer.slice(0, at));
}

/** Throws `BadInput` for anything that `saveForest` did not write. */
export function loadForest(bytes: Uint8Array): Forest {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < head + 4 || view.getUint32(0, true) !== magic)
    throw new BadInput(
      `Cannot load a forest: expected bytes that start with HFIF; got ${bytes.length} others`,
    );
  if (view.getUint32(4, true) !== version)
    throw new BadInput(`Cannot load a forest: expected version ${version}; got ${view.getUint32(4, true)}`);
  const end = bytes.length - 4;
  if (checksum(bytes.subarray(0, end)) !== view.getUint32(end, true))
    throw new BadInput(
      "Cannot load a forest: expected its checksum to fit; some bytes are changed or missing",
    );
  const [count = 0, columns = 0, depth = 0, sample = 0] = [8, 12, 16, 20].map((at) =>
    view.getUint32(at, true),
  );
  const trees = emptyTrees(count, columns, depth);
  const width = 2 ** depth;
  let at = head;
  const take16 = () => {
    at += 2;
    return view.getUint16(at - 2, true);
  };
  for (let t = 0; t < count; t++) {
    const take = (node: number, level: number, size: number): void => {
      trees.size[t * width * 2 + node] = size;
      const left = size < 2 || node >= width ? 0 : take16();
      if (left === 0) {
        trees.path[t * width + node * 2 ** (depth - level) - width] = level + averagePathLength(size);
        return;
      }
      trees.feature[t * width + node] = take16();
      trees.threshold[t * width + node] = view.getFloat64(at, true);
      at += 8;
      take(node * 2, level + 1, left);
      take(node * 2 + 1, level + 1, size - left);
    };
    take(1, 0, take16());
  }
  return { trees, sample };
}

/** FNV-1a, 32 bits. */
function checksum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
