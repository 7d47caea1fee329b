/** tests · analyzer. Rules are checked together, at the start. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { may, whyNot } from "../../analyzer/phases.ts";
import { localPace, parseRules, type Rules } from "../../analyzer/rules.ts";
import { span } from "../../analyzer/spans.ts";
import { BadInput, Phase, Request } from "../../store/records.ts";

test("parseRules() fills in the defaults the field knows", () => {
  expect(parseRules({})).toMatchObject({
    mode: "automatic",
    healthThreshold: 0.7,
    responseTimeThresholdMs: 5000,
    consecutiveFailuresThreshold: 3,
  });
});

test("the page of rules has each of them, with its default and the laptop's", () => {
  const page = readFileSync(new URL("../../docs/rules.md", import.meta.url), "utf8");
  const told = [...page.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) ?\| (.+) \|$/gm)].map(([, ...row]) => row);
  const says = (name: string, value: unknown) =>
    value === undefined
      ? ""
      : !name.endsWith("Ms")
        ? String(value)
        : value === 1_500
          ? "1.5 s"
          : span(Number(value));
  const laptop: Partial<Record<string, number>> = localPace;
  const expected = Object.entries(parseRules({})).map(([name, value]) => [
    name,
    says(name, value),
    says(name, laptop[name]),
  ]);
  expect(told.map((row) => row.slice(0, 3))).toEqual(expected);
});

test("the laptop's pace changes times only, never what counts as trouble", () => {
  const changed = Object.keys(localPace).filter((name) => !name.endsWith("Ms"));
  expect(changed).toEqual([]);
  expect(() => parseRules(localPace)).not.toThrow();
});

test.each([
  [{ healthTreshold: 0.7 }, /healthTreshold/],
  [{ healthThreshold: 7 }, /healthThreshold.*<=1; got 7/],
  [{ mode: "auto" }, /mode.*"automatic"\|"approve"\|"observe".*got "auto"/],
  [{ consecutiveFailuresThreshold: 0 }, /consecutiveFailuresThreshold.*got 0/],
  [{ consecutiveFailuresThreshold: 20 }, /must not exceed windowRounds/],
  [{ calmRounds: 13, forgiveRounds: 20 }, /calmRounds must not exceed windowRounds/],
  [{ cooldownMs: 90_000_000 }, /cooldownMs must not exceed flipBudgetMs/],
  [{ hurtShare: 0 }, /hurtShare must be above 0/],
  [{ healthThreshold: 0 }, /healthThreshold must be above 0, or every region is fit/],
  [{ coverageMin: 0 }, /coverageMin must be above 0/],
  [{ arrivedShare: 0 }, /arrivedShare must be above 0/],
  [{ prepareRisk: 0 }, /prepareRisk must be above 0/],
  [{ confirmRounds: 13 }, /confirmRounds must not exceed windowRounds \(12\)/],
  [{ responseTimePercentile: 1 }, /responseTimePercentile must be below 1/],
  [{ responseTimePercentile: 0.7 }, /responseTimePercentile must be .* at least 0.8.*got 0.7/],
  [{ recoveryPointMs: 500 }, /gracefulLagMs must not exceed recoveryPointMs \(500\); got 1000/],
  [{ selfTestEveryMs: 1000 }, /selfTestPatienceMs must be below selfTestEveryMs/],
  [{ cadenceMs: 200_000 }, /verifyMs must be at least verifyRounds times cadenceMs \(600000\)/],
  [{ mode: "approve", failback: "automatic" }, /failback automatic needs mode automatic/],
])("parseRules() refuses %j and says why", (input, says) => {
  expect(() => parseRules(input)).toThrow(BadInput);
  expect(() => parseRules(input)).toThrow(says);
});

const anyThresholds = {
  mode: fc.constantFrom("automatic", "approve", "observe"),
  failback: fc.constantFrom("approve", "automatic"),
  cadenceMs: fc.constantFrom(1_000, 10_000, 60_000, 200_000),
  windowRounds: fc.integer({ min: 1, max: 15 }),
  calmRounds: fc.integer({ min: 1, max: 15 }),
  confirmRounds: fc.integer({ min: 1, max: 15 }),
  consecutiveFailuresThreshold: fc.integer({ min: 1, max: 15 }),
  forgiveRounds: fc.integer({ min: 1, max: 15 }),
  hurtShare: fc.constantFrom(0, 0.1, 0.3, 1),
  responseTimePercentile: fc.constantFrom(0, 0.5, 0.75, 0.95, 1),
  healthThreshold: fc.constantFrom(0, 0.5, 1),
  arrivedShare: fc.constantFrom(0, 0.5, 1),
  cooldownMs: fc.constantFrom(1, 60_000, 10 ** 9),
  recoveryPointMs: fc.constantFrom(1, 60_000),
  verifyRounds: fc.integer({ min: 1, max: 15 }),
  selfTestEveryMs: fc.constantFrom(1, 60_000, 10 ** 6),
};
/** A few at a time: all of them at once nearly always contradict each other. */
const anyRules = fc
  .tuple(fc.record(anyThresholds), fc.subarray(Object.keys(anyThresholds), { maxLength: 5 }))
  .map(([all, changed]) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => changed.includes(name))),
  );

test("any rules that are accepted can be lived by: nothing in them makes another of them idle or impossible", () => {
  let accepted = 0;
  fc.assert(
    fc.property(anyRules, (input) => {
      let r: Rules;
      try {
        r = parseRules(input);
      } catch (error) {
        expect(error).toBeInstanceOf(BadInput);
        return;
      }
      accepted++;
      for (const rounds of [r.calmRounds, r.confirmRounds, r.consecutiveFailuresThreshold])
        expect(rounds).toBeLessThanOrEqual(r.windowRounds); // what is counted lies within what is looked at
      expect(r.forgiveRounds).toBeGreaterThanOrEqual(r.calmRounds);
      expect(r.verifyMs / r.cadenceMs).toBeGreaterThanOrEqual(r.verifyRounds);
      expect(r.requestPatienceMs / r.cadenceMs).toBeGreaterThanOrEqual(r.verifyRounds);
      expect(r.cooldownMs).toBeLessThanOrEqual(r.flipBudgetMs);
      expect(r.gracefulLagMs).toBeLessThanOrEqual(r.recoveryPointMs);
      expect(1 - r.responseTimePercentile).toBeLessThanOrEqual(r.hurtShare + 1e-9);
      for (const share of [r.hurtShare, r.healthThreshold, r.arrivedShare, r.coverageMin, r.prepareRisk])
        expect(share).toBeGreaterThan(0);
      expect(r.failback === "automatic" && r.mode !== "automatic").toBe(false);
    }),
    { numRuns: 1_000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

test("whyNot() has a reason exactly where the table forbids", () => {
  for (const phase of Phase.options) {
    for (const kind of Request.shape.kind.options) {
      expect(whyNot(kind, phase) === null).toBe(may[kind].includes(phase));
    }
  }
});
