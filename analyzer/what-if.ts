/** analyzer · command line. `holdfast what-if dynamodb@us-east-1`: what a failure would take with it, and when, as far
 *  as anyone has written down, and what may follow once it is over. Asks the graph alone; nothing has to be running. */
import { Command } from "commander";
import { nearest } from "../store/nearest.ts";
import { BadInput, parse, Region } from "../store/records.ts";
import { reachOf } from "./cascade/blast.ts";
import { globalsOf, graphOf, minuteMs, split } from "./cascade/graph.ts";
import { waves } from "./cascade/waves.ts";
import { type Edge, hurtCauseUnknown, nowhere } from "./dependencies.ts";
import { graphWith } from "./own-parts.ts";
import { draw } from "./what-if/draw.ts";
import { record } from "./what-if/record.ts";

type Flags = { json?: boolean; dependencies?: string; regions: string; lasts: number };

export function whatIfCommand(): Command {
  return new Command("what-if")
    .description("what a failure would take with it, and when, from what AWS has written of past ones")
    .argument("<node>", "what fails, as SERVICE@REGION, such as dynamodb@us-east-1, or route53@global")
    .option("--dependencies <file>", "your workload's own parts and what they need, as YAML or JSON")
    .option(
      "--regions <list>",
      "regions that what is global is spread over, with commas",
      "us-east-1,us-west-2",
    )
    .option("--lasts <minutes>", "how long it lasts, for what follows its end", minutes, 60)
    .option("--json", "one JSON object")
    .addHelpText("after", "\nExit codes: 0 answered, 2 wrong use.")
    .action(run);
}

function run(text: string, flags: Flags): void {
  const edges = graphWith(flags.dependencies);
  const regions = flags.regions.split(",").map((r) => parse("--regions", Region, r.trim()));
  const root = parseNode(text, edges, regions);
  const [service, region] = split(root);
  const graph = graphOf(edges, [...regions, region]);
  const falls = reachOf(root, 0, graph);
  const after = waves(root, 0, flags.lasts * minuteMs, graph);
  const unexplained = hurtCauseUnknown[service] ?? null;
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(record(falls, after, flags.lasts, unexplained), null, 2)}\n`
      : draw(falls, after, flags.lasts, unexplained),
  );
}

/** Checks that the graph knows the service and that the region is one by its form, or none where there is none. */
function parseNode(text: string, edges: readonly Edge[], regions: readonly Region[]): string {
  const [service = "", region = "", ...more] = text.split("@");
  if (!service || !region || more.length > 0) {
    throw new BadInput(
      `Cannot read a node: expected SERVICE@REGION, such as dynamodb@us-east-1; got ${text}`,
    );
  }
  const services = [...new Set([...edges.flatMap((e) => [e.from, e.to]), ...Object.keys(hurtCauseUnknown)])];
  if (!services.includes(service)) {
    const meant = nearest(service, services);
    throw new BadInput(
      `Cannot find ${service} in the graph: expected one of ${services.sort().join(", ")}${meant ? `; did you mean ${meant}?` : ""}`,
    );
  }
  const isGlobal = globalsOf(edges).has(service);
  if (isGlobal && region !== nowhere)
    throw new BadInput(`Cannot find ${text}: ${service} has no region; expected ${service}@${nowhere}`);
  if (!isGlobal && !Region.safeParse(region).success) {
    const meant = nearest(region, regions);
    throw new BadInput(
      `Cannot read the node's region: expected a region such as us-east-1; got ${JSON.stringify(region)}${meant ? `; did you mean ${meant}?` : ""}`,
    );
  }
  const stands = edges.filter((e) => e.to === service).map((e) => e.only);
  if (stands.length > 0 && stands.every((only) => only && !only.includes(region)))
    throw new BadInput(
      `Cannot find ${text}: ${service} stands in ${[...new Set(stands.flatMap((only) => only ?? []))].join(" and ")} only`,
    );
  return text;
}

function minutes(text: string): number {
  const n = Number(text);
  if (/^\d+$/.test(text) && n > 0 && n <= 100_000) return n;
  throw new BadInput(`Cannot use --lasts: expected whole minutes from 1 to 100000; got ${text}`);
}
