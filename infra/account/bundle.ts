/** infra/account · effects. Packs an entry as Lambda's Node 24 runs it: an ES module `index.mjs`, whose handler is
 *  `index.handler`, and the few files that it reads. The dashboard also as a program, for its container. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { packages } from "../../dashboard/assets.ts";
import { type Packed, pack } from "../../probes/run/bundle.ts";
import type { EntryName } from "./variables.ts";

const root = join(import.meta.dirname, "../..");

/** What a browser gets from the dashboard besides the page: where it lies beside the module, and here. */
async function assets(): Promise<[string, string][]> {
  const own = (await readdir(join(root, "dashboard/client"))).sort();
  const others = Object.values(packages).flatMap((path) => [path, `${path.split("/")[0]}/package.json`]);
  return [
    ...own.map((name): [string, string] => [`client/${name}`, `dashboard/client/${name}`]),
    ...[...new Set(others)].map((path): [string, string] => [`node_modules/${path}`, `node_modules/${path}`]),
  ];
}

/** Every file of an entry's code, by its name. The same sources give the same bytes. `keepIn` as for `pack`. */
export async function bundle(
  entry: EntryName | "container",
  keepIn?: string,
): Promise<Record<string, string>> {
  const what: Packed = {
    entry: join(import.meta.dirname, `entries/${entry}.ts`),
    format: "esm",
    target: "node24",
  };
  const module = await pack(what, keepIn);
  const files: [string, string][] = [["index.mjs", module]];
  const shows = entry === "dashboard" || entry === "container" || entry === "status";
  for (const [name, path] of shows ? await assets() : [])
    files.push([name, await readFile(join(root, path), "utf8")]);
  return Object.fromEntries(files);
}
