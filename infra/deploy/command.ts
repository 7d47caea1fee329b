/** infra · commands. `holdfast preview`, `deploy` and `destroy`: all region stacks in the right order, by Pulumi's own CLI. */
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { BadInput } from "../../store/records.ts";
import { automation } from "./automation.ts";
import { deploy, destroy, type Options, type Outcome, preview } from "./deploy.ts";
import { type Placed, readStacks } from "./stacks.ts";

type Given = {
  json?: true;
  verbose?: true;
  yes?: true;
  refresh?: true;
  policyPack: string;
  policyPackConfig?: string;
};

const command = (name: string, description: string) =>
  new Command(name)
    .description(description)
    .option("--policy-pack <folder>", "the sentences that every stack is held to", "policies")
    .option("--policy-pack-config <file>", "JSON: the level of each sentence that is to differ")
    .option("--verbose", "also what Pulumi says")
    .option("--json", "one JSON document, when all is done");

const needs = `
Works on the stack files Pulumi.STACK.yaml of this folder, one for each role. Needs the Pulumi CLI on the path, credentials
of the account, and Node 24 first on the path. docs/deploy.md is the way from nothing to a drill.
Exit codes: 0 done, 1 a stack failed, 2 wrong use.`;

const refresh = [
  "--refresh",
  "look first at what stands in the account: what was changed there by hand is then set right",
] as const;

export const previewCommand = () =>
  command("preview", "what would change in each region's stack")
    .option(...refresh)
    .addHelpText("after", needs)
    .action(async (given: Given) => tell(given, "", await work(given, preview)));

export const deployCommand = () =>
  command("deploy", "bring all regions up or up to date: standby, witness, primary")
    .option(...refresh)
    .addHelpText("after", `${needs}\nStops at the first failure; the same command again goes on from there.`)
    .action(async (given: Given) => {
      const next = "Mend that and run `holdfast deploy` again: what stands stays, and it goes on from there.";
      tell(given, next, await work(given, deploy));
    });

export const destroyCommand = () =>
  command("destroy", "take all regions down: primary, witness, standby; tables stay")
    .option("--yes", "do not ask")
    .addHelpText("after", `${needs}\nTables are protected and stay, with all that was seen and decided.`)
    .action(async (given: Given) => {
      const next = "Mend that and run `holdfast destroy` again: it goes on from there.";
      tell(given, next, await work(given, destroy, async (stacks) => given.yes === true || asked(stacks)));
    });

type Work = (stacks: readonly Placed[], options: Options) => Promise<Outcome[]>;

async function work(
  given: Given,
  what: Work,
  may: (stacks: readonly Placed[]) => Promise<boolean> = async () => true,
): Promise<Outcome[]> {
  const folder = process.cwd();
  const stacks = readStacks(folder);
  if (!(await may(stacks))) throw new BadInput("Nothing was taken down.");
  const { policyPack, policyPackConfig, refresh = false } = given;
  const hear = (text: string) => given.verbose && process.stderr.write(text);
  const hands = await automation({ folder, policyPack, policyPackConfig, refresh, hear });
  const say = (line: string) => (given.json ? process.stderr : process.stdout).write(`${line}\n`);
  return what(stacks, { hands, say, now: Date.now });
}

/** Taking down is confirmed by the workload's name, which nobody types by mistake. */
async function asked(stacks: readonly Placed[]): Promise<boolean> {
  const name = stacks[0]?.settings.workload ?? "";
  if (!process.stdin.isTTY)
    throw new BadInput(`Cannot ask whether ${name} is to be taken down: no terminal is there; say --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const regions = stacks.map(({ settings }) => settings.region).join(", ");
  const answer = await terminal.question(
    `This takes ${name} down in ${regions}: doors, tasks, lever, canaries. Tables stay.\nType ${name} to go on: `,
  );
  terminal.close();
  return answer.trim() === name;
}

function tell(given: Given, next: string, outcomes: Outcome[]): void {
  const failed = outcomes.find(({ error }) => error !== null);
  if (given.json) process.stdout.write(`${JSON.stringify({ stacks: outcomes }, null, 2)}\n`);
  if (!failed) return;
  if (next) process.stderr.write(`Stopped at ${failed.stack}. ${next}\n`);
  process.exitCode = 1;
}
