/** infra/simulated · command line. `holdfast simulate`: seeded days of trouble against the real rules. */
import { Command } from "commander";
import { BadInput } from "../../store/mod.ts";
import type { Spread } from "./measure.ts";
import { type Report, type Result, simulate } from "./simulate.ts";

type Flags = {
  days: number;
  fromDay: number;
  seed: number;
  cadence: number;
  compare?: boolean;
  workers?: number;
  json?: boolean;
};

export function simulateCommand(): Command {
  return new Command("simulate")
    .description("seeded days of faults against the rules, on virtual time")
    .option("--days <n>", "days to live through", whole("--days", 1, 100_000), 30)
    .option(
      "--from-day <d>",
      "of those, only from this one on; they are lived in pairs",
      whole("--from-day", 0, 99_999),
      0,
    )
    .option(
      "--seed <s>",
      "what chance grows from; the same seed tells the same days",
      whole("--seed", 0, 2 ** 32 - 1),
      1,
    )
    .option("--cadence <seconds>", "pause between ticks", whole("--cadence", 10, 60), 60)
    .option("--compare", "live the same days by the naive rule, and by Route 53's health checks alone")
    .option(
      "--workers <n>",
      "threads to share the days out to (as many as there are processors)",
      whole("--workers", 1, 64),
    )
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nCtrl-C prints what was lived so far. docs/simulator.md says what happens on these days, and how it is judged." +
        "\n\nExit codes: 0 every promise held, 1 one was broken, a loss missed or a move wrong, 2 wrong use.",
    )
    .action(run);
}

async function run({ days, fromDay, seed, cadence, compare, workers, json }: Flags): Promise<void> {
  if (fromDay >= days)
    throw new BadInput(`Cannot use --from-day: expected a day before --days ${days}; got ${fromDay}`);
  const terminal = process.stderr.isTTY;
  const stop = new AbortController();
  const stopOnce = () => stop.abort();
  process.once("SIGINT", stopOnce); // a second Ctrl-C ends it at once
  const report = await simulate({
    days,
    fromDay,
    seed,
    cadenceMs: cadence * 1000,
    ...(compare ? { compare } : {}),
    ...(workers ? { workers } : {}),
    signal: stop.signal,
    progress: (lived) => void (terminal && process.stderr.write(`\r${lived} of ${days - fromDay} days `)),
  });
  process.removeListener("SIGINT", stopOnce);
  if (terminal) process.stderr.write("\r\x1b[K");
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
  process.exitCode = report.violations.length + report.missed + report.wrongMoves > 0 ? 1 : 0;
}

function inWords(r: Report): string {
  const lines = [
    `${r.days} days of trouble, seed ${r.seed}, a tick every ${r.cadenceSeconds} s, ${r.ticks} ticks`,
    "",
    `promises broken   ${r.violations.length}`,
    ...account(r, r.cadenceSeconds),
  ];
  const causes = Object.entries(r.causes);
  if (causes.length > 0) {
    const most = Math.max(...causes.map(([cause]) => cause.length));
    lines.push("", "by cause (ticks to the decision: median, 95th percentile)");
    for (const [cause, c] of causes)
      lines.push(
        `  ${cause.padEnd(most)}  ${c.moved} of ${c.realLosses} moved, ${c.missed} missed  ${c.moveTicks.p50 ?? "-"}, ${c.moveTicks.p95 ?? "-"}`,
      );
  }
  if (r.compare) {
    lines.push(
      "",
      "the same days by the naive rule: one bad round moves",
      ...account(r.compare.naive, r.cadenceSeconds),
    );
    lines.push(
      "",
      "the same days by Route 53 alone: 30 s, three in a row",
      ...account(r.compare.route53, r.cadenceSeconds),
    );
  }
  for (const v of r.violations.filter((v) => v.story.length > 0)) {
    lines.push("", `promise ${v.promise}, ${v.name}: broken on day ${v.day}`);
    lines.push(...v.story.map((l) => `  ${l}`), ...(v.again ? [`  it comes again with ${v.again}`] : []));
  }
  return `${lines.join("\n")}\n`;
}

function account(r: Result, cadenceSeconds: number): string[] {
  const share = ([from, to]: [number, number]) => `${percent(from)} to ${percent(to)}`;
  const late = r.movedLate ? ` (${r.movedLate} only after a cooldown or a budget had run out)` : "";
  return [
    `real losses       ${r.realLosses}: ${r.moved} moved${late}, ${r.heldBack} held back by a rule, ${r.missed} missed (${share(r.missedShareBetween)})`,
    `out of reach      ${r.outOfReach}: nobody could have moved users then`,
    `moves             ${r.moves}, of them wrong ${r.wrongMoves} (${share(r.wrongShareBetween)})`,
    `to doubt          ${ticks(r.detectTicks, cadenceSeconds)}`,
    `to the decision   ${ticks(r.moveTicks, cadenceSeconds)}`,
    `to users moved    ${ticks(r.arriveTicks, cadenceSeconds)}`,
    `users hurt        ${r.hurtMinutesPerDay.toFixed(1)} min a day`,
  ];
}

function ticks(s: Spread, cadenceSeconds: number): string {
  if (s.p50 === null) return "none";
  const of = (p: number | null, between: [number, number] | null) =>
    `${p}${between ? ` (${between.join(" to ")})` : ""}`;
  return `ticks of ${cadenceSeconds} s: ${of(s.p50, s.p50Between)} at the median, ${of(s.p95, s.p95Between)} at the 95th percentile`;
}

const percent = (share: number) => `${(share * 100).toFixed(share > 0 && share < 0.01 ? 2 : 1)} %`;

const whole = (flag: string, min: number, max: number) => (text: string) => {
  const n = Number(text);
  if (/^\d+$/.test(text) && n >= min && n <= max) return n;
  throw new BadInput(`Cannot use ${flag}: expected a whole number from ${min} to ${max}; got ${text}`);
};
