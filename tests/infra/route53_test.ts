/** Route 53's rules on virtual time: stories first, then the same rules against histories nobody thought of. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as route53 from "../../infra/route53.ts";
import { BadInput } from "../../store/records.ts";

const [home, away] = ["us-east-1", "us-west-2"] as const;
const checkers = ["a", "b", "c", "d", "e"] as const;
const plan = route53.failoverPlan({
  primary: home,
  standby: away,
  checkers,
  intervalMs: 10_000,
  failureThreshold: 3,
  alarmPeriodMs: 60_000,
});
const { drain, endpoint, serve } = route53.checkIds(home);
const fit = { [home]: { registered: 4, healthy: 4 }, [away]: { registered: 1, healthy: 1 } };

/** Every checker hears the same, `times` over. */
function all(state: route53.State, region: string, passed: boolean, times: number): route53.State {
  const id = route53.checkIds(region).endpoint;
  let next = state;
  for (let i = 0; i < times; i++)
    for (const checker of checkers) next = route53.hear(plan, next, id, checker, passed);
  return next;
}
/** The drain metric says `value` at `at`, and its period ends. */
const say = (state: route53.State, at: number, value: number) =>
  route53.judge(plan, route53.publish(state, drain, at, value), at + 60_000);
const leads = (state: route53.State, targets: Record<string, route53.Targets> = fit) =>
  route53.answer(plan, state, targets).region;

describe("the failover pair", () => {
  test("a new name leads home before anybody has checked anything", () => {
    expect(leads(route53.begin(plan))).toBe(home);
  });

  test("three failures in a row at every checker move the name; two do not", () => {
    const start = route53.begin(plan);
    expect(leads(all(start, home, false, 2))).toBe(home);
    expect(leads(all(start, home, false, 3))).toBe(away);
  });

  test("one checker in five that still gets through keeps the name home: 20 % is above 18 %", () => {
    let state = route53.begin(plan);
    for (const checker of checkers.slice(1))
      for (let i = 0; i < 9; i++) state = route53.hear(plan, state, endpoint, checker, false);
    expect(leads(state)).toBe(home);
  });

  test("a failure between two passes starts the count again", () => {
    let state = route53.begin(plan);
    for (let i = 0; i < 20; i++) state = all(all(state, home, false, 2), home, true, 1);
    expect(leads(state)).toBe(home);
  });

  test("it comes back by itself after three passes, which is why Holdfast latches", () => {
    const gone = all(route53.begin(plan), home, false, 5);
    expect(leads(all(gone, home, true, 2))).toBe(away);
    expect(leads(all(gone, home, true, 3))).toBe(home);
  });

  test("both unhealthy: the primary answers", () => {
    const state = all(all(route53.begin(plan), home, false, 3), away, false, 3);
    expect(route53.answer(plan, state, fit)).toMatchObject({
      region: home,
      why: expect.stringContaining("both are unhealthy"),
    });
  });

  test("an unhealthy secondary changes nothing while the primary is well", () => {
    expect(leads(all(route53.begin(plan), away, false, 3))).toBe(home);
  });

  test("a standby without tasks cannot take over: its load balancer has no targets", () => {
    const state = all(route53.begin(plan), home, false, 3);
    const empty = { ...fit, [away]: { registered: 0, healthy: 0 } };
    expect(leads(state, empty)).toBe(home);
    const tolerant = { ...plan, facts: { ...plan.facts, emptyTargetsHealthy: true } };
    expect(route53.answer(tolerant, state, empty).region).toBe(away);
  });

  test("targets that are all unhealthy count as none, whatever is said of empty ones", () => {
    const tolerant = { ...plan, facts: { ...plan.facts, emptyTargetsHealthy: true } };
    const ill = { ...fit, [home]: { registered: 4, healthy: 0 } };
    expect(route53.answer(tolerant, route53.begin(tolerant), ill).region).toBe(away);
  });
});

describe("the lever", () => {
  test("1 drains, 0 brings back, once the period has ended", () => {
    const pulled = route53.publish(route53.begin(plan), drain, 1_000, 1);
    expect(leads(route53.judge(plan, pulled, 59_999))).toBe(home);
    const drained = route53.judge(plan, pulled, 60_000);
    expect(leads(drained)).toBe(away);
    expect(leads(say(drained, 61_000, 0))).toBe(home);
  });

  test("silence keeps the last known status, for days", () => {
    const drained = say(route53.begin(plan), 1_000, 1);
    expect(leads(route53.judge(plan, drained, 5 * 86_400_000))).toBe(away);
  });

  test("a drained primary stays away however healthy its endpoint is", () => {
    expect(leads(all(say(route53.begin(plan), 1_000, 1), home, true, 50))).toBe(away);
  });

  test("two voices in one period: the higher counts, so a drain is not lost", () => {
    const state = route53.publish(route53.begin(plan), drain, 1_000, 1);
    expect(leads(say(state, 2_000, 0))).toBe(away);
  });

  test("a point that comes late counts in the period still open", () => {
    const later = route53.judge(plan, route53.begin(plan), 600_000);
    const state = route53.publish(later, drain, 1_000, 1);
    expect(leads(route53.judge(plan, state, 660_000))).toBe(away);
  });

  test("with the standby ill the primary is answered although it is drained: somebody must answer", () => {
    expect(leads(all(say(route53.begin(plan), 1_000, 1), away, false, 3))).toBe(home);
  });

  test("a restart of the model forgets neither the drain nor the checkers' minds", () => {
    const before = all(say(route53.begin(plan), 1_000, 1), away, false, 3);
    const after = route53.begin(plan, JSON.parse(JSON.stringify(route53.remember(before))));
    for (const { id } of plan.checks)
      expect(route53.healthy(plan, after, id)).toBe(route53.healthy(plan, before, id));
  });
});

describe("kinds of checks", () => {
  const alone = (check: route53.Check): route53.Plan => ({
    ...plan,
    checks: [check],
    primary: { ...plan.primary, checkId: check.id },
    secondary: { ...plan.secondary, checkId: null },
  });
  const single = {
    id: "x",
    kind: "endpoint",
    checkers: ["a"],
    intervalMs: 10_000,
    failureThreshold: 1,
  } as const;
  const metric = { id: "x", kind: "metric", periodMs: 60_000, threshold: 1 } as const;

  test("an inverted check starts unhealthy and turns the verdict round", () => {
    const inverted = alone({ ...single, inverted: true });
    const start = route53.begin(inverted);
    expect(route53.healthy(inverted, start, "x")).toBe(false);
    expect(route53.healthy(inverted, route53.hear(inverted, start, "x", "a", false), "x")).toBe(true);
  });

  test("a disabled check is healthy whatever it heard; disabled and inverted stops traffic", () => {
    const disabled = alone({ ...single, disabled: true });
    const ill = route53.hear(disabled, route53.begin(disabled), "x", "a", false);
    expect(route53.healthy(disabled, ill, "x")).toBe(true);
    const stopped = alone({ ...single, disabled: true, inverted: true });
    expect(route53.healthy(stopped, route53.begin(stopped), "x")).toBe(false);
  });

  test.each([
    ["Healthy", true],
    ["Unhealthy", false],
    ["LastKnownStatus", true], // a new one with nothing known counts as healthy
  ] as const)("a metric never heard counts as told: %s", (insufficientData, expected) => {
    const quiet = alone({ ...metric, insufficientData });
    expect(route53.healthy(quiet, route53.judge(quiet, route53.begin(quiet), 600_000), "x")).toBe(expected);
  });

  test.each([
    ["Healthy", true],
    ["Unhealthy", false],
    ["LastKnownStatus", false],
  ] as const)("a metric in alarm that falls silent counts as told: %s", (insufficientData, expected) => {
    const quiet = alone({ ...metric, insufficientData });
    const alarmed = route53.publish(route53.begin(quiet), "x", 1_000, 1);
    expect(route53.healthy(quiet, route53.judge(quiet, alarmed, 60_000), "x")).toBe(false);
    expect(route53.healthy(quiet, route53.judge(quiet, alarmed, 120_000), "x")).toBe(expected);
  });

  test.each([
    [0, 0, true], // a threshold of 0 is always healthy
    [1, 1, true],
    [1, 2, false],
    [3, 4, false], // more than there are children: never healthy
  ])("a calculated check with %i of 3 healthy and threshold %i", (well, threshold, expected) => {
    const ids = ["p", "q", "r"];
    const children = ids.map((id): route53.Check => ({ ...single, id }));
    const made = {
      ...plan,
      checks: [...children, { id: serve, kind: "calculated", children: ids, threshold }],
    } as const;
    const calculated: route53.Plan = { ...made, secondary: { ...plan.secondary, checkId: null } };
    let state = route53.begin(calculated);
    for (const id of ids.slice(well)) state = route53.hear(calculated, state, id, "a", false);
    expect(route53.healthy(calculated, state, serve)).toBe(expected);
  });

  test.each([
    ["connected and answered in time", { connectMs: 4_000, status: 200, answerMs: 2_000 }, true],
    ["a redirect is an answer", { connectMs: 10, status: 399, answerMs: 10 }, true],
    ["connected too late", { connectMs: 4_001, status: 200, answerMs: 10 }, false],
    ["answered too late", { connectMs: 10, status: 200, answerMs: 2_001 }, false],
    ["a client error", { connectMs: 10, status: 404, answerMs: 10 }, false],
    ["a server error", { connectMs: 10, status: 503, answerMs: 10 }, false],
    ["cut after connecting", { connectMs: 10, status: null, answerMs: null }, false],
    ["never connected", { connectMs: null, status: null, answerMs: null }, false],
  ])("an ask: %s", (_, ask, expected) => {
    expect(route53.passes(ask, route53.facts)).toBe(expected);
  });

  test.each([
    ["a child that is not there", { id: "x", kind: "calculated", children: ["y"], threshold: 1 }],
    ["a circle", { id: "x", kind: "calculated", children: ["x"], threshold: 1 }],
    ["too many children", { id: "x", kind: "calculated", children: Array(256).fill("x"), threshold: 1 }],
    ["a threshold below 0", { id: "x", kind: "calculated", children: [], threshold: -1 }],
    ["no checkers", { ...single, checkers: [] }],
    ["a failure threshold of 11", { ...single, failureThreshold: 11 }],
    ["no interval", { ...single, intervalMs: 0 }],
    ["no period", { ...metric, periodMs: 0, insufficientData: "Healthy" }],
  ] as [string, route53.Check][])("refuses %s", (_, check) => {
    expect(() => route53.begin(alone(check))).toThrow(BadInput);
  });

  test("refuses the same id twice, and a record whose check is not there", () => {
    expect(() => route53.begin({ ...alone(single), checks: [single, single] })).toThrow(/x twice/);
    expect(() => route53.begin({ ...plan, checks: [] })).toThrow(/Cannot find check serve-us-east-1/);
  });
});

// ---- any history -----------------------------------------------------------------------------------------

type Event =
  | { kind: "hear"; region: string; checker: string; passed: boolean }
  | { kind: "publish"; value: number }
  | { kind: "wait"; ms: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("hear"),
      region: fc.constantFrom(home, away),
      checker: fc.constantFrom(...checkers),
      passed: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("publish"), value: fc.constantFrom(0, 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 1, max: 200_000 }) }),
  },
) as fc.Arbitrary<Event>;
const history = fc.array(event, { maxLength: 400 });

/** Plays a history; `often` also judges in between, which must not matter. */
function play(events: readonly Event[], often: boolean): { state: route53.State; now: number } {
  let state = route53.begin(plan);
  let now = 0;
  for (const e of events) {
    if (e.kind === "hear")
      state = route53.hear(plan, state, route53.checkIds(e.region).endpoint, e.checker, e.passed);
    if (e.kind === "publish") state = route53.publish(state, drain, now, e.value);
    if (e.kind === "wait") now += e.ms;
    if (often) state = route53.judge(plan, state, now);
  }
  return { state: route53.judge(plan, state, now), now };
}

/** Told from the whole history, not step by step: the last run of three decides what a checker thinks. */
function thinks(events: readonly Event[], region: string, checker: string): boolean {
  const heard = events.flatMap((e) =>
    e.kind === "hear" && e.region === region && e.checker === checker ? [e.passed] : [],
  );
  for (let end = heard.length; end >= 3; end--) {
    const run = heard.slice(end - 3, end);
    if (run.every((passed) => passed === run[0])) return run[0] === true;
  }
  return true;
}
const endpointWell = (events: readonly Event[], region: string) =>
  checkers.filter((c) => thinks(events, region, c)).length / checkers.length > 0.18;

/** The highest value of the last ended minute that has any. */
function drained(events: readonly Event[]): boolean {
  let now = 0;
  const minutes = new Map<number, number[]>();
  for (const e of events) {
    if (e.kind === "wait") now += e.ms;
    if (e.kind !== "publish") continue;
    const minute = Math.floor(now / 60_000);
    minutes.set(minute, [...(minutes.get(minute) ?? []), e.value]);
  }
  const ended = [...minutes.keys()].filter((minute) => minute < Math.floor(now / 60_000));
  return Math.max(...(minutes.get(Math.max(...ended)) ?? [0])) >= 1;
}

describe("over any history", () => {
  test("the answer is what the whole history says", () => {
    fc.assert(
      fc.property(history, (events) => {
        const { state } = play(events, false);
        const homeWell = endpointWell(events, home) && !drained(events);
        const awayWell = endpointWell(events, away);
        expect(leads(state)).toBe(!homeWell && awayWell ? away : home);
      }),
      { numRuns: 500 },
    );
  });

  test("how often the periods are judged changes no answer", () => {
    fc.assert(
      fc.property(history, (events) => {
        const [seldom, often] = [play(events, false), play(events, true)];
        expect(leads(often.state)).toBe(leads(seldom.state));
      }),
    );
  });

  test("time alone changes no answer", () => {
    fc.assert(
      fc.property(history, fc.nat(1e9), (events, ms) => {
        // The period still open may end and speak; after that, silence.
        const { state, now } = play([...events, { kind: "wait", ms: 60_000 }], false);
        expect(leads(route53.judge(plan, state, now + ms))).toBe(leads(state));
      }),
    );
  });

  test("a restart changes no answer", () => {
    fc.assert(
      fc.property(history, (events) => {
        const { state } = play(events, false);
        expect(leads(route53.begin(plan, route53.remember(state)))).toBe(leads(state));
      }),
    );
  });

  test("a dead endpoint is found after more than two intervals and at most three, whatever the checkers' phases", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 0, max: 1e9 }),
        (phases, diedAt) => {
          let state = route53.begin(plan);
          const asks = checkers.flatMap((checker, i) => {
            let at = diedAt;
            return [1, 2, 3, 4].map(() => {
              at = route53.nextAskAt(10_000, phases[i] ?? 0, at);
              return { at, checker };
            });
          });
          let foundAt: number | null = null;
          for (const { at, checker } of asks.sort((a, b) => a.at - b.at)) {
            state = route53.hear(plan, state, endpoint, checker, false);
            if (foundAt === null && leads(state) === away) foundAt = at;
          }
          expect(foundAt).toBeGreaterThan(diedAt + 20_000);
          expect(foundAt).toBeLessThanOrEqual(diedAt + 30_000);
        },
      ),
    );
  });

  test("nothing that was handed in is changed", () => {
    fc.assert(
      fc.property(history, (events) => {
        const { state, now } = play(events, false);
        const before = JSON.stringify(state);
        all(state, home, false, 3);
        route53.judge(plan, route53.publish(state, drain, now, 1), now + 90_000);
        expect(JSON.stringify(state)).toBe(before);
      }),
      { numRuns: 50 },
    );
  });
});
