/** analyzer · pure. What a forest takes in: rows of numbers of equal width, NaN for a missing one. */
import { BadInput } from "../../store/records.ts";

/** Many rows as one array, row after row. The quickest way in. */
export type Table = { columns: number; values: Float64Array };

/** One row each, all equally wide; NaN is missing, infinities are refused. */
export type Rows = Table | readonly ArrayLike<number>[];

const isTable = (rows: Rows): rows is Table => "values" in rows && rows.values instanceof Float64Array;

/** How many rows and columns there are. Throws `BadInput` when they do not add up. */
export function shapeOf(rows: Rows, columnsWanted: number | null): { count: number; columns: number } {
  const columns = columnsWanted ?? (isTable(rows) ? rows.columns : (rows[0]?.length ?? 0));
  if (isTable(rows)) {
    if (rows.columns !== columns) throw wide(columns, rows.columns, "the table");
    if (!Number.isInteger(columns) || columns < 1 || rows.values.length % columns !== 0)
      throw new BadInput(
        `Cannot read the table: expected whole rows of ${columns} columns; got ${rows.values.length} values`,
      );
    return { count: rows.values.length / columns, columns };
  }
  return { count: rows.length, columns };
}

/** Copies `count` rows from `first` on into `into`, row after row; true when any value is missing. */
export function copyRows(
  rows: Rows,
  first: number,
  count: number,
  columns: number,
  into: Float64Array,
): boolean {
  if (isTable(rows)) {
    for (let k = 0; k < count * columns; k++) into[k] = rows.values[first * columns + k] ?? 0;
  } else {
    for (let r = 0; r < count; r++) {
      const row = rows[first + r];
      if (!row || row.length !== columns) throw wide(columns, row?.length ?? 0, `row ${first + r + 1}`);
      for (let q = 0; q < columns; q++) into[r * columns + q] = row[q] ?? Number.NaN;
    }
  }
  let missing = false;
  for (let k = 0; k < count * columns; k++) {
    const x = into[k] ?? 0;
    if (x - x === 0) continue; // finite
    if (Number.isNaN(x)) missing = true;
    else
      throw new BadInput(
        `Cannot read row ${first + Math.floor(k / columns) + 1}: expected finite numbers, NaN for missing; got ${x} in column ${(k % columns) + 1}`,
      );
  }
  return missing;
}

/** Copies one row into `into`; true when any value is missing. Throws as `copyRows` does. */
export function copyRow(row: ArrayLike<number>, columns: number, into: Float64Array): boolean {
  let sum = 0;
  for (let q = 0; q < columns; q++) {
    const x = row[q] ?? Number.NaN;
    into[q] = x;
    sum += x - x; // 0 while all are finite
  }
  return sum === 0 && row.length === columns ? false : copyRows([row], 0, 1, columns, into);
}

/** Copies the rows named by `which` into `into`, column after column; true when any value is missing. */
export function gatherRows(rows: Rows, which: Int32Array, columns: number, into: Float64Array): boolean {
  if (!isTable(rows)) {
    const row = new Float64Array(columns);
    let missing = false;
    for (let k = 0; k < which.length; k++) {
      if (copyRows(rows, which[k] ?? 0, 1, columns, row)) missing = true;
      for (let q = 0; q < columns; q++) into[q * which.length + k] = row[q] ?? Number.NaN;
    }
    return missing;
  }
  const { values } = rows;
  let odd = false;
  for (let q = 0; q < columns; q++) {
    for (let k = 0; k < which.length; k++) {
      const x = values[(which[k] ?? 0) * columns + q] ?? 0;
      into[q * which.length + k] = x;
      if (x - x !== 0) odd = true;
    }
  }
  if (!odd) return false;
  const row = new Float64Array(columns);
  for (const i of which) copyRows(rows, i, 1, columns, row); // throws where it is worse than missing
  return true;
}

const wide = (expected: number, came: number, where: string) =>
  new BadInput(`Cannot read ${where}: expected ${expected} columns; got ${came}`);
