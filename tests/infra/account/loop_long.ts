/** More of the loop in an account: when all is well, and when a region's whole API is lost. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { missing } from "../../machine.ts";
import { live, openRig, primary, type Rig } from "./rig.ts";

const noon = Date.UTC(2026, 0, 1, 12);
describe.skipIf(missing("moto_server"))("the loop in an account", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  }, 60_000);
  afterAll(() => rig?.stop(), 60_000);
  beforeEach(async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined); // what Lambda would keep
    vi.spyOn(process.stdout, "write").mockImplementation(() => true); // and the metrics in it
    await rig.fresh();
  });
  afterEach(() => void vi.restoreAllMocks());

  test("all well: every beat is done, every round kept, nobody moved, and the lever says so each beat", async () => {
    const { ended, store, phases } = await live(rig, noon, 3);
    expect(ended).toEqual(
      Array(4).fill({ status: "fulfilled", value: { why: "out of time", done: 3, failed: 0 } }),
    );
    expect(await store.rounds(0)).toHaveLength(9);
    expect(phases).toEqual([]);
    const regions = (await store.lastReport())?.assessment.regions ?? [];
    expect(regions.map((r) => r.score)).toEqual([1, 1, null]); // of the witness nothing is asked
    const told = rig.judges.calls.filter((c) => c.action === "PutMetricData");
    expect(told.filter((c) => c.body.includes("Drain"))).toHaveLength(3);
    expect(told.filter((c) => c.body.includes("Beat")).map((c) => c.region)).toEqual(["eu-west-1"]); // once a minute
    expect(rig.isDrained()).toBe(false);
  });

  test("the primary's whole API is lost besides: that is one lost voice, and users are moved all the same", async () => {
    rig.weather.ill.add(primary);
    rig.weather.lost.add(primary);
    const { store, phases, ended } = await live(rig, noon, 10);
    expect(phases.at(-1)).toBe("away");
    expect(rig.isDrained()).toBe(true);
    expect((await store.lastReport())?.assessment.blind.map((b) => b.vantage)).toEqual([primary]);
    // Its own prober says why it could do nothing, for the queue of what was given up.
    expect(ended.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled", "fulfilled"]);
    expect(ended[0]).toMatchObject({
      reason: { message: expect.stringMatching(/did none of its 10 beats: claim a beat: .*\(10×\)/) },
    });
  });

  test("a region whose API alone is lost is not held for ill, and nobody is moved", async () => {
    rig.weather.lost.add(primary);
    const { store, phases } = await live(rig, noon, 6);
    expect(phases).toEqual([]);
    expect(rig.isDrained()).toBe(false);
    const [first] = (await store.lastReport())?.assessment.regions ?? [];
    expect(first?.score).toBe(1);
  });
});
