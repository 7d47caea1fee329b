/** infra/account · command. Writes an entry's files into a folder, as the Dockerfile needs them: `node pack.ts ENTRY FOLDER`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle } from "./bundle.ts";
import { reads } from "./variables.ts";

const entries = [...(Object.keys(reads) as (keyof typeof reads)[]), "container" as const];
const [entry = "", folder = ""] = process.argv.slice(2);
const known = entries.find((name) => name === entry);
if (known === undefined || folder === "") {
  process.stderr.write(`Expected one of ${entries.join(", ")}, and a folder; got ${entry} ${folder}\n`);
  process.exit(2);
}
for (const [file, text] of Object.entries(await bundle(known))) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}
