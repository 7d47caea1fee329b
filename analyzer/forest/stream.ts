/** analyzer · pure. A forest that keeps growing: it remembers the latest rows and regrows its trees from them, one
 *  after the other, so that no tree is older than one turn and no moment costs a whole forest. Memory is fixed.
 *
 *  A row is scored as if it had been there when the trees were cut. The paper's cuts fall within what a tree has
 *  seen, so a value ten times the record scores like the record itself, and a column that never moved is never
 *  asked. Here every step of a walk first asks whether a cut in the range stretched to the row would have fallen
 *  between the row and everything known (the step of Guha et al., "Robust random cut forest", ICML 2016). */
import { BadInput } from "../../store/records.ts";
import { checkForest, type Explanation, type ForestOptions, fullDepth } from "../forest.ts";
import { type Edges, meanPath } from "./apart.ts";
import { below, chance } from "./chance.ts";
import { partsOf, tell } from "./explain.ts";
import { averagePathLength, scoreOfPath } from "./paths.ts";
import { copyRow } from "./rows.ts";
import { emptyTrees, growTree, type Trees } from "./tree.ts";

export type StreamOptions = ForestOptions & {
  columns: number;
  /** Rows remembered. */
  window?: number;
  /** Rows learned while every tree is regrown once; fewer while the window is filling. */
  turn?: number;
  /** Where in its turn it begins, 0 to 1, so that of many streams not all regrow a tree at the same moment. */
  phase?: number;
};

/** Labelled cloud metrics want far larger samples than the batch's 256: a rare but regular peak must be in it. */
const streamDefaults = { seed: 1, trees: 50, sample: 4096 };

/** What `save` gives: the rows remembered, and when each tree was grown. Enough to grow every tree again as it was. */
export type SavedStream = {
  version: number;
  columns: number;
  learned: number;
  first: number;
  grown: number;
  due: number;
  grownAt: number[];
  /** Oldest first; null is missing. */
  rows: (number | null)[][];
};

export interface Stream {
  /** Rows learned so far. */
  readonly learned: number;
  /** Trees grown so far; every `turn` rows it grows by the number of trees. */
  readonly grown: number;
  /** Mean path length of an ordinary row, by which scores are measured; 0 before anything was learned. */
  readonly expected: number;
  learn(row: ArrayLike<number>): void;
  /** Remembers a row without growing from it; `forget` must follow. */
  take(row: ArrayLike<number>): void;
  /** Forgets all but the latest `keep` rows, and regrows every tree from them. */
  forget(keep: number): void;
  /** Score of a row not yet learned; null before anything was learned. `grains` gives for each column the smallest
   *  difference that means anything: no range is taken as narrower. */
  score(row: ArrayLike<number>, grains?: ArrayLike<number>): number | null;
  /** The same score, and why. */
  explain(row: ArrayLike<number>, grains?: ArrayLike<number>): Explanation | null;
  /** The column's remembered values, oldest first. */
  remembered(column: number): number[];
  save(): SavedStream;
}

/** Plain fields, not accessors: of these there may be ten thousand. */
type Growing = { -readonly [K in keyof Stream]: Stream[K] };

/** Starts a stream, or goes on from a saved one with the same options. Throws `BadInput` for options that make no
 *  sense, or a saved state that is not of these options. */
export function createStream(options: StreamOptions, from?: SavedStream): Stream {
  const { seed, count, sample, deepest, columns, window, turn, phase } = checkStream(options);

  const room = window + turn + 1; // one turn more than the window: every tree alive can be grown again from it
  const ring = new Float64Array(room * columns);
  const grownAt = new Float64Array(count); // rows learned when each tree was grown
  const ranges = new Float64Array(count * columns * 2); // least and greatest value each tree has seen, by column
  const trees = emptyTrees(count, columns, deepest, false);
  let first = 0; // rows before this one are forgotten
  let due = phase;

  /** Grows the tree with this number from the window as it was after `until` rows. */
  const regrow = (number: number, until: number): void => {
    const tree = number % count;
    const start = Math.max(first, until - window);
    const known = until - start;
    const rows = Math.min(sample, known);
    const draw = chance(seed, number);
    const values = roomFor(rows * columns, known);
    let missing = false;
    for (let k = 0; k < rows; k++) {
      let row = start + k;
      if (rows < known) {
        const pick = k + below(draw, known - k);
        row = start + (picks[pick] ?? 0);
        picks[pick] = picks[k] ?? 0;
      }
      const base = (row % room) * columns;
      for (let q = 0; q < columns; q++) {
        const x = ring[base + q] ?? Number.NaN;
        values[q * rows + k] = x;
        missing ||= Number.isNaN(x);
      }
    }
    for (let q = 0; q < columns; q++) {
      let lo = Number.POSITIVE_INFINITY;
      let hi = Number.NEGATIVE_INFINITY;
      for (let k = q * rows; k < (q + 1) * rows; k++) {
        const x = values[k] ?? Number.NaN;
        if (x < lo) lo = x;
        if (x > hi) hi = x;
      }
      ranges[(tree * columns + q) * 2] = lo;
      ranges[(tree * columns + q) * 2 + 1] = hi;
    }
    growTree(trees, tree, { rows, values, missing }, draw, Math.min(deepest, fullDepth(known)));
    grownAt[tree] = until;
  };

  const weigh = (): void => {
    let sum = 0;
    for (let t = 0; t < count; t++) sum += averagePathLength(rootSize(trees, t));
    stream.expected = sum / count;
  };

  const regrowAll = (): void => {
    for (let k = 0; k < count; k++) regrow(stream.grown++, stream.learned);
    due = phase;
    weigh();
  };

  const checked = oneRow(columns);
  const keep = (row: ArrayLike<number>): void => {
    copyRow(row, columns, checked);
    ring.set(checked, (stream.learned % room) * columns);
    stream.learned++;
  };
  const edges = (grains: ArrayLike<number>) => {
    reach.grains = grains;
    return reach;
  };
  const reach: Edges = { ranges, grains: [] };

  const stream: Growing = {
    learned: 0,
    grown: 0,
    expected: 0,
    learn(row) {
      keep(row);
      const known = Math.min(stream.learned - first, window);
      if (known === 1) {
        regrowAll();
        return;
      }
      // While the window fills, trees are soon outgrown; so they are regrown the sooner.
      due += count / (known < window ? Math.min(turn, Math.max(4, known >> 3)) : turn);
      if (due < 1) return;
      for (; due >= 1; due--) regrow(stream.grown++, stream.learned);
      weigh();
    },
    take: keep,
    forget(latest) {
      first = Math.max(first, stream.learned - Math.max(0, Math.floor(latest)));
      if (stream.learned > first) regrowAll();
    },
    score(row, grains = []) {
      if (stream.learned === first) return null;
      const missing = copyRow(row, columns, checked);
      const path = missing
        ? tell(trees, checked, edges(grains)).meanPath
        : meanPath(trees, checked, edges(grains));
      return scoreOfPath(path, stream.expected);
    },
    explain(row, grains = []) {
      if (stream.learned === first) return null;
      copyRow(row, columns, checked);
      const told = tell(trees, checked, edges(grains));
      return {
        score: scoreOfPath(told.meanPath, stream.expected),
        deficit: stream.expected - told.meanPath,
        parts: partsOf(told),
      };
    },
    remembered(column) {
      const out: number[] = [];
      for (let r = Math.max(first, stream.learned - window); r < stream.learned; r++)
        out.push(ring[(r % room) * columns + column] ?? Number.NaN);
      return out;
    },
    save() {
      const rows: (number | null)[][] = [];
      for (let r = Math.max(0, first, stream.learned - room); r < stream.learned; r++)
        rows.push(Array.from(ring.subarray((r % room) * columns, (r % room) * columns + columns), orNull));
      return {
        version: 2,
        columns,
        learned: stream.learned,
        first,
        grown: stream.grown,
        due,
        grownAt: [...grownAt],
        rows,
      };
    },
  };
  if (from) {
    checkSaved(from, columns, count, room);
    ({ first, due } = from);
    stream.learned = from.learned;
    stream.grown = from.grown;
    from.rows.forEach((row, k) => {
      const at = stream.learned - from.rows.length + k;
      for (let q = 0; q < columns; q++) ring[(at % room) * columns + q] = row[q] ?? Number.NaN;
    });
    for (let number = Math.max(0, stream.grown - count); number < stream.grown; number++)
      regrow(number, from.grownAt[number % count] ?? stream.learned);
    weigh();
  }
  return stream;
}

const orNull = (x: number) => (Number.isNaN(x) ? null : x);
const rootSize = (trees: Trees, tree: number) => trees.size[tree * 2 ** (trees.depth + 1) + 1] ?? 0;

// Room to check a row in, shared by all streams of a width: each is done with it before the next is asked.
const checkedRows = new Map<number, Float64Array>();
function oneRow(columns: number): Float64Array {
  const row = checkedRows.get(columns) ?? new Float64Array(columns);
  checkedRows.set(columns, row);
  return row;
}

// Room to gather a sample in, shared by all streams: one is grown at a time.
let gathered = new Float64Array(0);
let picks = new Int32Array(0);
function roomFor(values: number, known: number): Float64Array {
  if (gathered.length < values) gathered = new Float64Array(values);
  if (picks.length < known) picks = new Int32Array(known);
  for (let i = 0; i < known; i++) picks[i] = i;
  return gathered;
}

function checkStream(options: StreamOptions) {
  const { seed, trees: count, sample, depth } = checkForest(options, streamDefaults);
  const { columns, window = sample, turn = 200, phase = 0 } = options;
  const whole = (name: string, value: number, min: number, max: number) => {
    if (!Number.isInteger(value) || value < min || value > max)
      throw new BadInput(
        `Cannot start a stream: expected ${name} to be a whole number from ${min} to ${max}; got ${value}`,
      );
  };
  whole("columns", columns, 1, 65_535);
  whole("window", window, sample, 1_000_000);
  whole("turn", turn, 1, 1_000_000);
  if (!(phase >= 0 && phase < 1))
    throw new BadInput(`Cannot start a stream: expected phase to be from 0 to below 1; got ${phase}`);
  return { seed, count, sample, columns, window, turn, phase, deepest: Math.min(depth, fullDepth(sample)) };
}

function checkSaved(from: SavedStream, columns: number, count: number, room: number): void {
  if (from.version !== 2)
    throw new BadInput(`Cannot restore a stream: expected version 2; got ${from.version}`);
  if (from.columns !== columns)
    throw new BadInput(`Cannot restore a stream: expected ${columns} columns; got ${from.columns}`);
  if (from.grownAt.length !== count)
    throw new BadInput(`Cannot restore a stream: expected ${count} trees; got ${from.grownAt.length}`);
  if (from.rows.length > room || from.rows.length > from.learned)
    throw new BadInput(`Cannot restore a stream: expected at most ${room} rows; got ${from.rows.length}`);
}
