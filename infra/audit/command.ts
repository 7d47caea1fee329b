/** infra/audit · command line. `holdfast drift`: whether what stands in the account is what the program made. */
import { styleText } from "node:util";
import { Command } from "commander";
import type { RuleLine } from "../../store/records.ts";
import { readStacks } from "../deploy/stacks.ts";
import { auditLines } from "./lines.ts";
import { readAudit } from "./reads.ts";
import { wantedBy } from "./wanted.ts";

export const driftCommand = (): Command =>
  new Command("drift")
    .description("whether records, health checks and canaries are still what the program made")
    .option("--dir <dir>", "where the stacks' files are, Pulumi.*.yaml", ".")
    .option("--json", 'one JSON object: { "at", "asMade", "lines": [{ "id", "says", "met", "value" }] }')
    .addHelpText(
      "after",
      `
Reads Route 53, load balancers and Synthetics with the credentials of the usual chain, and changes nothing. Needs leave
for route53:ListResourceRecordSets, GetHealthCheck and GetHealthCheckStatus, elasticloadbalancing:DescribeLoadBalancers,
synthetics:DescribeCanaries and DescribeCanariesLastRun. What Pulumi
would set right of it: holdfast preview --refresh.

Exit codes: 0 all as made and well, 1 something is not, or could not be read, 2 wrong use.`,
    )
    .action(run);

async function run({ dir, json }: { dir: string; json?: true }): Promise<void> {
  const [first, ...others] = readStacks(dir).map(({ settings }) => settings);
  if (!first) return;
  const wanted = wantedBy(first, ...others);
  const now = Date.now();
  const lines = auditLines(wanted, await readAudit(wanted), now);
  const asMade = lines.every(({ met }) => met === true);
  process.exitCode = asMade ? 0 : 1;
  const out = (text: string) => process.stdout.write(`${text}\n`);
  if (json) return void out(JSON.stringify({ at: new Date(now).toISOString(), asMade, lines }, null, 2));
  for (const line of lines) out(row(line));
  if (!wanted.domain) out("no records: holdfast:domain is not set");
  out(`\n${summary(lines)}`);
}

function summary(lines: readonly RuleLine[]): string {
  if (lines.some(({ met }) => met === false))
    return "Not all is as made, or well: `holdfast preview --refresh` shows what `holdfast deploy --refresh` would set right.";
  if (lines.some(({ met }) => met === null))
    return "Not all could be read, so it is not known: see to credentials and the leave that --help names.";
  return "All as made, and well.";
}

const marks = {
  true: ["✓", "green"],
  false: ["✗", "red"],
  null: ["?", "yellow"],
} as const;

function row({ says, met, value }: RuleLine): string {
  const [mark, colour] = marks[`${met}`];
  const values = value.split("; ").map((each) => `    ${each}`);
  return [`${styleText(colour, mark, { stream: process.stdout })} ${says}`, ...values].join("\n");
}
