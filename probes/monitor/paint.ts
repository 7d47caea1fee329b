/** probes · monitor · pure. The two ways a round is shown to a person: a line per target, or a table by region. */
import type { Observation, Round, Target } from "../../store/records.ts";
import type { Remark } from "../baseline.ts";
import { type Past, sparkline, stateOf } from "./past.ts";
import { answerOf, askedFor, ms, printable, remarkLine, summary } from "./words.ts";

/** Colours a text, or leaves it alone where there are no colours. */
export type Style = (format: "green" | "red" | "yellow" | "bold" | "dim", text: string) => string;

const colours = { up: "green", down: "red", unknown: "yellow" } as const;
const clock = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;

type Row = { target: Target; seen: Observation };

function rowsOf(targets: readonly Target[], round: Round): Row[] {
  return targets.flatMap((target, i) => {
    const seen = round.observations[i];
    return seen ? [{ target, seen }] : [];
  });
}

/** A line per target and the totals. */
export function simple(
  targets: readonly Target[],
  round: Round,
  remarks: readonly Remark[],
  past: Past,
): string[] {
  const lines = rowsOf(targets, round).map(({ target, seen }) => {
    const type = target.kind === "dns" ? ` ${target.type}` : "";
    const via = target.resolver === undefined ? "" : ` via ${target.resolver}`;
    const what = seen.verdict === "up" ? answerOf(seen) : [seen.reason, answerOf(seen)].join(" ").trimEnd();
    return `${seen.verdict.padEnd(7)} ${ms(seen.latencyMs).padStart(8)}  ${printable(askedFor(target))}${type}${via}: ${what}`;
  });
  return [
    ...lines,
    ...changes(round, past),
    ...remarks.map(remarkLine),
    `${clock(round.at)} ${summary(round.observations, round.vantage)}`,
  ];
}

/** What is not as it was in the round before. */
const changes = ({ observations }: Round, { was }: Past): string[] =>
  observations.flatMap((seen) => {
    const before = was.get(seen.target);
    return before === undefined
      ? []
      : [`changed: ${printable(seen.target)} was ${before}, is ${stateOf(seen)}`];
  });

/** Numbers come first, so that a narrow terminal cuts what matters least. */
const columns = ["verdict", "latency", "trend", "TTL", "service", "name", "resolver", "answer"] as const;
type Cells = Record<(typeof columns)[number], string>;
const titles = Object.fromEntries(columns.map((column) => [column, column])) as Cells;

/** What a table has room for: columns of text, and lines. */
export type Room = { width: number; rows: number };

/** An aligned table, a block for each region, and a closing sentence. Lines fit `width`; where there are more than
 *  `rows`, what is well is left out before what is not, and counted. */
export function table(
  targets: readonly Target[],
  round: Round,
  remarks: readonly Remark[],
  past: Past,
  style: Style,
  { width, rows: room }: Room,
): string[] {
  const rows = rowsOf(targets, round).map((row) => ({ ...row, cells: cellsOf(row, past) }));
  const widest = { ...titles };
  for (const { cells } of rows)
    for (const column of columns)
      if (cells[column].length > widest[column].length) widest[column] = cells[column];
  const widthOf = (column: keyof Cells) => widest[column].length;
  const several = new Set(rows.flatMap(({ target }) => target.resolver ?? [])).size > 1;
  const drawn = rows.some(({ cells }) => cells.trend !== "");
  const wanted = columns.filter(
    (column) => (column !== "resolver" || several) && (column !== "trend" || drawn),
  );
  const needed = wanted
    .filter((column) => column !== "answer")
    .reduce((sum, column) => sum + widthOf(column) + 2, 0);
  const shown = wanted.filter((column) => column !== "service" || needed <= width); // the name says it too
  const line = (cells: Cells) => {
    const padded = shown.map((column) =>
      column === "latency" || column === "TTL"
        ? cells[column].padStart(widthOf(column))
        : cells[column].padEnd(widthOf(column)),
    );
    return cut(`  ${padded.join("  ").trimEnd()}`, width);
  };
  const changed = changes(round, past).flatMap((text) =>
    wrap(text, width).map((part) => style("bold", part)),
  );
  const noticed = remarks.flatMap((remark) =>
    wrap(remarkLine(remark), width).map((text) => style("yellow", text)),
  );
  const closing = wrap(`${clock(round.at)} ${summary(round.observations, round.vantage)}`, width);
  const regions = Map.groupBy(rows, ({ seen }) => seen.region);
  const around = changed.length + noticed.length + closing.length + regions.size + 2; // the titles, and an empty line
  const shownRows = fitting(rows, room - around, regions.size);
  const blocks = [...regions].flatMap(([region, ones]) => {
    const hidden = ones.filter((one) => !shownRows.has(one)).map(({ seen }) => seen);
    return [
      style("bold", cut(printable(region), width)),
      ...ones
        .filter((one) => shownRows.has(one))
        .map(({ seen, cells }) => style(colours[seen.verdict], line(cells))),
      ...(hidden.length > 0 ? [style("dim", cut(`  … ${countOf(hidden)}`, width))] : []),
    ];
  });
  return [style("dim", line(titles)), ...blocks, "", ...changed, ...noticed, ...closing];
}

const urgency = { down: 0, unknown: 1, up: 2 };

/** The rows that a screen has room for, the most urgent first. `regions`: lines kept for what is left out. */
function fitting<R extends Row>(rows: readonly R[], room: number, regions: number): ReadonlySet<R> {
  if (rows.length <= room) return new Set(rows);
  const first = rows.toSorted((a, b) => urgency[a.seen.verdict] - urgency[b.seen.verdict]);
  return new Set(first.slice(0, Math.max(0, room - regions)));
}

const countOf = (hidden: readonly Observation[]) =>
  [...Map.groupBy(hidden, stateOf)].map(([state, ones]) => `${ones.length} more ${state}`).join(", ");

function cellsOf({ target, seen }: Row, { latencies }: Past): Cells {
  const ttl = seen.facts.ttlSeconds;
  const type = target.kind === "dns" ? ` ${target.type}` : "";
  return {
    verdict: stateOf(seen),
    latency: ms(seen.latencyMs),
    trend: sparkline(latencies.get(seen.target) ?? []),
    TTL: typeof ttl === "number" ? `${ttl} s` : "-",
    service: printable(seen.service),
    name: printable(askedFor(target)) + type,
    resolver: target.resolver ?? "",
    answer: answerOf(seen),
  };
}

const cut = (text: string, width: number) =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** Breaks a text between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
