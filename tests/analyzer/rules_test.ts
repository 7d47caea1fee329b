/** tests · analyzer. Rules are checked together, at the start. */
import { expect, test } from "vitest";
import { may, whyNot } from "../../analyzer/phases.ts";
import { localPace, parseRules } from "../../analyzer/rules.ts";
import { BadInput, Phase } from "../../store/records.ts";

test("parseRules() fills in the defaults the field knows", () => {
  expect(parseRules({})).toMatchObject({
    mode: "automatic",
    healthThreshold: 0.7,
    responseTimeThresholdMs: 5000,
    consecutiveFailuresThreshold: 3,
  });
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
])("parseRules() refuses %j and says why", (input, says) => {
  expect(() => parseRules(input)).toThrow(BadInput);
  expect(() => parseRules(input)).toThrow(says);
});

test("whyNot() has a reason exactly where the table forbids", () => {
  for (const phase of Phase.options) {
    for (const kind of ["failover", "failback", "approve", "hold", "release"] as const) {
      expect(whyNot(kind, phase) === null).toBe(may[kind].includes(phase));
    }
  }
});
