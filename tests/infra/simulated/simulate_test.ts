/** tests · infra/simulated. Days of trouble against the real loop; and the proof that the simulator can say no. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { planOf } from "../../../infra/simulated/block.ts";
import { kinds } from "../../../infra/simulated/kinds.ts";
import { live } from "../../../infra/simulated/life.ts";
import { simulate } from "../../../infra/simulated/simulate.ts";
import { cases, happens } from "./mutants.ts";

/** Days are lived as fast as the machine lets them; nothing is timed by this. */
const patienceMs = 240_000;

test(
  "promises hold, no loss is missed and no move is wrong, over days dense with trouble",
  async () => {
    const report = await simulate({ days: 20, seed: 7 });
    expect(report.violations).toEqual([]);
    expect(report).toMatchObject({ days: 20, ticks: 20 * 1440, missed: 0, wrongMoves: 0 });
    expect(report.realLosses).toBeGreaterThanOrEqual(5);
    expect(report.moved).toBeGreaterThanOrEqual(5);
  },
  patienceMs,
);

test("a grey region, which Route 53's own checks pass, is left within a few rounds at an account's cadence", async () => {
  const incidents = [happens("grey", 20, 60)];
  const report = await simulate({ days: 0.05, seed: 11, cadenceMs: 10_000, incidents });
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ realLosses: 1, moved: 1, missed: 0, wrongMoves: 0 });
  expect(report.moveTicks.p50).toBeLessThan(30);
});

test(
  "the same seed tells the same days, another seed others, whoever lives them",
  async () => {
    const lives = (seed: number, workers: number) => simulate({ days: 2.1, seed, workers }); // two blocks
    const once = await lives(3, 1);
    expect(await lives(3, 2)).toEqual(once);
    expect({ ...(await lives(4, 2)), seed: 3 }).not.toEqual(once);
  },
  patienceMs,
);

test("the first days of a seed are the same however many follow", () => {
  const plan = {
    seed: 3,
    fromDay: 0,
    cadenceMs: 60_000,
    incidentsPerDay: 5,
    wrongVantagesMax: 1,
    rules: {},
    compare: false,
  };
  const few = planOf({ ...plan, incidents: null, days: 2 }, 0);
  const many = planOf({ ...plan, incidents: null, days: 200 }, 0);
  expect({ ...few, ticks: 0 }).toEqual({ ...many, ticks: 0 });
});

test("a day is seen again without those before it", async () => {
  const until = (days: number, fromDay: number) => simulate({ days, fromDay, seed: 9 });
  const [all, before, last] = [await until(2.2, 0), await until(2, 0), await until(2.2, 2)];
  expect([all.ticks, before.ticks, last.ticks]).toEqual([3168, 2880, 288]);
  expect(before.moves + last.moves).toBe(all.moves);
  expect(before.hurtMinutesPerDay * before.days + last.hurtMinutesPerDay * last.days).toBeCloseTo(
    all.hurtMinutesPerDay * all.days,
  );
});

test("it can say no: two vantage points that lie together move users for nothing, and it is counted", async () => {
  const lie = (where: string) => happens("lying", 30, 60, where);
  const one = await simulate({ days: 0.1, seed: 5, incidents: [lie("eu-west-1")] });
  const two = await simulate({ days: 0.1, seed: 5, incidents: [lie("eu-west-1"), lie("us-west-2")] });
  expect([one.wrongMoves, two.wrongMoves]).toEqual([0, 1]);
});

test("it can say no: a loop that never moves misses its losses", async () => {
  const incidents = [happens("hollow", 30, 90)];
  const report = await simulate({ days: 0.1, seed: 7, incidents, rules: { mode: "observe" } });
  expect(report).toMatchObject({ realLosses: 1, moved: 0, missed: 1 });
});

test("it can say no: the naive rule moves for one liar, and Route 53 alone leaves users in a hollow region", async () => {
  const incidents = [happens("lying", 30, 60, "us-west-2"), happens("hollow", 300, 400)];
  const { compare, wrongMoves, missed } = await simulate({ days: 0.4, seed: 5, incidents, compare: true });
  expect([wrongMoves, missed]).toEqual([0, 0]);
  expect(compare?.naive.wrongMoves).toBeGreaterThan(0);
  expect(compare?.route53).toMatchObject({ realLosses: 1, moved: 0, missed: 1 });
});

test("where Route 53 moved users in place of a broken lever, the move is over once they are brought home", async () => {
  const incidents = [happens("lever-broken", 5, 200), happens("drift", 10, 40)];
  const { broken, journal } = await live({ ticks: 780, cadenceMs: 10_000, seed: 1, incidents });
  expect(journal.map((d) => d.to)).toEqual(
    expect.arrayContaining(["shifting", "verifying", "away", "returning", "home"]),
  );
  const shrunk = journal.at(-1)?.orders.map((o) => (o.kind === "capacity" ? o.want : o.kind));
  expect(shrunk).toEqual(["normal"]); // asked of a control plane, with the lever broken still
  expect(broken).toEqual([]);
});

test("a region that nobody watched for a while does not count as well for that while", async () => {
  const incidents = [
    happens("hollow", 30, 60),
    happens("monitor-dead", 80, 130, "the monitor"),
    happens("loss", 90, 112), // comes and goes unseen
  ];
  const rules = { failback: "automatic", cooldownMs: 60_000 } as const;
  const { broken, journal } = await live({ ticks: 240, cadenceMs: 60_000, seed: 1, incidents, rules });
  expect(broken).toEqual([]);
  expect(journal.find((d) => d.to === "returning")?.why).toBe("us-east-1 has been well for 30 min");
});

describe("each promise can break, and is seen to", () => {
  test.each(cases)(
    "promise $promise, without $without",
    async ({ promise, mutant, incidents, rules = {}, hours = 4 }) => {
      const ticks = hours * 60;
      const options = { ticks, cadenceMs: 60_000, seed: 1, incidents, rules };
      const sound = await live(options);
      expect(sound.broken).toEqual([]);
      const { broken } = await live({ ...options, mutant, untilBroken: promise });
      expect(broken.map((b) => b.promise)).toContain(promise);
    },
  );
});

test("the page about the simulator tells every kind of trouble as it is", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/simulator.md"), "utf8");
  for (const [kind, { says, weight }] of Object.entries(kinds))
    expect(page).toContain(`| \`${kind}\` | ${says} | ${weight} |`);
});

test("a violation tells the smallest story found that still breaks the promise, and where to find it again", async () => {
  const guilty = cases.find((c) => c.promise === 3);
  const noise = [
    happens("service", 5, 20, "s3@us-east-1"),
    happens("doubled-schedules", 1, 9, "the monitor"),
  ];
  const incidents = [...noise, ...(guilty?.incidents ?? [])];
  const { violations } = await simulate({ days: 0.2, seed: 5, incidents, mutant: guilty?.mutant });
  const first = violations.find((v) => v.promise === 3);
  expect(first).toMatchObject({ seed: 5, day: 0, name: expect.stringMatching(/vantage point/) });
  expect(first?.story.join("\n")).toMatch(/lying eu-west-1.*\n(.*\n)*.*-> shifting.*\n.*promise 3 is broken/);
  expect(first?.story.join("\n")).not.toMatch(/s3|doubled/);
});

test("a return that Route 53 does not follow, and that is taken back, is a move of its own: the budget holds", async () => {
  const minutes = (kind: "loss" | "lever-broken", from: number, until: number) => ({
    kind,
    where: "us-east-1",
    fromMs: from * 60_000,
    untilMs: until * 60_000,
    amount: 1,
  });
  const incidents = [minutes("loss", 10, 102), minutes("lever-broken", 92, 273)];
  const report = await simulate({ days: 0.3, seed: 1, incidents, rules: { failback: "automatic" } });
  expect(report.violations).toEqual([]);
});
