/** tests · infra/simulated. Route 53 between the lever and the users: its checkers ask at their own pace, whatever was
 *  before. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as route53 from "../../../infra/route53.ts";
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

/** The same with nothing left out: every checker asks each time, every period is judged. */
function patient(cadenceMs: number, intervalMs: number, passShare: (region: string) => number) {
  const [primary, standby] = ["us-east-1", "us-west-2"];
  const checkers = ["a", "b", "c", "d", "e"];
  const layout = { primary, standby, checkers, intervalMs, failureThreshold: 3, alarmPeriodMs: 60_000 };
  const plan = route53.failoverPlan(layout);
  let state = route53.begin(plan);
  let asked = 0;
  return (now: number, drained: boolean, running: ReadonlyMap<string, number>) => {
    state = route53.publish(state, route53.checkIds(primary).drain, now, drained ? 1 : 0);
    for (asked += cadenceMs; asked >= intervalMs; asked -= intervalMs) {
      for (const region of [primary, standby]) {
        const check = route53.checkIds(region).endpoint;
        for (const checker of checkers)
          state = route53.hear(plan, state, check, checker, passShare(region) === 1);
      }
    }
    state = route53.judge(plan, state, now + cadenceMs);
    const targets = Object.fromEntries(
      [...running].map(([region, n]) => [region, { registered: n, healthy: n }]),
    );
    return route53.answer(plan, state, targets).region;
  };
}

/** Something is so for a while. */
const stretch = fc.record({
  ticks: fc.integer({ min: 1, max: 9 }),
  primaryAnswers: fc.boolean(),
  standbyAnswers: fc.boolean(),
  drained: fc.boolean(),
  standbyRuns: fc.constantFrom(0, 1, 4),
});

test("what is left out as nothing would come of it changes no answer", () => {
  fc.assert(
    fc.property(
      fc.array(stretch, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(10_000, 60_000, 120_000),
      fc.constantFrom(10_000, 30_000),
      fc.integer({ min: 0, max: 59 }),
      (stretches, cadenceMs, intervalMs, second) => {
        let here = stretches[0];
        const passShare = (region: string) =>
          Number(region === "us-east-1" ? here?.primaryAnswers : here?.standbyAnswers);
        const named = names({ cadenceMs, intervalMs, passShare, draw: () => 0 });
        const expected = patient(cadenceMs, intervalMs, passShare);
        let now = second * 1_000;
        for (const next of stretches) {
          here = next;
          const running = new Map([...tasks, ["us-west-2", next.standbyRuns]]);
          for (let t = 0; t < next.ticks; t++) {
            now += cadenceMs;
            expect(named.answer(now, next.drained, running)).toBe(expected(now, next.drained, running));
          }
        }
      },
    ),
  );
});
