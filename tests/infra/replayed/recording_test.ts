/** tests · infra. An incident of one's own: written to one file, read back whole, and judged anew from it. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseRules } from "../../../analyzer/mod.ts";
import { play } from "../../../infra/replayed/play.ts";
import { recordedShow } from "../../../infra/replayed/recorded.ts";
import { read, recordFrom, topologyOf, write } from "../../../infra/replayed/recording.ts";
import { theatre } from "../../../infra/simulated/stage.ts";
import { memory, type Store, sqlite } from "../../../store/mod.ts";

const root = new URL("../../..", import.meta.url).pathname;
const holdfast = (...args: string[]) =>
  spawnSync(process.execPath, ["holdfast.ts", ...args], { cwd: root, encoding: "utf8" });

/** A region that dies for its users, two minutes in, over ten-second rounds. */
async function incident(store: Store) {
  const show = theatre({}, store);
  for (let i = 0; i < 12; i++) await show.advance();
  show.stage.wrong.set("app@us-east-1", "timeout");
  show.stage.wrong.set("dynamodb@us-east-1", "nodata");
  for (let i = 0; i < 24; i++) await show.advance();
  return show;
}

test("a recording is read back as it was written, and tells who was asked from where", async () => {
  const { store, world } = await incident(memory());
  const recording = await recordFrom(store);
  expect(read(write(recording), "incident.jsonl")).toEqual(recording);
  expect(recording.cadenceMs).toBe(10_000);
  const topology = topologyOf(recording);
  expect(topology.targets.map((t) => t.id).sort()).toEqual(world.topology.targets.map((t) => t.id).sort());
  expect(topology.regions.map((r) => [r.region, r.role])).toEqual(
    world.topology.regions.map((r) => [r.region, r.role]),
  );
});

test("replayed, the same rules see the same root and move users at the same time", async () => {
  const { store } = await incident(memory());
  const recording = await recordFrom(store);
  const moved = recording.decided.find((d) => d.to === "shifting");
  const show = recordedShow(recording, parseRules({ cadenceMs: recording.cadenceMs }));
  const played = await play("incident", show);
  expect(played.lines.find((l) => l.what === "root")?.says).toMatch(/^(dynamodb|app)@us-east-1/);
  expect(played.movedAt).toBeCloseTo(show.at(moved?.at ?? 0), 0);
});

test("record writes a store to a file, and replay reads it", async () => {
  const dir = mkdtempSync(join(tmpdir(), "holdfast-record-"));
  const store = sqlite(dir);
  await incident(store);
  await store.close();
  const output = join(dir, "incident.jsonl");
  const written = holdfast("record", "--data", dir, "--output", output, "--json");
  expect(JSON.parse(written.stdout)).toMatchObject({ output, minutes: 6, rounds: 108 });
  const [told] = JSON.parse(holdfast("replay", output, "--json").stdout);
  expect(told).toMatchObject({ name: output, expected: null, passed: true });
  expect(told.movedAt).toBeGreaterThan(2);
});

test("a damaged line is refused with its number, and an empty store has nothing to record", async () => {
  const { store } = await incident(memory());
  const text = write(await recordFrom(store)).replace('"verdict":"up"', '"verdict":"fine"');
  expect(() => read(text, "broken.jsonl")).toThrow(/broken\.jsonl:2: /);
  await expect(recordFrom(memory())).rejects.toThrow(/there are none yet/);
});

test("record does not make the store that it was to read", () => {
  const dir = join(mkdtempSync(join(tmpdir(), "holdfast-record-")), "none");
  const { status, stderr } = holdfast("record", "--data", dir, "--output", `${dir}.jsonl`);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/expected a store in .*none; there is none/)]);
  expect(existsSync(dir)).toBe(false);
});

test("replay names what there is when asked for what there is not", () => {
  const { status, stderr } = holdfast("replay", "okt-2025");
  expect(status).toBe(2);
  expect(stderr).toMatch(/expected all, a file, or one of .*did you mean oct-2025\?/);
});
