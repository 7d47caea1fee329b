/** analyzer · the rim. `holdfast detect`: a filter that gives each row of a CSV series its anomaly score. It reads and
 *  writes as a stream, so a million rows take no more memory than a thousand. */
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { Command } from "commander";
import { BadInput } from "../store/records.ts";
import { npmStream } from "./detect/npm.ts";
import { type Progress, progress, type Terminal } from "./detect/progress.ts";
import { createTable, type Note, type TableOptions } from "./detect/table.ts";

/** The world around the command. */
export type Io = { stdin: Readable; stdout: Terminal; stderr: Terminal; exit(code: number): void };

const processIo: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  exit: (code) => {
    process.exitCode = code;
  },
};

type Flags = {
  input?: string[];
  output?: string;
  value?: string[];
  json?: boolean;
  detector: string;
  falseAlertDays?: string;
  warmUp?: string;
  seed?: string;
};

const each = (value: string, before: string[] | undefined) => [...(before ?? []), value];

/** `holdfast detect`. Exit code 0: all read, whether or not there were alerts, as a filter in a pipe should; 1: some
 *  file could not be read, and the others were; 2: wrong use, or nothing could be read. */
export function detectCommand(io: Io = processIo): Command {
  return new Command("detect")
    .description("score a CSV series row by row: how odd is it, given only what came before?")
    .option("--input <path>", "a file or a folder, repeatable; - or none for standard input", each)
    .option("--output <path>", "a file, or a folder for several; - or none for standard output")
    .option("--value <column>", "a column to judge, repeatable (value if there is one, else all)", each)
    .option(
      "--json",
      "one JSON object per alert on standard output in place of rows; those go to --output, if given",
    )
    .option("--detector <name>", "forest or isolation-forest", "forest")
    .option("--false-alert-days <days>", "at most about one false alert in so many days (7)")
    .option("--warm-up <rows>", "rows before the first score (150)")
    .option("--seed <number>", "the forest's seed (1)")
    .addHelpText(
      "after",
      `
The input has a header with timestamp and at least one value column. Each row is repeated with anomaly_score (0..1;
0 while warming up; empty where there was no value), alert (1 where somebody should be woken) and top_feature.
Exit codes: 0 read, alerts or not; 1 some files could not be read; 2 wrong use, or nothing could be read.`,
    )
    .action((flags: Flags) => run(flags, io));
}

async function run(flags: Flags, io: Io): Promise<void> {
  const options = optionsOf(flags);
  if (flags.json && flags.output === "-")
    throw new BadInput(
      "Cannot write rows and alerts to standard output: expected one of --json and --output -",
    );
  const jobs = await jobsOf(flags.input ?? ["-"], flags.output ?? (flags.json ? null : "-"));
  let failed = 0;
  for (const job of jobs) {
    try {
      await detectOne(job, options, flags.json ?? false, io);
    } catch (error) {
      if (jobs.length === 1) throw unreadable(error, job.from);
      failed++;
      io.stderr.write(`${job.from}: ${unreadable(error, job.from).message}\n`);
    }
  }
  if (failed === jobs.length) throw new BadInput(`Cannot read any of ${jobs.length} files`);
  if (failed > 0) io.exit(1);
}

/** What the file system says of a path that a person gave is about their input, not about the program. */
function unreadable(error: unknown, path: string): Error {
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return new BadInput(`Cannot read ${path}: ${error.message}`);
  return error instanceof Error ? error : new Error(String(error));
}

function optionsOf(flags: Flags): TableOptions {
  const number = (name: string, text: string | undefined, min: number) => {
    if (text === undefined) return null;
    const value = Number(text);
    if (text.trim() === "" || !(value >= min) || value > Number.MAX_SAFE_INTEGER)
      throw new BadInput(`Cannot read ${name}: expected a number of at least ${min}; got ${text}`);
    return value;
  };
  if (flags.detector !== "forest" && flags.detector !== "isolation-forest")
    throw new BadInput(`Cannot read --detector: expected forest or isolation-forest; got ${flags.detector}`);
  const falseAlertDays = number("--false-alert-days", flags.falseAlertDays, 0.01);
  const warmUp = number("--warm-up", flags.warmUp, 8);
  const seed = number("--seed", flags.seed, 0);
  return {
    values: flags.value ?? [],
    rules: {
      ...(falseAlertDays === null ? {} : { falseAlertDays }),
      ...(warmUp === null ? {} : { warmUp }),
      ...(seed === null ? {} : { seed }),
    },
    ...(flags.detector === "isolation-forest" ? { start: npmStream } : {}),
  };
}

/** From a file, or - for standard input, to a file, - for standard output, or null for nowhere. */
type Job = { from: string; to: string | null };

/** Which file goes where. A folder keeps its layout; several files go into a folder under their own names. */
async function jobsOf(inputs: readonly string[], output: string | null): Promise<Job[]> {
  const jobs: Job[] = [];
  let intoFolder = inputs.length > 1;
  const into = (name: string) => (output === null || output === "-" ? output : join(output, name));
  for (const input of inputs) {
    if (input === "-") jobs.push({ from: "-", to: output });
    else if ((await kindOf(input)) === "folder") {
      intoFolder = true;
      const names = await readdir(input, { recursive: true });
      const csvs = names.filter((name) => extname(name).toLowerCase() === ".csv").sort();
      if (csvs.length === 0) throw new BadInput(`Cannot read ${input}: expected .csv files in it; got none`);
      for (const name of csvs) jobs.push({ from: join(input, name), to: into(name) });
    } else jobs.push({ from: input, to: into(basename(input)) });
  }
  if (intoFolder && output === "-")
    throw new BadInput("Cannot write several files to standard output: expected --output with a folder");
  if (output === null) return jobs;
  const single =
    intoFolder || (await kindOf(output)) === "folder" ? jobs : jobs.map((job) => ({ ...job, to: output }));
  const twice = single.find((job, i) => single.findIndex((other) => other.to === job.to) !== i);
  if (twice) throw new BadInput(`Cannot write ${twice.to} twice: expected inputs with names of their own`);
  const onto = single.find(
    (job) => job.to !== null && job.to !== "-" && resolve(job.from) === resolve(job.to),
  );
  if (onto) throw new BadInput(`Cannot write ${onto.to}: expected an output that is not an input`);
  return single;
}

async function kindOf(path: string): Promise<"folder" | "file" | "none"> {
  const found = path === "-" ? null : await stat(path).catch(() => null); // not there: the opening will say so
  return found ? (found.isDirectory() ? "folder" : "file") : "none";
}

async function detectOne(job: Job, options: TableOptions, json: boolean, io: Io): Promise<void> {
  const found = job.from === "-" ? null : await stat(job.from).catch(() => null); // not there: the reading says so
  const file = job.from === "-" ? null : createReadStream(job.from);
  const input = file ?? io.stdin;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw new BadInput(`Cannot read ${job.from}: expected a header line; got an empty file`);
  const table = createTable(first.value, options);
  const out = await openOutput(job.to, io);
  const name = job.from === "-" ? "standard input" : job.from;
  // Where rows or alerts pass on the same screen, they show how far it is.
  const quiet = json || (out === io.stdout && io.stdout.isTTY);
  const share = () => (file && found?.isFile() ? file.bytesRead / found.size : null);
  const shown = quiet ? null : progress(name, share, io.stderr);
  const notes = noteKeeper(name, io.stderr, shown);

  if (out) await write(out, `${table.header}\n`);
  for await (const line of { [Symbol.asyncIterator]: () => lines }) {
    const scored = table.row(line);
    if (!scored) continue;
    if (scored.note) notes.take(scored.note);
    if (out) await write(out, `${scored.text}\n`);
    if (scored.alert && json) {
      const { score, ...alert } = scored.alert;
      await write(io.stdout, `${JSON.stringify({ file: job.from, ...alert, score })}\n`);
    }
    notes.count(scored.alert !== null, scored.warming);
  }
  notes.end();
  if (out && out !== io.stdout) {
    out.end();
    await once(out, "finish");
  }
}

async function openOutput(to: string | null, io: Io): Promise<Writable | null> {
  if (to === null) return null;
  if (to === "-") return io.stdout;
  await mkdir(dirname(to), { recursive: true });
  const out = createWriteStream(to);
  await once(out, "open"); // a path that cannot be written is said before anything is read
  return out;
}

async function write(out: Writable, text: string): Promise<void> {
  if (!out.write(text)) await once(out, "drain");
}

/** Lines told in full; the rest are counted, or a broken file of a million rows would write a million complaints. */
const toldMax = 20;

function noteKeeper(name: string, err: Writable, progress: Progress | null) {
  const seen: Record<Note["kind"], number> = { broken: 0, unsorted: 0, gap: 0, missing: 0 };
  let rows = 0;
  let alerts = 0;
  let warming = false;
  return {
    take({ line, kind, says }: Note) {
      if (++seen[kind] > toldMax) return;
      progress?.clear();
      err.write(`${name}: line ${line}: ${kind}: ${says}\n`);
    },
    count(alert: boolean, warm: boolean) {
      rows++;
      alerts += Number(alert);
      warming = warm;
      progress?.at(rows, alerts);
    },
    end() {
      progress?.clear();
      const kinds = Object.entries(seen).filter(([, count]) => count > 0);
      const also = kinds.map(([kind, count]) => `, ${count} ${kind}`).join("");
      err.write(
        `${name}: ${rows} rows, ${alerts} alerts${also}${warming ? "; still warming up at the end" : ""}\n`,
      );
    },
  };
}
