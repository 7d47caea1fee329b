/** infra/account · effects. Packs an entry as Lambda's Node 24 runs it: an ES module `index.mjs`, whose handler is
 *  `index.handler`, and the few files that it reads. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pack } from "../../probes/run/bundle.ts";
import type { EntryName } from "./environment.ts";

const root = join(import.meta.dirname, "../..");

/** What a browser gets from the dashboard besides the page: where it lies here, and beside the module. */
const assets = {
  ...Object.fromEntries(
    ["style.css", "live.js", "icon.svg"].map((name) => [`client/${name}`, `dashboard/client/${name}`]),
  ),
  ...Object.fromEntries(
    ["package.json", "dist/idiomorph.min.js"]
      .map((name) => `node_modules/idiomorph/${name}`)
      .map((path) => [path, path]),
  ),
};

/** Every file of an entry's code, by its name. The same sources give the same bytes. */
export async function bundle(entry: EntryName): Promise<Record<string, string>> {
  const module = await pack({
    entry: join(import.meta.dirname, `entries/${entry}.ts`),
    format: "esm",
    target: "node24",
  });
  const files: [string, string][] = [["index.mjs", module]];
  for (const [name, path] of Object.entries(entry === "dashboard" ? assets : {}))
    files.push([name, await readFile(join(root, path), "utf8")]);
  return Object.fromEntries(files);
}
