/** infra/account · border. What each entry is told by its environment, name by name. The entries read it here and the
 *  Pulumi program writes it here, so neither can mean what the other does not. All that is wrong is said at once. */
import * as z from "zod";
import { BadInput } from "../../store/records.ts";
import { metricsMax, metricsOf } from "./readers/queries.ts";
import {
  defaults,
  type EntryName,
  type Optional,
  reads,
  type Value,
  type VariableName,
  variables,
} from "./variables.ts";

export type Environment<E extends EntryName> = { [N in (typeof reads)[E][number]]: Value<N> };
/** What the program that places an entry has to say; text stands for itself, such as a file's name. */
export type Told<E extends EntryName> = {
  [N in Exclude<(typeof reads)[E][number], Optional>]: Value<N> | string;
} & { [N in Extract<(typeof reads)[E][number], Optional>]?: Value<N> | string };

/** Reads and checks what an entry was told. Throws `BadInput` that names each wrong variable, what was expected, what
 *  came. */
export function readEnvironment<E extends EntryName>(
  entry: E,
  environment: Readonly<Record<string, string | undefined>>,
): Environment<E> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of reads[entry] as readonly VariableName[]) {
    const text = environment[name] || textWithout(name);
    const { doc, example, read } = variables[name];
    if (text === null) {
      faults.push(`${name}: expected ${doc}; such as ${example}; nothing is set`);
      continue;
    }
    try {
      values[name] = read(text);
    } catch (error) {
      const came = text.length > 80 ? `${text.slice(0, 77)}...` : text;
      faults.push(`${name}: ${reasonOf(error)}; got ${JSON.stringify(came)}`);
    }
  }
  if (faults.length === 0) faults.push(...contradictions(values as Partial<Environment<EntryName>>));
  if (faults.length > 0)
    throw new BadInput(`Cannot start the ${entry}:\n${faults.map((f) => `  ${f}`).join("\n")}`);
  return values as Environment<E>;
}

const functionBytesMax = 4096; // AWS Lambda quotas, "Environment variables"

/** The text of each variable, for whoever places an entry: only those that this entry reads. Throws `BadInput` for
 *  more than there is room for: what a Lambda's environment holds, unless told otherwise. Values are checked as they are read, by the entry itself. */
export function writeEnvironment<E extends EntryName>(
  entry: E,
  told: Told<E>,
  bytesMax = functionBytesMax,
): Record<string, string> {
  const given = told as Record<string, unknown>;
  const written = Object.fromEntries(
    (reads[entry] as readonly VariableName[]).flatMap((name): [string, string][] => {
      const value = given[name];
      if (value === undefined) return [];
      if (typeof value === "string") return [[name, value]];
      return [[name, (variables[name].write as (value: unknown) => string)(value)]];
    }),
  );
  const bytes = Object.entries(written).reduce(
    (sum, [name, text]) => sum + Buffer.byteLength(name + text),
    0,
  );
  if (bytes > bytesMax) {
    throw new BadInput(
      `Cannot place the ${entry}: its environment takes ${bytes} bytes, and holds ${bytesMax}. Put the topology into a file beside the code and say its name`,
    );
  }
  return written;
}

const textWithout = (name: VariableName): string | null =>
  name in defaults ? defaults[name as Optional] : null;

/** What no variable alone can tell. */
function contradictions(values: Partial<Environment<"prober"> & Environment<"analyzer">>): string[] {
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_VANTAGE: vantage, HOLDFAST_REGION: region } = values;
  const faults: string[] = [];
  if (!topology) return faults;
  const found = topology.vantages.find((v) => v.id === vantage);
  if (vantage !== undefined && !found) {
    const ids = topology.vantages.map((v) => v.id).join(", ");
    faults.push(`HOLDFAST_VANTAGE: expected one of the topology's vantage points, ${ids}; got ${vantage}`);
  }
  if (found && found.region !== region)
    faults.push(`HOLDFAST_REGION: expected ${found.region}, where ${found.id} stands; got ${region}`);
  for (const [where, canaries] of Object.entries(values.HOLDFAST_CANARIES ?? {})) {
    for (const [canary, target] of Object.entries(canaries)) {
      if (!topology.targets.some((t) => t.id === target))
        faults.push(`HOLDFAST_CANARIES: ${canary} in ${where} asks about ${target}, which is no target`);
    }
  }
  const read = metricsOf(
    Object.values(values.HOLDFAST_CANARIES ?? {}).flatMap((c) => Object.keys(c)).length,
    Object.keys(values.HOLDFAST_BALANCERS ?? {}).length,
  );
  if (read > metricsMax)
    faults.push(
      `HOLDFAST_CANARIES and HOLDFAST_BALANCERS: expected at most ${metricsMax} metrics to read each minute, as each is paid for; got ${read}`,
    );
  return faults;
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues.map((issue) => issue.message).join("; ");
  return error instanceof Error ? error.message : String(error);
}
