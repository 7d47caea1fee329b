/** tests · infra/simulated. Days of trouble against the real loop; and the proof that the simulator can say no. */
import { expect, test } from "vitest";
import { simulate } from "../../../infra/simulated/simulate.ts";

test("promises hold, no loss is missed and no move is wrong, over days dense with trouble", async () => {
  const report = await simulate({ days: 5, seed: 7 });
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ ticks: 5 * 1440, missed: 0, wrongMoves: 0 });
  expect(report.realLosses).toBeGreaterThan(1);
  expect(report.moved).toBeGreaterThan(1);
});

test("a grey region, which Route 53's own checks pass, is left within a few rounds at an account's cadence", async () => {
  const incidents = [{ kind: "grey", where: "us-east-1", from: 100, until: 300 } as const];
  const report = await simulate({ days: 0.05, seed: 11, cadenceMs: 10_000, incidents });
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ realLosses: 1, moved: 1, missed: 0, wrongMoves: 0 });
  expect(report.moveTicks.p50).toBeLessThan(30);
});

test("the same seed tells the same days, another seed others", async () => {
  const once = await simulate({ days: 1, seed: 3 });
  expect(await simulate({ days: 1, seed: 3 })).toEqual(once);
  expect(await simulate({ days: 1, seed: 4 })).not.toEqual(once);
});

test("it can say no: two vantage points that lie together move users for nothing, and it is counted", async () => {
  const lie = (where: string) => ({ kind: "lying", where, from: 30, until: 60 }) as const;
  const one = await simulate({ days: 0.1, seed: 5, incidents: [lie("eu-west-1")] });
  const two = await simulate({ days: 0.1, seed: 5, incidents: [lie("eu-west-1"), lie("us-west-2")] });
  expect([one.wrongMoves, two.wrongMoves]).toEqual([0, 1]);
});

test("it can say no: a loop that never moves misses its losses", async () => {
  const report = await simulate({ days: 5, seed: 7, rules: { mode: "observe" } });
  expect(report.moved).toBe(0);
  expect(report.missed).toBeGreaterThan(0);
});
