/** tests · analyzer. An assessment takes over from the last one what follows from words that have not changed. It must
 *  never be another than one made from nothing but what was heard. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { assess } from "../../analyzer/assess.ts";
import { parseRules } from "../../analyzer/rules.ts";
import { topology } from "../../infra/simulated/stage.ts";
import type { Assessment, Observation, Round, Target, Vantage } from "../../store/records.ts";

const house = topology(2, ["us-west-2"]);
const rules = parseRules({ windowRounds: 6 }); // a window is soon full, and then one is like the one before
const start = Date.UTC(2026, 0, 1);

/** What a vantage point does in a step: speaks, of what is wrong for it; or not; or says once more what it said before. */
type Says = {
  does: "speak" | "skip" | "repeat" | "repeat a copy" | "correct";
  wrong: Wrong;
  skewMs: number;
};
type Wrong = "as before" | "nothing" | "app" | "service" | "slow" | "blind" | "few tasks" | "unknown" | "lag";

const says: fc.Arbitrary<Says> = fc.record({
  does: fc.oneof(
    { weight: 8, arbitrary: fc.constant("speak" as const) },
    fc.constantFrom("skip", "repeat", "repeat a copy", "correct"),
  ),
  wrong: fc.oneof(
    { weight: 10, arbitrary: fc.constant("as before" as const) },
    fc.constantFrom<Wrong>("nothing", "app", "service", "slow", "blind", "few tasks", "unknown", "lag"),
  ),
  skewMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    fc.constantFrom(-25_000, -5_000, -1, 3_000, 12_000),
  ),
});
const steps = fc.array(
  fc.record({
    says: fc.tuple(says, says, says),
    lost: fc.constantFrom(null, null, null, 0, 1, 2), // of this one nothing arrives for a while
    restarts: fc.boolean(),
    calmFor: fc.constantFrom(0, 0, 1, 9), // ticks after it, in which everybody speaks as before
  }),
  { minLength: 3, maxLength: 8 },
);
const calm: Says = { does: "speak", wrong: "as before", skewMs: 0 };

function answer(target: Target, vantage: string, at: number, wrong: Wrong): Observation {
  const { id, kind, purpose, service, region } = target;
  const running = wrong === "few tasks" ? 1 : 4;
  const facts =
    purpose === "capacity"
      ? { running, desired: 4 }
      : purpose === "data"
        ? { lagMs: wrong === "lag" ? 90_000 : 200 }
        : purpose === "route"
          ? { servedBy: "us-east-1" }
          : {};
  const heard = { at, vantage, target: id, kind, purpose, service, region, facts };
  const here = region === "us-east-1";
  if (wrong === "blind" || (wrong === "unknown" && here))
    return { ...heard, verdict: "unknown", reason: "unreachable", latencyMs: null };
  const fails =
    (wrong === "app" && purpose === "workload") || (wrong === "service" && service === "dynamodb");
  if (fails && here) return { ...heard, verdict: "down", reason: "timeout", latencyMs: null };
  const latencyMs = wrong === "slow" && purpose === "workload" && here ? 9_000 : 20;
  return { ...heard, verdict: "up", reason: null, latencyMs };
}

const roundOf = ({ id, region }: Vantage, at: number, wrong: Wrong): Round => ({
  vantage: id,
  vantageRegion: region,
  at,
  tookMs: 100,
  blind: wrong === "blind",
  observations: house.targets.map((t) => answer(t, id, at, wrong)),
});

test("what is taken over from the last assessment is what would be found anew, whoever skips, repeats, errs or is lost", () => {
  let takenOver = 0;
  fc.assert(
    fc.property(steps, (history) => {
      const kept = new Map<string, Round>(); // by vantage point and instant, as a store keeps them
      const wrong: Wrong[] = ["nothing", "nothing", "nothing"];
      const newest: (Round | undefined)[] = [];
      let before: Assessment | null = null;
      const ticks = history.flatMap(({ calmFor, ...step }) => [
        step,
        ...Array.from({ length: calmFor }, () => ({ says: [calm, calm, calm], lost: null, restarts: false })),
      ]);
      ticks.forEach(({ says, lost, restarts }, t) => {
        const now = start + t * rules.cadenceMs;
        says.forEach((said, v) => {
          const vantage = house.vantages[v];
          const last = newest[v];
          if (said.wrong !== "as before") wrong[v] = said.wrong;
          if (!vantage || v === lost || said.does === "skip") return;
          const round =
            last === undefined || said.does === "speak"
              ? roundOf(vantage, now - 500 + said.skewMs, wrong[v] ?? "nothing")
              : said.does === "repeat"
                ? last
                : said.does === "repeat a copy"
                  ? structuredClone(last)
                  : roundOf(vantage, last.at, wrong[v] ?? "nothing");
          newest[v] = round;
          kept.set(`${round.vantage} ${round.at}`, round);
        });
        if (restarts) before = null;
        const rounds = [...kept.values()].sort((a, b) => a.at - b.at || a.vantage.localeCompare(b.vantage));
        const heard = { rounds, voices: [], anomalies: [], before, now };
        const known: Assessment = assess(heard, house, rules);
        if (known.services === before?.services) takenOver++;
        expect(known).toEqual(assess(heard, structuredClone(house), rules));
        before = known;
      });
    }),
    { numRuns: 50 },
  );
  expect(takenOver).toBeGreaterThan(20); // or nothing was looked at
});
