/** tests · infra/simulated. Route 53 between the lever and the users: its checkers ask at their own pace, whatever was
 *  before. */
import { describe, expect, test } from "vitest";
import { names } from "../../../infra/simulated/names.ts";

const tasks = new Map([
  ["us-east-1", 4],
  ["us-west-2", 4],
]);

/** Ticks from the primary's death until the name leads elsewhere, after so many calm ones. */
function ticksToLeave(calmTicks: number, cadenceMs: number, intervalMs: number): number {
  let dead = false;
  const passShare = (region: string) => (dead && region === "us-east-1" ? 0 : 1);
  const named = names({ cadenceMs, intervalMs, passShare, draw: () => 0 });
  let now = 0;
  const answer = () => {
    now += cadenceMs;
    return named.answer(now, false, tasks);
  };
  for (let t = 0; t < calmTicks; t++) expect(answer()).toBe("us-east-1");
  dead = true;
  for (let ticks = 1; ticks < 100; ticks++) if (answer() === "us-west-2") return ticks;
  throw new Error("the name never led elsewhere");
}

describe("three asks in a row, at the checkers' pace, however long all was calm before", () => {
  test.each([
    { cadenceMs: 10_000, intervalMs: 10_000, ticks: [3] },
    { cadenceMs: 60_000, intervalMs: 10_000, ticks: [1] },
    { cadenceMs: 60_000, intervalMs: 30_000, ticks: [2] },
    { cadenceMs: 10_000, intervalMs: 30_000, ticks: [7, 8, 9] },
  ])("every $intervalMs ms, looked at every $cadenceMs ms", ({ cadenceMs, intervalMs, ticks }) => {
    for (let calm = 0; calm < 12; calm++) expect(ticks).toContain(ticksToLeave(calm, cadenceMs, intervalMs));
  });
});
