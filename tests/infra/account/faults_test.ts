/** The analyzer in an account, with every kind of fault at any of its calls. The long tests do many more of these. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { missing } from "../../machine.ts";
import { openRig, type Rig } from "./rig.ts";
import { type Fault, kinds, live, type Plot, wrongs } from "./troubled.ts";

const beatMs = 2_000;

describe.skipIf(missing("moto_server"))("whatever goes wrong on the way to AWS", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  }, 60_000);
  afterAll(() => rig?.stop());
  beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
  afterEach(() => void vi.restoreAllMocks());

  test("users who are hurt are moved once, with every kind of fault on the way", async () => {
    const faults = kinds.map((kind, i): Fault => ({ beat: i + 1, call: 3 * i, kind }));
    const eventful: Plot = { ill: "primary", faults, twins: [4], skews: [] };
    expect(wrongs(eventful, await live(rig, eventful, beatMs))).toEqual([]);
  }, 60_000);
});
