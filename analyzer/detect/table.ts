/** analyzer · pure. A CSV series from its first line to its last: each row given back with its score, judged only by
 *  the rows before it. */

import { BadInput } from "../../store/records.ts";
import { leading } from "../anomaly/leading.ts";
import type { Strange } from "../anomaly/motion.ts";
import { createSeries, type Series, type SeriesOptions, type StartStream } from "../anomaly/series.ts";
import { say, sayStrange } from "../anomaly/words.ts";
import { fieldsOf, momentOf, numberOf, quote } from "./csv.ts";

/** For metrics of a reading every few minutes; docs/decisions says how each was chosen. */
export const detectDefaults: SeriesOptions = {
  seed: 1,
  warmUp: 150, // half a day of five-minute readings
  falseAlertDays: 7,
  surelyCuts: 1, // never: of a metric nobody knows, only its own past tells what is rare
  confirm: 1,
  holdReadings: 3,
  quietMs: 60 * 60_000,
  motion: true,
  relearnReadings: 72,
  trees: 30,
  sample: 2048,
  window: 4096,
  turn: 400,
};

export type TableOptions = {
  /** Columns that hold values; `value` when there is one and none is named, else all but the timestamp. */
  values?: readonly string[];
  rules?: Partial<SeriesOptions>;
  /** The detector; our own forest when left out. */
  start?: StartStream;
};

/** Something about one line that people should know. `broken` rows get no score; the others do. */
export type Note = { line: number; kind: "broken" | "unsorted" | "gap" | "missing"; says: string };

/** An alert, in words. */
export type Alert = {
  line: number;
  timestamp: string;
  score: number;
  features: { name: string; direction: "high" | "low" | Strange["kind"]; share: number; says: string }[];
};

export type Scored = { text: string; note: Note | null; alert: Alert | null; warming: boolean };

export interface Table {
  /** The first line of the output. */
  readonly header: string;
  /** A line of the input as a line of the output; null for an empty one. */
  row(line: string): Scored | null;
}

/** A gap is a step so many times longer than usual. */
const gapSteps = 5;
const added = ["anomaly_score", "alert", "top_feature"];

/** Starts on a header line. Throws `BadInput` when it has no `timestamp` or lacks a value column. */
export function createTable(
  headerLine: string,
  { values: wanted = [], rules = {}, start }: TableOptions = {},
): Table {
  const names = (fieldsOf(clean(headerLine)) ?? []).map((name) => name.trim());
  const timeColumn = names.findIndex((name) => name.toLowerCase() === "timestamp");
  if (timeColumn < 0)
    throw new BadInput(`Cannot read the header: expected a column named timestamp; got ${names.join(", ")}`);
  const clash = added.find((name) => names.includes(name));
  if (clash)
    throw new BadInput(`Cannot read the header: it has a column ${clash} already, which would be added`);
  const columns = valueColumns(names, timeColumn, wanted);
  const labels = columns.map((column) => names[column] ?? "");
  const series: Series = createSeries(
    columns.length,
    columns.map(() => 0),
    { ...detectDefaults, ...rules },
    start,
  );

  let line = 1;
  let last = Number.NEGATIVE_INFINITY;
  let usualStep = 0;

  const order = (clock: number): Note | null => {
    if (last === Number.NEGATIVE_INFINITY) return null;
    const step = clock - last;
    if (step < 0)
      return {
        line,
        kind: "unsorted",
        says: `expected a time not before the last one; got ${-step / 1000} s before it`,
      };
    const gap = usualStep > 0 && step > usualStep * gapSteps;
    if (step > 0)
      usualStep = usualStep === 0 ? step : usualStep + (Math.min(step, usualStep * 2) - usualStep) / 10;
    return gap
      ? {
          line,
          kind: "gap",
          says: `nothing for ${Math.round(step / 1000)} s, usually ${Math.round(usualStep / 1000)} s`,
        }
      : null;
  };

  const broken = (text: string, says: string): Scored => ({
    text: `${text},,0,`,
    note: { line, kind: "broken", says },
    alert: null,
    warming: series.warming,
  });

  return {
    header: `${clean(headerLine)},${added.join(",")}`,
    row(raw) {
      line++;
      const text = clean(raw);
      if (text.trim() === "") return null;
      const fields = fieldsOf(text);
      if (!fields) return broken(text, "a quote is never closed");
      if (fields.length !== names.length)
        return broken(text, `expected ${names.length} fields; got ${fields.length}`);
      const timestamp = fields[timeColumn] ?? "";
      const clock = momentOf(timestamp);
      if (clock === null)
        return broken(text, `expected a time such as 2014-02-14 14:30:00; got ${shown(timestamp)}`);
      const row: number[] = [];
      for (const column of columns) {
        const value = numberOf(fields[column] ?? "");
        if (value === null)
          return broken(text, `expected a number in ${names[column]}; got ${shown(fields[column])}`);
        row.push(value);
      }
      const note = order(clock);
      last = Math.max(last, clock);
      const told = series.judge(last, row, clock, true);
      const none = row.every(Number.isNaN);
      const lead = leading(told.why?.parts ?? [], columns.length).map((l) => ({
        ...l,
        name: labels[l.column] ?? "",
      }));
      const strange = told.warming ? null : told.strange;
      const words = told.warming
        ? "warming up"
        : strange
          ? `${labels[0]} ${strange.kind}`
          : lead.map((l) => `${l.name} ${l.direction}`).join(", ");
      const empty = none && !strange;
      return {
        text: `${text},${empty ? "" : told.rank.toFixed(6)},${Number(told.raised)},${empty ? "" : quote(words)}`,
        note: note ?? (none ? { line, kind: "missing", says: "no value" } : null),
        alert: told.raised
          ? {
              line,
              timestamp,
              score: told.rank,
              features: strange
                ? [
                    {
                      name: labels[0] ?? "",
                      direction: strange.kind,
                      share: 1,
                      says: sayStrange(strange, row[0] ?? Number.NaN),
                    },
                  ]
                : lead.map(({ name, column, direction, share }) => {
                    const says = say(name, row[column] ?? Number.NaN, series.remembered(column));
                    return { name, direction, share, says };
                  }),
            }
          : null,
        warming: told.warming,
      };
    },
  };
}

const clean = (line: string) => line.replace(/^\uFEFF/, "").replace(/\r$/, "");
const shown = (text: string | undefined) => JSON.stringify((text ?? "").slice(0, 60));

function valueColumns(names: readonly string[], timeColumn: number, wanted: readonly string[]): number[] {
  for (const name of wanted)
    if (!names.includes(name))
      throw new BadInput(`Cannot read the header: expected a column named ${name}; got ${names.join(", ")}`);
  const all = names.map((_, i) => i).filter((i) => i !== timeColumn);
  const named = wanted.length ? wanted : names.includes("value") ? ["value"] : null;
  const columns = named ? all.filter((i) => named.includes(names[i] ?? "")) : all;
  if (columns.length === 0)
    throw new BadInput("Cannot read the header: expected at least one value column beside timestamp");
  return columns;
}
