/** tests · infra/simulated. A thousand days of trouble: more than any team will live through. */
import { expect, test } from "vitest";
import { simulate } from "../../../infra/simulated/simulate.ts";

test("over a thousand days no promise breaks, no loss is missed and no move is wrong", async () => {
  const report = await simulate({ days: 1_000, seed: 2026, compare: true });
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ days: 1_000, ticks: 1_440_000, missed: 0, wrongMoves: 0 });
  expect(report.realLosses).toBeGreaterThan(250);
  expect(report.moveTicks.p50).toBeLessThanOrEqual(3);
  expect(report.compare?.naive.wrongMoves).toBeGreaterThan(0);
  expect(report.compare?.route53.missed).toBeGreaterThan(0);
});

test("at an account's cadence of ten seconds neither", async () => {
  const report = await simulate({ days: 150, seed: 2026, cadenceMs: 10_000 });
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ missed: 0, wrongMoves: 0 });
  expect(report.moveTicks.p50).toBeLessThanOrEqual(3);
});
