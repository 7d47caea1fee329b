/** tests · analyzer. Whether the standby could take over, and whether the lever's own test can be believed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { atHome } from "../../analyzer/failover.ts";
import { readiness } from "../../analyzer/readiness.ts";
import { parseRules } from "../../analyzer/rules.ts";
import { judged, tells } from "../../analyzer/self-test.ts";
import { theatre } from "../../infra/simulated/stage.ts";
import { memory } from "../../store/mod.ts";
import type { Assessment, Health, SelfTest, Standing, Topology } from "../../store/records.ts";
import { houseWith } from "../scenarios/script.ts";

const rules = parseRules({});
const now = Date.UTC(2026, 0, 1, 12);
const [home, away, witness] = ["us-east-1", "us-west-2", "eu-west-1"] as const;

const held: SelfTest = {
  at: now - 60_000,
  held: true,
  says: "it followed",
  told: { drained: true, at: now - 90_000 },
};

const house: Topology = {
  ...houseWith([away]),
  targets: [
    ...houseWith([away]).targets,
    {
      id: "page",
      kind: "http",
      service: "app",
      region: away,
      purpose: "workload",
      url: "https://app.example.test/",
    },
  ],
};

const standby: Health = {
  region: away,
  role: "standby",
  score: 1,
  coverage: 1,
  reasons: [],
  votes: [],
  p95Ms: 20,
  capacity: { running: 1, desired: 1, limit: 10 },
  lagMs: 400,
  certificateDays: 60,
};

async function seen(): Promise<Assessment> {
  const show = theatre({}, memory(), () => 0, house);
  return (await show.advance()).assessment;
}
const calm = await seen();

function asked(
  over: Partial<Health> = {},
  rest: { tested?: SelfTest | null; standing?: Partial<Standing>; blind?: string[] } = {},
) {
  const regions = [
    { ...standby, region: home, role: "primary" as const },
    { ...standby, ...over },
  ];
  const blind = (rest.blind ?? []).map((vantage) => ({ vantage, why: "blind" }));
  return readiness(
    { ...calm, at: now, regions, blind },
    { ...atHome(now), ...rest.standing },
    rest.tested === undefined ? held : rest.tested,
    rules,
    house,
  );
}

test("ready when every line is met", () => {
  const { ready, lines } = asked();
  expect(lines.filter((l) => l.met !== true)).toEqual([]);
  expect(ready).toBe(true);
  expect(lines.map((l) => l.id)).toEqual([
    "fit",
    "tasks",
    "limit",
    "recovery-point",
    "certificate",
    "lever",
    "watchers",
    "free",
    "budget",
  ]);
});

test.each<[string, boolean | null, string, Parameters<typeof asked>]>([
  ["fit", null, "unknown", [{ score: null }]],
  ["fit", false, "0.50", [{ score: 0.5 }]],
  ["tasks", null, "unknown", [{ capacity: null }]],
  ["tasks", false, "0 of 1; 4 once scaled up", [{ capacity: { running: 0, desired: 1 } }]],
  ["limit", false, "3 allowed", [{ capacity: { running: 1, desired: 1, limit: 3 } }]],
  ["recovery-point", null, "unknown", [{ lagMs: null }]],
  ["recovery-point", false, "2 min behind", [{ lagMs: 120_000 }]],
  ["certificate", null, "unknown", [{ certificateDays: null }]],
  ["certificate", false, "3 days", [{ certificateDays: 3 }]],
  ["lever", null, "never tested", [{}, { tested: null }]],
  ["lever", false, "60 s ago: it hangs", [{}, { tested: { ...held, held: false, says: "it hangs" } }]],
  ["lever", null, "last tested 2 h ago: it followed", [{}, { tested: { ...held, at: now - 7_200_000 } }]],
  ["watchers", false, "1 of 2", [{}, { blind: [witness] }]],
  [
    "free",
    false,
    "held by ben: no",
    [{}, { standing: { held: { phase: "home", by: "ben", reason: "no" } } }],
  ],
  [
    "free",
    false,
    "maintenance until 12:10 UTC, by ana: racks",
    [
      {},
      {
        standing: {
          windows: [{ id: "w", from: now, until: now + 600_000, region: null, by: "ana", reason: "racks" }],
        },
      },
    ],
  ],
  ["budget", false, "3 spent", [{}, { standing: { moves: [now - 3, now - 2, now - 1] } }]],
])("not ready for %s %s, said as %j", (id, met, value, [over, rest]) => {
  const { ready, lines } = asked(over, rest);
  expect(ready).toBe(false);
  expect(lines.filter((l) => l.met !== true)).toMatchObject([{ id, met, value }]);
});

test("what an audit found is part of it, and what it could not tell is not ready", () => {
  const audited = (met: boolean | null) =>
    readiness(calm, atHome(calm.at), held, rules, house, [
      { id: "records", says: "The records are what the program made", met, value: "as looked up" },
    ]);
  expect(audited(true).lines.at(-1)).toMatchObject({ id: "records", met: true });
  expect([audited(false).ready, audited(null).ready]).toEqual([false, false]);
});

test("what nobody asks about is no line: data, certificates and quotas that are not there", () => {
  const plain = readiness(calm, atHome(calm.at), held, rules, houseWith([]));
  expect(plain.lines.map((l) => l.id)).not.toContain("recovery-point");
  expect(plain.lines.map((l) => l.id)).not.toContain("certificate");
});

/** Lives through minutes of a shadow that answers as `seen` says; null is a call that fails. */
function live(answers: ((told: boolean) => boolean | null)[], stepMs: number): (SelfTest | null)[] {
  let test: SelfTest | null = null;
  return answers.map((answer, i) => {
    const at = now + i * stepMs;
    const told = tells(test, at, rules);
    if (told === null) return test;
    const seen = answer(told.drained);
    test = judged(test, told, { seen, fault: seen === null ? "it does not answer" : null }, at, rules);
    return test;
  });
}

test("a shadow that follows is told one thing and then the other, one test every ten minutes", () => {
  const tests = live(
    Array(60).fill((told: boolean) => told),
    60_000,
  );
  expect(tests.every((t) => t?.held)).toBe(true);
  const told = tests.flatMap((t) => (t?.told ? [`${(t.told.at - now) / 60_000} ${t.told.drained}`] : []));
  expect([...new Set(told)]).toEqual(["0 true", "10 false", "20 true", "30 false", "40 true", "50 false"]);
});

test("a shadow that is stuck fails every second test, and one that cannot be called says why", () => {
  const stuck = live(
    Array(40).fill(() => true),
    60_000,
  );
  expect(stuck.at(9)?.held).toBe(true);
  expect(stuck.at(15)).toMatchObject({ held: false, says: "its shadow did not follow within 4 min" });
  const dead = live(
    Array(10).fill(() => null),
    60_000,
  );
  expect(dead.at(1)).toMatchObject({ at: null, held: null, says: "its first test is under way" });
  expect(dead.at(9)).toMatchObject({ held: false, says: "it does not answer" });
});

test("whatever the shadow answers, a lever is only called working after its shadow was seen as it was told", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(true, false, null), { maxLength: 40 }), (answers) => {
      const seen: { told: boolean; answered: boolean | null }[] = [];
      const tests = live(
        answers.map((answered) => (told: boolean) => {
          seen.push({ told, answered });
          return answered;
        }),
        120_000,
      );
      if (tests.some((t) => t?.held)) expect(seen.some((s) => s.answered === s.told)).toBe(true);
      for (const t of tests) if (t?.held === true) expect(t.says).toContain("followed");
    }),
    { numRuns: 200 },
  );
});

test("the loop tests the lever's shadow after all else, and a shadow that hangs or fails moves nobody and stops nothing", async () => {
  const show = theatre({ selfTestEveryMs: 300_000 });
  const told: boolean[] = [];
  let works = true;
  show.world.traffic.shadow = {
    publish: async (drained) => {
      if (!works) throw new Error("the shadow does not answer");
      told.push(drained);
    },
    drained: async () => told.at(-1) ?? null,
  };
  for (let i = 0; i < 3; i++) await show.advance();
  const lever = async () => (await show.store.lastReport())?.readiness.lines.find((l) => l.id === "lever");
  expect(await lever()).toMatchObject({ met: true });
  works = false;
  for (let i = 0; i < 70; i++) expect((await show.advance()).outcome).toBe("remembered");
  expect(await lever()).toMatchObject({
    met: false,
    value: expect.stringContaining("the shadow does not answer"),
  });
  expect((await show.store.standing())?.phase).toBe("home");
  expect(show.stage.drained).toBeNull();
});
