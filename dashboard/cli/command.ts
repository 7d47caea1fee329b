/** dashboard · command line. What every command here has in common: where Holdfast is, `--json`, colours only on a
 *  terminal, and exit codes: 0 well, 1 trouble found, 2 wrong use. */
import { styleText } from "node:util";
import { Command, Option } from "commander";
import { BadInput } from "../../store/records.ts";
import { NotRunning, SaysNo, type Where } from "./call.ts";

export type Options = { url: string; port?: string; json?: boolean };

export function clientCommand(name: string, says: string): Command {
  return new Command(name)
    .description(says)
    .addOption(
      new Option("--url <url>", "where Holdfast runs").env("HOLDFAST_URL").default("http://localhost:5000"),
    )
    .option("--port <port>", "short for --url http://localhost:PORT")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Where Holdfast asks who is there, HOLDFAST_TOKEN holds the token.
Exit codes: 0 well, or done; 1 trouble found, not done, or no answer; 2 wrong use.`,
    );
}

/** Runs a command's work and turns how it ends into an exit code. `work` gives false when it found trouble. */
export async function run(options: Options, work: (where: Where) => Promise<boolean>): Promise<void> {
  process.stdout.once("error", (error) => {
    if ("code" in error && error.code === "EPIPE") process.exit(); // whoever read us has seen enough
    throw error;
  });
  try {
    process.exitCode = (await work(whereOf(options))) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof BadInput || error instanceof NotRunning || error instanceof SaysNo)) throw error;
    if (options.json) print(JSON.stringify({ error: error.message }));
    else process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof BadInput ? 2 : 1;
  }
}

function whereOf(options: Options): Where {
  const token = process.env.HOLDFAST_TOKEN; // not a flag: those are seen by everybody on the machine
  return { url: urlOf(options), ...(token ? { token } : {}) };
}

function urlOf({ url, port }: Options): string {
  if (port !== undefined) {
    const number = Number(port);
    if (!/^\d+$/.test(port) || number < 1 || number > 65_535)
      throw new BadInput(`Cannot use --port: expected 1 to 65535; got ${JSON.stringify(port)}`);
    return `http://localhost:${number}`;
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new BadInput(
      `Cannot use --url: expected an http address such as http://localhost:5000; got ${JSON.stringify(url)}`,
    );
  return url.replace(/\/+$/, "");
}

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Colour where it is seen; the words never depend on it. */
export const paint = (tone: "red" | "yellow" | "blue" | "bold" | "dim", text: string): string =>
  styleText(tone, text, { stream: process.stdout });

/** Columns, as wide as their widest cell. Colours go on after, as they have no width. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((r) => r[i]?.length ?? 0)));
  return rows.map((r) =>
    r
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Text from a server as one line of a terminal: no control characters, so that nothing in it can act. */
export const plain = (text: string): string => text.replace(/\p{Cc}+/gu, " ");
