/** analyzer · command line. `holdfast what-if dynamodb@us-east-1`: what a failure would take with it, and when, as far
 *  as anyone has written down. Asks the graph alone; nothing has to be running. */
import { styleText } from "node:util";
import { Command } from "commander";
import { nearest } from "../store/nearest.ts";
import { BadInput, parse, Region } from "../store/records.ts";
import { blast } from "./cascade.ts";
import { dependencies } from "./dependencies.ts";

type Fall = ReturnType<typeof blast>[number];

export function whatIfCommand(): Command {
  return new Command("what-if")
    .description("what a failure would take with it, and when, from what AWS has written of past ones")
    .argument("<node>", "what fails, as SERVICE@REGION, such as dynamodb@us-east-1")
    .option("--json", "one JSON object")
    .addHelpText("after", "\nExit codes: 0 answered, 2 wrong use.")
    .action((node: string, flags: { json?: boolean }) => {
      const falls = blast(parseNode(node), 0, dependencies);
      process.stdout.write(flags.json ? `${JSON.stringify(record(falls), null, 2)}\n` : draw(falls));
    });
}

/** Checks that the graph knows the service and that the region is one by its form. */
function parseNode(text: string): string {
  const [service = "", region = "", ...more] = text.split("@");
  if (!service || !region || more.length > 0) {
    throw new BadInput(
      `Cannot read a node: expected SERVICE@REGION, such as dynamodb@us-east-1; got ${text}`,
    );
  }
  parse("the node's region", Region, region);
  const services = [...new Set(dependencies.flatMap((e) => [e.from, e.to]))].sort();
  if (services.includes(service)) return text;
  const meant = nearest(service, services);
  throw new BadInput(
    `Cannot find ${service} in the graph: expected one of ${services.join(", ")}${meant ? `; did you mean ${meant}?` : ""}`,
  );
}

function record(falls: readonly Fall[]) {
  const [root, ...rest] = falls;
  return {
    root: root?.node,
    falls: rest.map(({ node, because, from, until, edge }) => ({
      node,
      because,
      fromMinutes: from / 60_000,
      untilMinutes: until / 60_000,
      says: edge?.says,
      plane: edge?.plane,
      stages: edge?.stages.map(({ minutes, when }) => ({ minutes, ...(when ? { when } : {}) })),
      grade: edge?.grade,
      source: edge?.source,
    })),
  };
}

/** A tree, causes above what they take, each with its time, its words and who says so. */
function draw(falls: readonly Fall[]): string {
  const style = (format: "bold" | "dim", text: string) => styleText(format, text, { stream: process.stdout });
  const root = falls[0];
  if (!root) return "";
  if (falls.length === 1) return `${style("bold", root.node)} fails: nothing is known to fall with it.\n`;
  const rows: { tree: string; name: string; fall: Fall }[] = [];
  const grow = (node: string, indent: string) => {
    const children = falls.filter((f) => f.because === node);
    children.forEach((fall, i) => {
      const last = i === children.length - 1;
      rows.push({
        tree: `${indent}${last ? "└─ " : "├─ "}`,
        name: fall.node.split("@")[0] ?? fall.node,
        fall,
      });
      grow(fall.node, `${indent}${last ? "   " : "│  "}`);
    });
  };
  grow(root.node, "");
  const wide = Math.max(...rows.map((r) => r.tree.length + r.name.length));
  const when = Math.max(...rows.map((r) => span(r.fall).length));
  const lines = rows.map(({ tree, name, fall }) => {
    const pad = " ".repeat(wide - tree.length - name.length);
    const who =
      fall.edge?.grade === "observed" ? fall.edge.source : `${fall.edge?.grade}: ${fall.edge?.source}`;
    return `${style("dim", tree)}${style("bold", name)}${pad}  ${span(fall).padEnd(when)}  ${fall.edge?.says}  ${style("dim", who)}`;
  });
  return `${style("bold", root.node)} fails, and with it, after:\n${lines.join("\n")}\n`;
}

function span({ from, until }: Fall): string {
  const [a, b] = [from / 60_000, until / 60_000];
  return a === 0 ? `0–${b} min` : `${a}–${b} min`;
}
