/** The analyzer in an account, through many plots of what may go wrong between it and AWS. */
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { missing } from "../../machine.ts";
import { leverKinds } from "./levers.ts";
import { openRig, type Rig } from "./rig.ts";
import { type Fault, kinds, live, type Plot, plot, wrongs } from "./troubled.ts";

const beatMs = 2_000;

describe.skipIf(missing("moto_server"))("whatever goes wrong on the way to AWS", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  }, 60_000);
  afterAll(() => rig?.stop(), 60_000);
  beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
  afterEach(() => void vi.restoreAllMocks());

  test.each(leverKinds)(
    "users who are hurt are moved once, with every kind of fault on the way: %s",
    async (lever) => {
      const faults = kinds.map((kind, i): Fault => ({ beat: i + 1, call: 3 * i, kind }));
      const eventful: Plot = { lever, ill: "primary", faults, twins: [4], skews: [] };
      expect(wrongs(eventful, await live(rig, eventful, beatMs))).toEqual([]);
    },
  );

  test("nothing is lost, nothing doubled, nobody moved wrongly, and every beat ends in time", async () => {
    await fc.assert(
      fc.asyncProperty(plot, async (any) => {
        expect(wrongs(any, await live(rig, any, beatMs))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
