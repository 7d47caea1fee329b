/** analyzer · pure. The inner loop of walking rows down trees, as WebAssembly written out by hand: the same IEEE
 *  arithmetic as TypeScript's, so the same bits, in about half the time, because nothing is asked twice about a type or
 *  a bound. What it does is `walkOne` of walk.ts, eight rows at a time.
 *
 *  In memory a node is 16 bytes: its cut (f64), then where in a row the column lies that is cut (i32, bytes). The
 *  children of the node at n are at 2n and 2n + 16. */

/** Walks rows through trees and adds what each path is long to the row's sum. All are bytes into the memory but
 *  `trees` and `depth`: the nodes and the paths of the trees one after the other, `paths` less one tree's; rows of
 *  `rowBytes`, and their sums. `sumBytes` is 8 for each row; rows must come in eights. */
export type WalkCode = (
  nodes: number,
  paths: number,
  trees: number,
  depth: number,
  rows: number,
  rowBytes: number,
  sumBytes: number,
  sums: number,
) => void;

const atOnce = 8;

// The parameters above by number, then the locals.
const [nodes, paths, trees, depth, rows, rowBytes, sumBytes, sums] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const [done, row, tree, level, at] = [8, 9, 10, 11, 12] as const;
const node = (i: number) => 13 + i;
const start = (i: number) => 13 + atOnce + i; // of row i
const eight = Array.from({ length: atOnce }, (_, i) => i);

// Numbers as WebAssembly writes them (LEB128): seven bits a byte; a signed one keeps a bit for its sign.
const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)]);
const signed = (n: number): number[] => (n < 64 ? [n] : [(n & 127) | 128, ...signed(n >>> 7)]); // none is below 0

const get = (local: number) => [0x20, ...leb(local)];
const set = (local: number) => [0x21, ...leb(local)];
const tee = (local: number) => [0x22, ...leb(local)];
const number = (n: number) => [0x41, ...signed(n)];
const loadInt = (offset: number) => [0x28, 2, ...leb(offset)];
const load = (offset: number) => [0x2b, 3, ...leb(offset)];
const store = (offset: number) => [0x39, 3, ...leb(offset)];
const [less, add, multiply, shiftLeft, shiftRight] = [0x48, 0x6a, 0x6c, 0x74, 0x76] as const;
const [atLeast, addFloats] = [0x66, 0xa0] as const;

/** local += by, and goes round again while it is less than the limit. */
const loop = (body: number[], local: number, by: number[], limit: number[]) => [
  ...[0x03, 0x40, ...body],
  ...[...get(local), ...by, add, ...tee(local), ...limit, less, 0x0d, 0],
  0x0b,
];

/** n = 2n + (value >= cut ? 16 : 0): arithmetic, not a branch that would be guessed wrong half the time. */
const step = (i: number) => [
  ...[...get(node(i)), ...number(1), shiftLeft],
  ...[...get(start(i)), ...get(nodes), ...get(node(i)), add, ...tee(at), ...loadInt(8), add, ...load(0)],
  ...[...get(at), ...load(0), atLeast, ...number(4), shiftLeft],
  ...[add, ...set(node(i))],
];

/** Where the walk ended, its path's length is added. */
const finish = (i: number) => [
  ...[...get(sums), ...get(done), add],
  ...[...get(sums), ...get(done), add, ...load(8 * i)],
  ...[...get(paths), ...get(node(i)), ...number(1), shiftRight, add, ...load(0)],
  ...[addFloats, ...store(8 * i)],
];

const eightRows = [
  ...eight.flatMap((i) => [
    ...[...get(row), ...get(rowBytes), ...number(i), multiply, add, ...set(start(i))],
    ...[...number(16), ...set(node(i))], // the root
  ]),
  ...[...number(0), ...set(level)],
  // A walk is a chain of loads, each waiting for the last; eight chains side by side fill the wait.
  ...loop(eight.flatMap(step), level, number(1), get(depth)),
  ...eight.flatMap(finish),
  ...[...get(row), ...get(rowBytes), ...number(atOnce), multiply, add, ...set(row)],
];

const oneTree = [
  ...[...number(0), ...set(done), ...get(rows), ...set(row)],
  ...loop(eightRows, done, number(8 * atOnce), get(sumBytes)),
  ...[...get(nodes), ...number(16), ...get(depth), shiftLeft, add, ...set(nodes)],
  ...[...get(paths), ...number(8), ...get(depth), shiftLeft, add, ...set(paths)],
];

const vector = (items: number[][]) => [...leb(items.length), ...items.flat()];
const section = (id: number, body: number[]) => [id, ...leb(body.length), ...body];
const [int, func] = [0x7f, 0x60] as const;
const locals = vector([[...leb(5 + 2 * atOnce), int]]);
const body = [...locals, ...loop(oneTree, tree, number(1), get(trees)), 0x0b];

/** The module: one memory taken in as `a.m`, one function given as `w`. */
const bytes = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
  ...section(1, vector([[func, ...vector(Array.from({ length: 8 }, () => [int])), 0]])),
  ...section(2, vector([[1, 0x61, 1, 0x6d, 2, 0, 1]])),
  ...section(3, vector([[0]])),
  ...section(7, vector([[1, 0x77, 0, 0]])),
  ...section(10, vector([[...leb(body.length), ...body]])),
]);

export function walkCode(memory: WebAssembly.Memory): WalkCode {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { a: { m: memory } });
  return exports.w as WalkCode;
}
