/** analyzer · the rim. The npm package `isolation-forest` as a detector that can be chosen. Version 0.0.9 hands all
 *  rows to every tree though it draws a sample, keeps its old trees on a second fit, sends what is not a number to the
 *  right, and accepts no rows at all; here each tree is a forest of one, fitted once on its own sample, and what the
 *  package would mishandle is refused. It cannot be seeded, nor explain itself. */
import { IsolationForest } from "isolation-forest";
import { BadInput } from "../../store/records.ts";
import { averagePathLength, scoreOfPath } from "../forest/paths.ts";
import type { Rows } from "../forest/rows.ts";
import { copyRows, shapeOf } from "../forest/rows.ts";
import type { SavedStream, Stream, StreamOptions } from "../forest/stream.ts";

type Row = Record<string, number>;

export type NpmForest = { score(rows: Rows): Float64Array };

/** Fits the package's trees, each on a sample of its own. Throws `BadInput` for no rows and for missing values. */
export function npmForest(rows: Rows, trees = 100, sample = 256): NpmForest {
  const { count, columns } = shapeOf(rows, null);
  if (count === 0) throw new BadInput("Cannot fit: expected at least one row; got none");
  const all = plain(rows, count, columns);
  const size = Math.min(sample, count);
  const single = Array.from({ length: trees }, () => {
    for (let k = 0; k < size; k++) {
      const pick = k + Math.floor(Math.random() * (count - k));
      const row = all[pick] ?? {};
      all[pick] = all[k] ?? {};
      all[k] = row;
    }
    const forest = new IsolationForest(1, size);
    forest.fit(all.slice(0, size));
    return forest;
  });
  const expected = packagePath(size);
  return {
    score(asked) {
      const shape = shapeOf(asked, columns);
      const asRows = plain(asked, shape.count, columns);
      const paths = new Float64Array(shape.count);
      for (const forest of single) {
        forest.predict(asRows).forEach((score, i) => {
          // The package gives 2^(-path / its own c); the path is what the trees must be averaged by.
          paths[i] = (paths[i] ?? 0) - Math.log2(score) * expected;
        });
      }
      return paths.map((sum) => scoreOfPath(sum / trees, averagePathLength(size)));
    },
  };
}

/** c(n) as the package reckons it. */
const packagePath = (n: number) =>
  n < 2 ? 0 : n === 2 ? 1 : 2 * (Math.log(n - 1) + 0.57721) - (2 * (n - 1)) / n;

function plain(rows: Rows, count: number, columns: number): Row[] {
  const flat = new Float64Array(count * columns);
  if (copyRows(rows, 0, count, columns, flat))
    throw new BadInput("Cannot use isolation-forest: expected a number in every column; got a missing value");
  return Array.from({ length: count }, (_, r) =>
    Object.fromEntries(Array.from({ length: columns }, (_, q) => [`c${q}`, flat[r * columns + q] ?? 0])),
  );
}

const silent = { amount: 0, high: 0, low: 0, missing: 0 };

/** The same behind a stream: a fresh forest of the window every `turn` rows. Rows with a missing value are neither
 *  scored nor learned. It keeps nothing over a restart. */
export function npmStream(options: StreamOptions, from?: SavedStream): Stream {
  if (from) throw new BadInput("Cannot restore isolation-forest: it keeps nothing");
  const { columns, trees = 50, sample = 256, window = sample, turn = 200 } = options;
  let rows: number[][] = [];
  let forest: NpmForest | null = null;
  let learned = 0;
  let grown = 0;
  let since = 0;
  const refit = () => {
    forest = npmForest(rows, trees, sample);
    grown += trees;
    since = 0;
  };
  const keep = (row: ArrayLike<number>): boolean => {
    const values = Array.from(row);
    if (values.some(Number.isNaN)) return false;
    rows.push(values);
    if (rows.length > window) rows.shift();
    learned++;
    return true;
  };
  const score = (row: ArrayLike<number>): number | null => {
    const values = Array.from(row);
    return !forest || values.some(Number.isNaN) ? null : (forest.score([values])[0] ?? null);
  };
  return {
    get learned() {
      return learned;
    },
    get grown() {
      return grown;
    },
    get expected() {
      return averagePathLength(Math.min(sample, rows.length));
    },
    learn(row) {
      if (keep(row) && ++since >= Math.min(turn, Math.max(4, rows.length >> 3))) refit();
    },
    take: keep,
    forget(latest) {
      rows = latest < 1 ? [] : rows.slice(-Math.floor(latest));
      forest = null;
      if (rows.length > 0) refit();
    },
    score,
    explain(row) {
      const found = score(row);
      const parts = Array.from({ length: columns }, (_, column) => ({ column, ...silent }));
      return found === null ? null : { score: found, deficit: 0, parts };
    },
    remembered: (column) => rows.map((row) => row[column] ?? Number.NaN),
    save() {
      throw new BadInput("Cannot save isolation-forest: it keeps nothing");
    },
  };
}
