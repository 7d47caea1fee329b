/** infra/replayed · command line. `holdfast record`: an incident of one's own into one file, from the store of a laptop or
 *  of an account. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { BadInput, parse, Region, type Store, sqlite } from "../../store/mod.ts";
import { tablesOf } from "../aws/names.ts";
import { recordFrom, write } from "./recording.ts";

const minuteMs = 60_000;
const patienceMs = 60_000; // nobody's users wait for it

type Flags = {
  data: string;
  workload?: string;
  regions?: string;
  last?: number;
  output: string;
  json?: boolean;
};

export function recordCommand(): Command {
  return new Command("record")
    .description("write what a store holds of the last minutes to one file, to be replayed")
    .option("--data <dir>", "where the running, or stopped, system keeps its store", ".holdfast")
    .option("--workload <name>", "of an account: the tables of this workload, by your AWS credentials")
    .option("--regions <primary,standby,witness>", "the regions that the workload's stacks stand in")
    .option("--last <minutes>", "no further back than this (all that is kept)", whole)
    .requiredOption("--output <file>", "the file to write; it must not be there yet")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      `
An account keeps two days of rounds, so name the minutes you want:
  holdfast record --workload shop --regions us-east-1,us-west-2,eu-west-1 --last 120 --output incident.jsonl

Exit codes: 0 written, 1 a vantage point's rounds could not be read, 2 wrong use (no store there, or nothing in it).`,
    )
    .action(record);
}

async function record(flags: Flags): Promise<void> {
  const silent: string[] = [];
  const store = await storeOf(flags, (vantage, why) => {
    silent.push(vantage);
    process.stderr.write(`The rounds of ${vantage} could not be read: ${why}\n`);
  });
  try {
    const since = flags.last === undefined ? 0 : Date.now() - flags.last * minuteMs;
    const recording = await recordFrom(store, since).catch((error: unknown) => {
      if (flags.workload === undefined || error instanceof BadInput) throw error;
      throw new BadInput(
        `Cannot read the account's store: ${error instanceof Error ? error.message : error}`,
      );
    });
    try {
      writeFileSync(flags.output, write(recording), { flag: "wx" });
    } catch (error) {
      throw new BadInput(`Cannot write ${flags.output}: ${(error as Error).message}`);
    }
    const { rounds, voices, from, until } = recording;
    const minutes = Math.round((until - from) / minuteMs);
    const told = { output: flags.output, minutes, rounds: rounds.length };
    process.stdout.write(
      flags.json
        ? `${JSON.stringify({ ...told, voices: voices.length, silent })}\n`
        : `${told.rounds} rounds of ${minutes} minutes in ${flags.output}. Replay them: npx holdfast replay ${flags.output}\n`,
    );
    process.exitCode = silent.length > 0 ? 1 : 0;
  } finally {
    await store.close();
  }
}

async function storeOf(flags: Flags, silent: (vantage: string, why: string) => void): Promise<Store> {
  const { data, workload, regions } = flags;
  if (workload !== undefined) return accountStore(workload, regionsOf(regions), silent);
  if (regions !== undefined)
    throw new BadInput("Cannot record: --regions goes with --workload NAME, which is missing");
  if (data.endsWith(".sqlite") || existsSync(join(data, "holdfast.sqlite"))) return sqlite(data);
  throw new BadInput(
    `Cannot record: expected a store in ${data}; there is none. Name it with --data DIR, or an account's with --workload NAME`,
  );
}

/** Opened only when asked for, so that whoever keeps a file does not load AWS's SDK. */
async function accountStore(
  workload: string,
  regions: readonly Region[],
  silent: (vantage: string, why: string) => void,
): Promise<Store> {
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { dynamodb } = await import("../../store/dynamodb.ts");
  const names = tablesOf(workload);
  const tableIn = (region: Region, name: string) => ({ client: new DynamoDBClient({ region }), name });
  return dynamodb({
    state: tableIn(regions[1] ?? "", names.state),
    rounds: new Map(regions.map((region) => [region, tableIn(region, names.rounds)])),
    now: Date.now,
    patienceMs,
    unheard: (vantage, error) => silent(vantage, error instanceof Error ? error.message : String(error)),
  });
}

function regionsOf(text: string | undefined): Region[] {
  const regions = (text ?? "").split(",").filter(Boolean);
  if (regions.length !== 3)
    throw new BadInput(
      `Cannot record: expected --regions PRIMARY,STANDBY,WITNESS with --workload; got ${text ?? "nothing"}`,
    );
  return regions.map((region) => parse("a region", Region, region));
}

function whole(text: string): number {
  const n = Number(text);
  if (/^\d+$/.test(text) && n > 0) return n;
  throw new BadInput(`Cannot use --last: expected a whole number of minutes above 0; got ${text}`);
}
