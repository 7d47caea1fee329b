/** Real processes on one file: killed at any instant, or racing each other. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sqlite } from "../../store/sqlite.ts";

const program = join(import.meta.dirname, "writer.ts");
vi.setConfig({ testTimeout: 120_000 }); // dozens of processes, one after the other
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "holdfast-crash-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Runs the writer and collects what it says; with `lines`, kills it (no goodbye) as soon as it has said so many. */
async function write(to: string, { last = Infinity, lines = Infinity, hold = "" } = {}): Promise<string[]> {
  const child: ChildProcess = spawn(process.execPath, [program, to, String(last), hold], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const complaints: string[] = [];
  child.stderr?.on("data", (data) => complaints.push(String(data)));
  const said: string[] = [];
  if (child.stdout) {
    createInterface(child.stdout).on("line", (line) => {
      said.push(line);
      if (said.length >= lines) child.kill("SIGKILL");
    });
  }
  await once(child, "close");
  expect(complaints.join("")).toBe("");
  return said;
}

const versions = (said: string[], verb: string) =>
  said.filter((line) => line.startsWith(verb)).map((line) => Number(line.split(" ")[1]));

/** The newest version kept, after checking that every step up to it is there whole, exactly once, and no other. */
async function wholeSteps(where: string): Promise<{ version: number; confirmed: number }> {
  const store = sqlite(where);
  try {
    const version = (await store.standing())?.version ?? 0;
    const upTo = Array.from({ length: version }, (_, i) => i + 1);
    expect((await store.decisions(100_000)).map((d) => d.id)).toEqual(upTo.map((v) => `d${v}`).toReversed());
    const open = (await store.unconfirmed()).map((o) => o.id);
    expect(open.filter((id) => id.startsWith("open"))).toEqual(upTo.map((v) => `open${v}`));
    // Only the last step's order may lack its confirmation, and only the next step's request may wait.
    const undone = open.filter((id) => id.startsWith("done"));
    expect([[], [`done${version}`]]).toContainEqual(undone);
    const waiting = (await store.requests()).map((r) => r.id);
    expect([[], [`q${version + 1}`]]).toContainEqual(waiting);
    expect(await store.damaged()).toEqual([]);
    return { version, confirmed: version - undone.length };
  } finally {
    await store.close();
  }
}

test("killed again and again at any instant, it loses no acknowledged step and keeps none by halves or twice", async () => {
  let acknowledged = 0;
  for (const lines of [1, 2, 1, 3, 7, 2, 20, 41, 5, 100, 64, 9, 1, 33]) {
    const said = await write(dir, { lines });
    acknowledged = Math.max(acknowledged, ...versions(said, "remembered"));
    const kept = await wholeSteps(dir);
    expect(kept.version).toBeGreaterThanOrEqual(acknowledged);
    expect(kept.version).toBeLessThanOrEqual(acknowledged + 1); // done, but killed before it could say so
    expect(kept.confirmed).toBeGreaterThanOrEqual(Math.max(0, ...versions(said, "confirmed")));
    acknowledged = kept.version;
  }
  expect(acknowledged).toBeGreaterThan(100);
});

test("whatever part of the write-ahead log reaches the disk, and whichever byte of it is wrong, steps are whole", async () => {
  const last = 20; // few enough that all of it is still in the log, and nothing in the main file
  await write(dir, { last, hold: "hold", lines: 2 * last + 2 });
  const main = readFileSync(join(dir, "holdfast.sqlite"));
  const log = readFileSync(join(dir, "holdfast.sqlite-wal"));
  expect((await wholeSteps(dir)).version).toBe(last);
  const seen = new Set<number>();
  const aStore = fc.nat({ max: log.length });
  await fc.assert(
    fc.asyncProperty(aStore, fc.option(fc.nat({ max: log.length - 1 })), async (length, wrong) => {
      const part = Buffer.from(log.subarray(0, length));
      if (wrong !== null && wrong < length) part[wrong] = (part[wrong] ?? 0) ^ 0x10;
      const copy = mkdtempSync(join(dir, "copy-"));
      writeFileSync(join(copy, "holdfast.sqlite"), main);
      writeFileSync(join(copy, "holdfast.sqlite-wal"), part);
      const { version } = await wholeSteps(copy);
      expect(version).toBeLessThanOrEqual(last);
      seen.add(version);
    }),
    {
      numRuns: 150,
      examples: [
        [0, null],
        [log.length, null],
      ],
    },
  );
  expect(seen.has(0)).toBe(true);
  expect(seen.has(last)).toBe(true);
});

test("of processes that race on one file each step has one winner, and the others wait rather than fail", async () => {
  const fresh = join(dir, "made", "by", "whoever", "is", "first");
  const last = 90;
  const said = await Promise.all([1, 2, 3, 4].map(() => write(fresh, { last })));
  const won = said.flatMap((lines) => versions(lines, "remembered"));
  expect(won.toSorted((a, b) => a - b)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
  const { version, confirmed } = await wholeSteps(fresh);
  expect([version, confirmed]).toEqual([last, last]);
  expect(readdirSync(fresh)).toEqual(["holdfast.sqlite"]); // and whoever is last tidies up
});
