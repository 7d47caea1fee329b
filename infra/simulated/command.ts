/** infra/simulated · command line. `holdfast simulate`: seeded days of trouble against the real rules. */
import { Command } from "commander";
import { BadInput } from "../../store/mod.ts";
import { type Report, type Spread, simulate } from "./simulate.ts";

type Flags = { days: number; seed: number; cadence: number; json?: boolean };

export function simulateCommand(): Command {
  return new Command("simulate")
    .description("seeded days of faults against the rules, on virtual time")
    .option("--days <n>", "days to live through", whole("--days", 1, 100_000), 30)
    .option(
      "--seed <s>",
      "what chance grows from; the same seed tells the same days",
      whole("--seed", 0, 2 ** 32 - 1),
      1,
    )
    .option("--cadence <seconds>", "pause between ticks", whole("--cadence", 10, 60), 60)
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nExit codes: 0 every promise held, 1 one was broken, a loss missed or a move wrong, 2 wrong use.",
    )
    .action(run);
}

async function run({ days, seed, cadence, json }: Flags): Promise<void> {
  const progress = process.stderr.isTTY;
  const report = await simulate({
    days,
    seed,
    cadenceMs: cadence * 1000,
    day: (day) => void (progress && process.stderr.write(`\rday ${day + 1} of ${days} `)),
  });
  if (progress) process.stderr.write("\r\x1b[K");
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
  process.exitCode = report.violations.length + report.missed + report.wrongMoves > 0 ? 1 : 0;
}

function inWords(r: Report): string {
  const ticks = ({ p50, p95 }: Spread) =>
    p50 === null ? "none" : `${p50} ticks at the median, ${p95} at the 95th percentile`;
  const lines = [
    `${r.days} days of trouble, seed ${r.seed}, ${r.ticks} ticks`,
    "",
    `promises broken   ${r.violations.length}`,
    `real losses       ${r.realLosses} of over ten minutes with a fit standby: ${r.moved} moved, ${r.heldBack} held back by a rule, ${r.missed} missed`,
    `wrong moves       ${r.wrongMoves}`,
    `to doubt          ${ticks(r.detectTicks)}`,
    `to the lever      ${ticks(r.moveTicks)}`,
  ];
  const first = r.violations[0];
  if (first) {
    lines.push(
      "",
      `first broken on day ${first.day}, tick ${first.tick}: ${first.promise}`,
      ...first.story.map((l) => `  ${l}`),
    );
    lines.push(`Tell it again with --seed ${r.seed} --days ${first.day + 1}`);
  }
  return `${lines.join("\n")}\n`;
}

const whole = (flag: string, min: number, max: number) => (text: string) => {
  const n = Number(text);
  if (/^\d+$/.test(text) && n >= min && n <= max) return n;
  throw new BadInput(`Cannot use ${flag}: expected a whole number from ${min} to ${max}; got ${text}`);
};
