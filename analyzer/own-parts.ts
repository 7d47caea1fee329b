/** analyzer · border. Reads a file of the workload's own parts, in YAML or JSON, and joins it to the graph that ships. */
import { readFileSync } from "node:fs";
import { itemsOf } from "../store/list.ts";
import { BadInput } from "../store/records.ts";
import { ownEdges } from "./dependencies/own.ts";
import { dependencies, type Edge } from "./dependencies.ts";

/** The shipped graph, with the parts of a file where one is given. Throws `BadInput` that names the file and the line. */
export function graphWith(file: string | undefined): readonly Edge[] {
  if (file === undefined) return dependencies;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new BadInput(`Cannot read dependencies: ${error instanceof Error ? error.message : error}`);
  }
  return joined(text, file);
}

/** The same from a text; `file` is how messages call it. */
export const joined = (text: string, file: string): readonly Edge[] => [
  ...dependencies,
  ...ownEdges(itemsOf(text, file, "part", "part: checkout, needs: [dynamodb]"), dependencies),
];
