/** probes · monitor. The terminal's view: what the names and front doors look like from here, now. */
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { styleText } from "node:util";
import { Command } from "commander";
import { BadInput, type Round } from "../store/records.ts";
import type { Remark } from "./baseline.ts";
import { services, usualServices, variants } from "./catalogue.ts";
import { nodeEdge } from "./edge/node.ts";
import type { Edge } from "./edge.ts";
import { noticer } from "./monitor/notice.ts";
import { type Style, simple, table } from "./monitor/paint.ts";
import { asksAws, type Flags, type Plan, planOf, withAuthorities } from "./monitor/plan.ts";
import { jsonLine, summary } from "./monitor/words.ts";
import { round } from "./round.ts";

/** The world around the command. */
export type Io = {
  out: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
  err: NodeJS.WritableStream;
  /** Calls back when the user wants the end; the returned function forgets it. */
  onInterrupt(stop: () => void): () => void;
  exit(code: number): void;
  edge(): Edge;
};

const processIo: Io = {
  out: process.stdout,
  err: process.stderr,
  onInterrupt(stop) {
    process.once("SIGINT", stop); // once: a second Ctrl-C ends us the hard way
    process.once("SIGTERM", stop);
    return () => void process.off("SIGINT", stop).off("SIGTERM", stop);
  },
  exit: (code) => {
    process.exitCode = code;
  },
  edge: () => nodeEdge(),
};

const rest = services.filter((service) => !usualServices.includes(service));
const each = (value: string, before: string[] | undefined) => [...(before ?? []), value];

/** `holdfast monitor`. Exit code 0: all up; 1: something down or unknown; 2: wrong use. */
export function monitorCommand(io: Io = processIo): Command {
  return new Command("monitor")
    .description("ask AWS's names and endpoints, and say which answer, how fast, and why not")
    .option("--watch", "go on asking until Ctrl-C (the default)")
    .option("--once", "ask once and exit")
    .option("--simple", "one plain line per target")
    .option("--json", "one JSON object per observation, and nothing else")
    .option(
      "--resolver <server>",
      "name server, repeatable: IP, IP:PORT or https://…; asked side by side",
      each,
    )
    .option("--tcp", "ask the name servers over TCP from the start")
    .option("--authorities", "ask each of the names' own authoritative servers too")
    .option("--connect", "open a connection to port 443 of each endpoint too")
    .option("--health", "count the account's own instances, databases, target groups and services there too")
    .option("--region <region>", "region to watch, repeatable (us-east-1, us-west-2, eu-west-1)", each)
    .option(
      "--service <service>",
      `service to watch, repeatable (${usualServices.join(", ")}); also ${rest.join(", ")}`,
      each,
    )
    .option("--variant <form>", `form of the names, repeatable: ${variants.join(", ")} (regional)`, each)
    .option("--account <digits>", "the account whose own names --variant account means")
    .option("--ipv6", "ask for AAAA beside A")
    .option(
      "--targets <file>",
      "ask what this file lists instead: names and URLs, one a line, or a list in YAML or JSON",
    )
    .option(
      "--prefixes <file>",
      "remark on addresses outside these: a file in the format of AWS's ip-ranges.json",
    )
    .option("--every <seconds>", "pause from the start of one round to the next", "30")
    .option("--timeout <ms>", "time each question may take", "5000")
    .addHelpText("after", "\nExit code: 0 all up, 1 something down or unknown, 2 wrong use.")
    .exitOverride()
    .action(async (flags: Flags) => {
      try {
        const wire = io.edge();
        const plan = planOf(flags, wire.resolver);
        const edge = plan.targets.some(asksAws) && !wire.aws ? await equipped(wire) : wire;
        io.exit(await watch(flags.authorities ? await withAuthorities(plan, edge) : plan, flags, edge, io));
      } catch (error) {
        if (!(error instanceof BadInput)) throw error;
        io.err.write(`holdfast monitor: ${error.message}\n`);
        io.exit(2);
      }
    });
}

/** AWS's SDK takes a while to load, so only those who ask AWS load it. */
const equipped = async (edge: Edge) => (await import("./aws/mod.ts")).withAws(edge);

async function watch(plan: Plan, flags: Flags, edge: Edge, io: Io): Promise<number> {
  const stop = new AbortController();
  const { signal } = stop;
  const forget = io.onInterrupt(() => stop.abort());
  let piped = true;
  const broken = () => {
    piped = false; // whoever read us has gone, as `head` does: that ends the watch, quietly
    stop.abort();
  };
  io.out.on("error", broken);
  const repaint = io.out.isTTY === true && !flags.once && !flags.json && !flags.simple;
  const vantage = { id: hostname(), region: "here" };
  const notice = noticer(plan.targets, plan.expected);
  let last: Round | null = null;
  try {
    do {
      const began = edge.clock();
      const heard = await round({ ...plan, vantage, edge, signal });
      if (signal.aborted) break;
      last = heard;
      show(lines(plan, flags, last, [...plan.noticed, ...notice(last)], io), repaint, io);
      if (flags.once) return codeOf(last);
      await pause(Math.max(0, plan.everyMs - (edge.clock() - began)), undefined, { signal }).catch(
        () => undefined,
      );
    } while (!signal.aborted);
    if (!piped) return last ? codeOf(last) : 0;
    if (!last) return 130; // as shells count an interrupt before any result
    if (!flags.json) io.out.write(`\nStopped. ${summary(last.observations, last.vantage)}\n`);
    return 0;
  } finally {
    forget();
    io.out.off("error", broken);
  }
}

const codeOf = ({ observations }: Round) => (observations.every((o) => o.verdict === "up") ? 0 : 1);

function lines({ targets }: Plan, flags: Flags, seen: Round, remarks: Remark[], io: Io): string[] {
  if (flags.json) {
    return targets.flatMap((target, i) => {
      const one = seen.observations[i];
      return one ? [jsonLine(target, one, remarks)] : [];
    });
  }
  if (flags.simple) return simple(targets, seen, remarks);
  const style: Style = (format, text) => styleText(format, text, { stream: io.out }); // minds NO_COLOR and pipes
  return table(targets, seen, remarks, style, io.out.isTTY ? io.out.columns || 80 : Number.POSITIVE_INFINITY);
}

/** On a terminal each round takes the place of the last; elsewhere it follows it. */
function show(lines: string[], repaint: boolean, io: Io): void {
  if (!repaint) return void io.out.write(`${lines.join("\n")}\n`);
  const rows = (io.out.rows || 24) - 1;
  const hidden = lines.length - rows;
  const visible =
    hidden > 0 ? [...lines.slice(0, rows - 1), `… ${hidden + 1} lines more; --simple shows all`] : lines;
  io.out.write(`\x1b[H${visible.map((line) => `${line}\x1b[K\n`).join("")}\x1b[J`);
}
