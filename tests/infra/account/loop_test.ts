/** The whole loop in an account, over real HTTP: probers in three regions, DynamoDB in each, the analyzer, its lever and the
 *  standby's tasks. The real entries, on a clock of ours. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { missing } from "../../machine.ts";
import { follows, moves, trespasses } from "./planes.ts";
import { live, openRig, primary, type Rig } from "./rig.ts";

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
  afterAll(() => rig?.stop(), 60_000);
  beforeEach(async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined); // what Lambda would keep
    vi.spyOn(process.stdout, "write").mockImplementation(() => true); // and the metrics in it
    await rig.fresh();
  });
  afterEach(() => void vi.restoreAllMocks());

  test("users of the primary are hurt: the standby is filled, the lever pulled, and users arrive", async () => {
    rig.weather.ill.add(primary);
    const { store, phases } = await live(rig, noon, 10);
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
  }, 120_000); // some seven hundred calls, on a machine that may be busy
});
