/** The whole loop in an account, over real HTTP: probers in three regions, DynamoDB in each, the analyzer, its lever and the
 *  standby's tasks. The real entries, on a clock of ours. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { missing } from "../../machine.ts";
import { follows, moves, trespasses } from "./planes.ts";
import { clockwork, entriesOf, minute, openRig, primary, type Rig, readerOf } from "./rig.ts";

const noon = Date.UTC(2026, 0, 1, 12);
/** What keeping and reading takes besides the move itself. */
const keeping: [RegExp, RegExp][] = [
  [
    /^dynamodb\.([\w-]+)\.amazonaws\.com$/,
    /^(Query|GetItem|PutItem|UpdateItem|DeleteItem|TransactWriteItems)$/,
  ],
];

describe.skipIf(missing("moto_server"))("the loop in an account", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  }, 60_000);
  afterAll(() => rig?.stop());
  beforeEach(async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined); // what Lambda would keep
    await rig.fresh();
  });
  afterEach(() => void vi.restoreAllMocks());

  /** Everybody at work for some beats: how each run ended, what was decided on the way, and what is kept. */
  async function live(beats: number) {
    const clock = clockwork(noon, 4);
    const { probers, analyzer } = entriesOf(rig, clock);
    const ended = await minute(clock, [...probers, analyzer], { due: noon, beats });
    const store = readerOf(rig, clock.now);
    const phases = (await store.decisions(50)).toReversed().map((d) => d.to);
    return { ended, store, phases: phases.filter((to, i) => to !== phases[i - 1]) };
  }

  test("all well: every beat is done, every round kept, nobody moved, and the lever says so each beat", async () => {
    const { ended, store, phases } = await live(3);
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

  test("users of the primary are hurt: the standby is filled, the lever pulled, and users arrive", async () => {
    rig.weather.ill.add(primary);
    const { store, phases } = await live(14);
    expect(phases).toEqual(["doubting", "preparing", "shifting", "verifying", "away"]);
    expect(rig.isDrained()).toBe(true);
    expect(await store.unconfirmed()).toEqual([]);
    // Of the region being left nothing is asked but what its own vantage point has to say.
    const [there, elsewhere] = [true, false].map((is) =>
      rig.judges.calls.filter(({ host }) => host.includes(primary) === is),
    );
    expect([...new Set(there?.map(({ host, action }) => `${host} ${action}`))]).toEqual([
      `dynamodb.${primary}.amazonaws.com Query`,
    ]);
    expect(trespasses(elsewhere ?? [], primary, [...moves, ...follows, ...keeping])).toEqual([]);
  });

  test("the primary's whole API is lost besides: that is one lost voice, and users are moved all the same", async () => {
    rig.weather.ill.add(primary);
    rig.weather.lost.add(primary);
    const { store, phases, ended } = await live(14);
    expect(phases.at(-1)).toBe("away");
    expect(rig.isDrained()).toBe(true);
    expect((await store.lastReport())?.assessment.blind.map((b) => b.vantage)).toEqual([primary]);
    // Its own prober says why it could do nothing, for the queue of what was given up.
    expect(ended.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled", "fulfilled"]);
    expect(ended[0]).toMatchObject({
      reason: { message: expect.stringMatching(/did none of its 14 beats: claim a beat: .*\(14×\)/) },
    });
  });

  test("a region whose API alone is lost is not held for ill, and nobody is moved", async () => {
    rig.weather.lost.add(primary);
    const { store, phases } = await live(6);
    expect(phases).toEqual([]);
    expect(rig.isDrained()).toBe(false);
    const [first] = (await store.lastReport())?.assessment.regions ?? [];
    expect(first?.score).toBe(1);
  });
});
