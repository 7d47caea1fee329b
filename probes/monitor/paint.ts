/** probes · monitor · pure. The two ways a round is shown to a person: a line per target, or a table by region. */
import type { Observation, Round, Target } from "../../store/records.ts";
import { answerOf, askedFor, ms, printable, summary } from "./words.ts";

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
export function simple(targets: readonly Target[], round: Round): string[] {
  const lines = rowsOf(targets, round).map(({ target, seen }) => {
    const type = target.kind === "dns" ? ` ${target.type}` : "";
    const via = target.resolver === undefined ? "" : ` via ${target.resolver}`;
    const what = seen.verdict === "up" ? answerOf(seen) : [seen.reason, answerOf(seen)].join(" ").trimEnd();
    return `${seen.verdict.padEnd(7)} ${ms(seen.latencyMs).padStart(8)}  ${printable(askedFor(target))}${type}${via}: ${what}`;
  });
  return [...lines, `${clock(round.at)} ${summary(round.observations, round.vantage)}`];
}

const columns = ["verdict", "service", "name", "resolver", "latency", "TTL", "answer"] as const;

/** An aligned table, a block for each region, and a closing sentence. Lines fit `width`. */
export function table(targets: readonly Target[], round: Round, style: Style, width: number): string[] {
  const rows = rowsOf(targets, round);
  const several = new Set(rows.map(({ target }) => target.resolver)).size > 1;
  const shown = columns.filter((column) => column !== "resolver" || several);
  const cells = rows.map((row) => ({ row, cell: cellsOf(row) }));
  const widths = new Map(
    shown.map((column) => [column, Math.max(column.length, ...cells.map(({ cell }) => cell[column].length))]),
  );
  const line = (cell: Record<(typeof columns)[number], string>) =>
    shown
      .map((column) => {
        const room = widths.get(column) ?? 0;
        return column === "latency" || column === "TTL"
          ? cell[column].padStart(room)
          : cell[column].padEnd(room);
      })
      .join("  ")
      .trimEnd();
  const titles = Object.fromEntries(columns.map((column) => [column, column])) as Record<
    (typeof columns)[number],
    string
  >;
  const blocks = [...Map.groupBy(cells, ({ row }) => row.seen.region)].flatMap(([region, ones]) => [
    style("bold", cut(printable(region), width)),
    ...ones.map(({ row, cell }) => style(colours[row.seen.verdict], cut(`  ${line(cell)}`, width))),
  ]);
  return [
    style("dim", cut(`  ${line(titles)}`, width)),
    ...blocks,
    "",
    ...wrap(`${clock(round.at)} ${summary(round.observations, round.vantage)}`, width),
  ];
}

function cellsOf({ target, seen }: Row): Record<(typeof columns)[number], string> {
  const ttl = seen.facts.ttlSeconds;
  const type = target.kind === "dns" ? ` ${target.type}` : "";
  return {
    verdict: seen.verdict === "up" ? "up" : `${seen.verdict} ${seen.reason}`,
    service: printable(seen.service),
    name: printable(askedFor(target)) + type,
    resolver: target.resolver ?? "",
    latency: ms(seen.latencyMs),
    TTL: typeof ttl === "number" ? `${ttl} s` : "-",
    answer: answerOf(seen),
  };
}

const cut = (text: string, width: number) =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

function wrap(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
