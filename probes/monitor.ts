/** probes · monitor. The terminal's view: what the names and front doors look like from here, now. */
import { Command } from "commander";
import { BadInput } from "../store/records.ts";
import { services, usualRegions, usualServices, variants } from "./catalogue.ts";
import { nodeEdge } from "./edge/node.ts";
import type { Edge } from "./edge.ts";
import { asksAws, type Flags, planOf, withAuthorities } from "./monitor/plan.ts";
import { type Io, type Publish, watch } from "./monitor/watch.ts";

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
const list = (value: string, before: string[] | undefined) => [
  ...(before ?? []),
  ...value.split(",").map((one) => one.trim()),
];

const examples = `
Examples:
  holdfast monitor                                      the usual names in three regions, watched
  holdfast monitor --once --regions eu-west-1 --services dynamodb,sts
  holdfast monitor --once --json --resolver 192.0.2.53 --resolver https://dns.example/dns-query
  holdfast monitor --targets shop.yaml --publish --interval 60

Exit code: 0 all up, 1 something down or unknown, or not published, 2 wrong use.`;

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
      "name server, repeatable: IP, IP:PORT, https://… or system; asked side by side",
      each,
    )
    .option("--tcp", "ask the name servers over TCP from the start")
    .option("--authorities", "ask each of the names' own authoritative servers too")
    .option("--connect", "open a connection to port 443 of each endpoint too")
    .option("--health", "count the account's own instances, databases, target groups and services there too")
    .option("--regions <list>", `regions to watch, with commas between (${usualRegions.join(",")})`, list)
    .option(
      "--services <list>",
      `services to watch, with commas between (${usualServices.join(",")}); also ${rest.join(", ")}`,
      list,
    )
    .option("--variants <list>", `forms of the names: ${variants.join(",")} (regional)`, list)
    .option("--account <digits>", "the account whose own names --variants account means")
    .option("--ipv6", "ask for AAAA beside A")
    .option(
      "--targets <file>",
      "ask what this file lists instead: names and URLs, one a line, or a list in YAML or JSON",
    )
    .option(
      "--prefixes <file>",
      "remark on addresses outside these: a file in the format of AWS's ip-ranges.json",
    )
    .option("--interval <seconds>", "time from the start of one round to the next", "30")
    .option("--timeout <ms>", "time each question may take", "5000")
    .option(
      "--publish",
      "write each round to CloudWatch too, in the region and with the rights of AWS's usual settings",
    )
    .addHelpText("after", examples)
    .exitOverride()
    .action(async (flags: Flags) => {
      try {
        const wire = io.edge();
        const plan = planOf(flags, wire.resolver);
        const edge = plan.targets.some(asksAws) && !wire.aws ? await equipped(wire) : wire;
        const publish = flags.publish ? (io.publish ?? (await toCloudWatch())) : null;
        const whole = flags.authorities ? await withAuthorities(plan, edge) : plan;
        io.exit(await watch(whole, flags, edge, publish, io));
      } catch (error) {
        if (!(error instanceof BadInput)) throw error;
        io.err.write(`holdfast monitor: ${error.message}\n`);
        io.exit(2);
      }
    });
}

/** AWS's SDK takes a while to load, so only those who ask AWS load it. */
const equipped = async (edge: Edge) => (await import("./aws/mod.ts")).withAws(edge);
const toCloudWatch = async (): Promise<Publish> => (await import("./aws/mod.ts")).publisher();
