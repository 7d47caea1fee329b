/** tests · infra. An incident of one's own: written to one file, read back whole, and judged anew from it. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseRules } from "../../../analyzer/mod.ts";
import { tablesOf } from "../../../infra/aws/names.ts";
import { play, signed } from "../../../infra/replayed/play.ts";
import { recordedShow } from "../../../infra/replayed/recorded.ts";
import { read, recordFrom, topologyOf, write } from "../../../infra/replayed/recording.ts";
import { theatre } from "../../../infra/simulated/stage.ts";
import { dynamodb } from "../../../store/dynamodb.ts";
import { memory, type Store, sqlite } from "../../../store/mod.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { clientOf, dropTable, makeTable } from "../../store/tables.ts";

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

test("a recording that ends within a millisecond, as real rounds do, is read back", async () => {
  const { store } = await incident(memory());
  for (const round of await store.rounds(0)) await store.addRound({ ...round, tookMs: 100.375 });
  const recording = await recordFrom(store);
  expect(recording.until % 1).toBeCloseTo(0.375);
  expect(read(write(recording), "incident.jsonl")).toEqual(recording);
});

test("replayed, the same rules see the same root and move users at the same time", async () => {
  const { store } = await incident(memory());
  const recording = await recordFrom(store);
  const moved = recording.decided.find((d) => d.to === "shifting");
  const show = recordedShow(recording, parseRules({ cadenceMs: recording.cadenceMs }));
  const played = await play("incident", show);
  expect(played.lines.find((l) => l.what === "root")?.says).toMatch(/^(dynamodb|app)@us-east-1/);
  expect(played.movedAt).toBeCloseTo(show.at(moved?.at ?? 0), 0);
  expect(played.lines.find((l) => l.what === "standby")?.says).toBe("us-west-2 runs 4 tasks");
});

test.each([
  [-1, "-1"],
  [0, "+0"],
  [23, "+23"],
  [0.27, "+0:16"],
  [2.02, "+2:01"],
  [10.5, "+10:30"],
])("minute %d is told as %s", (minute, says) => expect(signed(minute)).toBe(says));

describe.skipIf(missing("moto_server"))("of an account", () => {
  let api: AwsApi;
  beforeAll(async () => {
    api = await awsApi();
  }, 60_000);
  afterAll(() => api?.stop(), 60_000);

  test("record reads the tables of each region, and says whose rounds it could not have", async () => {
    const regions = ["us-east-1", "us-west-2", "eu-west-1"];
    const tables = regions.map((region) => clientOf(api.endpoint, region));
    const { rounds: name, state } = tablesOf("shop");
    const made = await Promise.all(tables.map((client) => makeTable(client, name)));
    const store = dynamodb({
      state: await makeTable(clientOf(api.endpoint, "us-west-2"), state),
      rounds: new Map(made.map((table, i) => [regions[i] ?? "", table])),
      now: Date.now,
    });
    const { store: lived } = await incident(memory());
    for (const round of await lived.rounds(0)) await store.addRound(round);
    const report = await lived.lastReport();
    if (report) await store.report(report);
    const dir = mkdtempSync(join(tmpdir(), "holdfast-record-"));
    const ask = async (output: string) => {
      const flags = ["--workload", "shop", "--regions", regions.join(), "--output", join(dir, output)];
      const child = spawn(process.execPath, ["holdfast.ts", "record", ...flags, "--json"], {
        cwd: root,
        env: {
          ...process.env,
          AWS_ENDPOINT_URL_DYNAMODB: api.endpoint,
          AWS_ACCESS_KEY_ID: "local",
          AWS_SECRET_ACCESS_KEY: "local",
        },
        stdio: ["ignore", "pipe", "ignore"],
      });
      const said = await text(child.stdout);
      return { ...JSON.parse(said), code: child.exitCode ?? (await once(child, "exit"))[0] };
    };
    expect(await ask("whole.jsonl")).toMatchObject({ minutes: 6, rounds: 108, silent: [], code: 0 });
    const recording = read(readFileSync(join(dir, "whole.jsonl"), "utf8"), "whole.jsonl");
    expect(recording.rounds).toEqual(await lived.rounds(0));
    if (made[0]) await dropTable(made[0]); // the region that is gone
    expect(await ask("without.jsonl")).toMatchObject({ rounds: 72, silent: ["us-east-1"], code: 1 });
  }, 60_000);
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
