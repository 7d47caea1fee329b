/** infra/local · effects. What the world does not forget when our program is killed, as AWS would not: what is broken,
 *  the lever's last value, capacities, what the health checkers think. One file, written whole or not at all. */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Fault } from "../../dashboard/playground.ts";
import { BadInput, parse, Region } from "../../store/records.ts";
import { readFault } from "./faults.ts";

const Kept = z.strictObject({
  version: z.literal(1),
  faults: z.array(
    z.strictObject({
      fault: z.string(),
      region: Region,
      service: z.string().optional(),
      since: z.number().int().nonnegative(),
    }),
  ),
  tasks: z.record(
    z.string(),
    z.strictObject({ running: z.number().int().nonnegative(), desired: z.number().int().min(1) }),
  ),
  route53: z.strictObject({
    opinions: z.record(z.string(), z.record(z.string(), z.boolean())),
    lastKnown: z.record(z.string(), z.enum(["ok", "alarm"]).nullable()),
  }),
});
export type Kept = Omit<z.infer<typeof Kept>, "faults"> & { faults: Fault[] };

const fileOf = (dir: string) => join(dir, "world.json");

/** What was kept in `dir`; null in a new one. Throws `BadInput` for a file it can't read, and leaves it as it is. */
export async function recall(dir: string): Promise<Kept | null> {
  const file = fileOf(dir);
  const advice = `Mend it, or move it away to start with a fresh world.`;
  let text: string;
  try {
    await mkdir(dir, { recursive: true });
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    throw new BadInput(`Cannot use ${dir} to keep the world in (${code}). Choose another with --data.`);
  }
  try {
    const kept = parse("what the world remembers", Kept, JSON.parse(text));
    return { ...kept, faults: kept.faults.map((fault) => readFault(fault, fault.since)) };
  } catch (error) {
    const why = error instanceof BadInput ? error.message : "expected JSON";
    throw new BadInput(`Cannot read ${file}: ${why.replace(/\.$/, "")}. ${advice}`);
  }
}

/** Writes what `snapshot` gives, one write at a time; calls that come meanwhile share the next one. */
export function keeper(dir: string, snapshot: () => Kept): () => Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  return () => {
    next ??= writing
      .catch(() => undefined) // told to those who asked for it; this is another try
      .then(() => {
        next = null;
        writing = write(dir, snapshot());
        return writing;
      });
    return next;
  };
}

async function write(dir: string, kept: Kept): Promise<void> {
  const file = fileOf(dir);
  const fresh = await open(`${file}.tmp`, "w");
  try {
    await fresh.writeFile(`${JSON.stringify(kept, null, 2)}\n`);
    await fresh.sync();
  } finally {
    await fresh.close();
  }
  await rename(`${file}.tmp`, file);
}
