/** infra/local · command line. `holdfast local`: the whole system on this machine. */
import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { Command } from "commander";
import * as z from "zod";
import { localPace, parseRules, type Rules } from "../../analyzer/rules.ts";
import { BadInput, type Decision, parse } from "../../store/records.ts";
import type { Channel } from "../notify/channel.ts";
import type { Door, House } from "./house.ts";
import { shunned } from "./shunned.ts";

type Flags = {
  port: number;
  dnsPort: number;
  appPort: number;
  data: string;
  config?: string;
  dependencies?: string;
  json?: boolean;
};

export function localCommand(): Command {
  return new Command("local")
    .description("run the whole system on this machine, with no account and no network")
    .option("--port <n>", "port of the dashboard; 0 takes a free one", browsed, 5000)
    .option("--dns-port <n>", "port of the name server that plays Route 53", port, 5053)
    .option("--app-port <n>", "port of the regions that serve the workload", port, 5080)
    .option("--data <dir>", "where decisions, observations and the local world's state are kept", ".holdfast")
    .option(
      "--config <file>",
      'rules to change, who is told, who may enter, what anybody may see: { "rules": { "mode": "approve" }, "notify": [], "access": {} }',
    )
    .option("--dependencies <file>", "your workload's own parts and what they need, as YAML or JSON")
    .option("--json", "one JSON object a line: ready, then each decision")
    .addHelpText(
      "after",
      "\nExit codes: 0 stopped by Ctrl-C, 1 trouble, 2 wrong use (a bad flag, a taken port, a damaged file).",
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const { rules, channels, door } = await settingsFrom(flags.config);
  const own = flags.dependencies;
  const graph = own ? { edges: (await import("../../analyzer/own-parts.ts")).graphWith(own) } : {};
  const { openHouse } = await import("./house.ts"); // once all that was said is known to make sense
  const say = flags.json ? jsonLines() : plainLines();
  const house = await openHouse({
    dir: flags.data,
    port: flags.port,
    dnsPort: flags.dnsPort,
    appPort: flags.appPort,
    rules,
    ...graph,
    channels,
    door,
    decided: say.decided,
    trouble: say.trouble,
  });
  say.ready(house, flags);
  await interrupted();
  say.leaving();
  await house.stop();
}

const Config = z.strictObject({
  rules: z.record(z.string(), z.unknown()).default({}),
  notify: z.array(z.unknown()).default([]),
  access: z.unknown().optional(),
  status: z.strictObject({ title: z.string().min(1).max(80) }).optional(),
  hosts: z.array(z.string().regex(/^[a-z0-9.-]+$/, "expected a host name in small letters")).optional(),
});

/** The laptop's pace, changed by a file, who is told, and who may enter. Throws `BadInput` that names the file. */
async function settingsFrom(
  file: string | undefined,
): Promise<{ rules: Rules; channels: Channel[]; door: Door }> {
  if (file === undefined) return { rules: parseRules(localPace), channels: [], door: {} };
  let input: unknown;
  try {
    input = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new BadInput(`Cannot read ${file}: expected a JSON file; ${(error as Error).message}`);
  }
  const config = parse(file, Config, input);
  const { channelsFrom, parseNotify } = await import("../notify/mod.ts");
  try {
    const channels = channelsFrom(parseNotify("notify", config.notify), {
      environment: process.env,
      now: Date.now,
    });
    if (config.hosts && config.access === undefined)
      throw new BadInput("hosts: expected access beside it, which says who may look and who may act");
    const rules = parseRules({ ...localPace, ...config.rules });
    return { rules, channels, door: await doorFrom(config) };
  } catch (error) {
    throw new BadInput(`In ${file}: ${(error as Error).message}`);
  }
}

async function doorFrom({ access, hosts, status }: z.infer<typeof Config>): Promise<Door> {
  const open = status ? { status } : {};
  if (access === undefined) return open;
  const { localHosts, parseAccess } = await import("../../dashboard/mod.ts");
  return { ...open, access: parseAccess(access), ...(hosts ? { hosts: [...localHosts, ...hosts] } : {}) };
}

/** Until Ctrl-C or a polite end. A second one does not wait for anything. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
      resolve();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
}

function plainLines() {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { stream: process.stdout });
  const seen = new Set<string>();
  return {
    ready({ dashboard, nameServer, workload }: House, { data }: Flags) {
      const [host, at] = nameServer.split(":");
      out(`
${style("bold", "Holdfast")} is running on this machine: two regions that take users, one that watches.

  Look      ${style("cyan", dashboard)}
  Users     dig @${host} -p ${at} ${new URL(workload).hostname}
  Break     npx holdfast break region-down us-east-1${dashboard.endsWith(":5000") ? "" : ` --url ${dashboard}`}
  Mend      npx holdfast mend${dashboard.endsWith(":5000") ? "" : ` --url ${dashboard}`}
  Data      ${data}

Ctrl-C stops it. Decisions appear below as they are made.
`);
    },
    decided(d: Decision) {
      const move = d.from === d.to ? d.to : `${d.from} → ${d.to}`;
      out(
        `${style("dim", new Date(d.at).toISOString().slice(11, 19))}  ${style("bold", move.padEnd(23))} ${d.why}`,
      );
    },
    trouble(what: string, error: unknown) {
      const line = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      if (!seen.has(line)) process.stderr.write(`${line}\n`); // the same trouble every second is said once
      seen.add(line);
    },
    leaving: () => out("Stopping."),
  };
}

function jsonLines() {
  const out = (record: object) => process.stdout.write(`${JSON.stringify(record)}\n`);
  return {
    ready: ({ dashboard, nameServer, workload }: House) =>
      out({ event: "ready", dashboard, nameServer, workload }),
    decided: ({ at, ...rest }: Decision) =>
      out({ event: "decision", at: new Date(at).toISOString(), ...rest }),
    trouble: (what: string, error: unknown) =>
      out({ event: "trouble", what, error: error instanceof Error ? error.message : String(error) }),
    leaving: () => out({ event: "stopping" }),
  };
}

function port(text: string): number {
  const n = Number(text);
  if (!/^\d+$/.test(text) || n > 65_535)
    throw new BadInput(`Cannot use a port: expected 0 to 65535; got ${text}`);
  return n;
}

function browsed(text: string): number {
  const n = port(text);
  if (shunned.includes(n))
    throw new BadInput(
      `Cannot show the dashboard at port ${n}: browsers refuse to go there, as it is another protocol's. Choose another with --port N`,
    );
  return n;
}
