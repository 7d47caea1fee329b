/** probes · run. Code that was packed before and whose sources are still the same, read rather than packed anew: the stacks
 *  of three regions run the same prober and canary, and each packs for itself. */
import { createHash, randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

export type Made = {
  text: string;
  /** Paths of all that it was made of, besides what `what` says. */
  sources: string[];
};

const Kept = z.strictObject({ sources: z.array(z.string()), digest: z.string(), text: z.string() });

/** The text that `make` makes of what it is told, from the folder when every source is as it was. `what`: all that decides
 *  what is made besides the sources, in JSON. Nothing else is ever read of the folder, and what cannot be read there is
 *  made anew. Rejects as `make` does, or when the folder cannot be written to. */
export async function kept(folder: string, what: unknown, make: () => Promise<Made>): Promise<string> {
  const path = join(folder, `${createHash("sha256").update(JSON.stringify(what)).digest("hex")}.json`);
  const before = await read(path);
  if (before !== null && digestOf(before.sources) === before.digest) return before.text;
  const beganAt = Date.now();
  const { text, sources } = await make();
  const digest = digestOf(sources);
  if (digest === null || newest(sources) >= beganAt - datedMs) return text; // perhaps made of what was there before
  await mkdir(folder, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ sources, digest, text } satisfies z.infer<typeof Kept>));
  await rename(draft, path); // whole or not at all: others may write the same
  return text;
}

async function read(path: string): Promise<z.infer<typeof Kept> | null> {
  try {
    return Kept.safeParse(JSON.parse(await readFile(path, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}

const datedMs = 1_000; // file systems date a change to the second at worst

/** When the last of them changed, in epoch ms. */
const newest = (paths: readonly string[]) =>
  paths.reduce((last, path) => Math.max(last, statSync(path).mtimeMs), 0);

/** Null when one of them cannot be read. They are thousands of small files: read one after another, without a promise for
 *  each, they take a tenth of the time. */
function digestOf(paths: readonly string[]): string | null {
  const hash = createHash("sha256");
  try {
    for (const path of paths) {
      const text = readFileSync(path);
      hash.update(`${path}\0${text.length}\0`).update(text);
    }
  } catch {
    return null;
  }
  return hash.digest("hex");
}
