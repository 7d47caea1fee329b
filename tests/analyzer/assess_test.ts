/** tests · analyzer. From what was heard to how things stand. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { percentile } from "../../analyzer/assess/testimony.ts";
import { assess } from "../../analyzer/assess.ts";
import { parseRules } from "../../analyzer/rules.ts";
import { topology } from "../../infra/simulated/stage.ts";
import type { Assessment, Observation, Round } from "../../store/records.ts";

const house = topology();
const rules = parseRules({});
const now = Date.UTC(2026, 0, 1, 12);
const vantages = house.vantages.map((v) => v.id);

type Answer = (target: string, vantage: string, roundsAgo: number) => Partial<Observation>;
const well: Answer = () => ({});
const down = (reason: string) => ({ verdict: "down", reason, latencyMs: null }) as const;
const unknown = { verdict: "unknown", reason: "unreachable", latencyMs: null } as const;

/** So many rounds from each vantage point, ten seconds apart, in which all is well but what `answer` says. */
function rounds(answer: Answer, { n = 12, from = vantages, blind = [] as string[] } = {}): Round[] {
  return from.flatMap((vantage) =>
    Array.from({ length: n }, (_, roundsAgo): Round => {
      const at = now - 1_000 - roundsAgo * rules.cadenceMs;
      return {
        vantage,
        vantageRegion: vantage,
        at,
        tookMs: 100,
        blind: blind.includes(vantage),
        observations: house.targets.map((t) => {
          const facts = t.purpose === "capacity" ? { running: 4, desired: 4 } : {};
          const { kind, purpose, service, region } = t;
          const heard = { at, vantage, target: t.id, kind, purpose, service, region, latencyMs: 20, facts };
          return {
            ...heard,
            verdict: "up",
            reason: null,
            ...answer(t.id, vantage, roundsAgo),
          } as Observation;
        }),
      };
    }),
  );
}

const judge = (heard: Round[], before: Assessment | null = null) =>
  assess({ rounds: heard, voices: [], anomalies: [], before, now }, house, rules);
const region = (a: Assessment, name: string) => {
  const found = a.regions.find((r) => r.region === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

test("all well: every region scores 1 without a reason, and every outside vantage point says fine", () => {
  const a = judge(rounds(well));
  for (const r of a.regions) expect(r).toMatchObject({ score: 1, coverage: 1, reasons: [] });
  expect(region(a, "us-east-1").votes.map((v) => [v.vantage, v.says])).toEqual([
    ["us-west-2", "fine"],
    ["eu-west-1", "fine"],
  ]);
});

test("nothing heard is unknown: no score, no coverage, nobody fine and nobody hurt", () => {
  const a = judge([]);
  for (const r of a.regions) expect(r).toMatchObject({ score: null, coverage: 0 });
  for (const s of a.services) expect(s).toMatchObject({ verdict: "unknown", reason: "not-heard" });
  expect(a.blind.map((b) => b.vantage)).toEqual(vantages);
  expect(region(a, "us-east-1").votes.every((v) => v.says === "unknown")).toBe(true);
});

test("a region is judged from outside: what its own vantage point says of it has no weight", () => {
  const a = judge(rounds((t, v) => (t === "app us-east-1" && v === "us-east-1" ? down("timeout") : {})));
  expect(region(a, "us-east-1")).toMatchObject({ score: 1, reasons: [] });
});

test("an empty standby is no destination", () => {
  const a = judge(
    rounds((t) =>
      t === "tasks us-west-2" ? { ...down("no-tasks"), facts: { running: 0, desired: 4 } } : {},
    ),
  );
  expect(region(a, "us-west-2")).toMatchObject({ score: 0, capacity: { running: 0, desired: 4 } });
});

test("a region that cannot be asked has no score, rather than a good or a bad one", () => {
  const a = judge(rounds((t) => (t.includes("us-east-1") ? unknown : {})));
  expect(region(a, "us-east-1")).toMatchObject({ score: null, coverage: 0 });
  expect(region(a, "us-west-2").score).toBe(1);
});

test("one bad round is a vote for hurt; two that are over are not; three of twelve that keep coming are", () => {
  const failingIn = (ago: number[]) =>
    region(
      judge(rounds((t, _, n) => (t === "app us-east-1" && ago.includes(n) ? down("timeout") : {}))),
      "us-east-1",
    ).votes[0]?.says;
  expect(failingIn([0])).toBe("hurt");
  expect(failingIn([1, 2])).toBe("fine");
  expect(failingIn([1, 4, 7])).toBe("hurt");
  expect(failingIn([4, 5, 6])).toBe("fine");
});

test("an answer that comes too late hurts as much as none", () => {
  const a = judge(
    rounds((t) => (t === "app us-east-1" ? { latencyMs: rules.responseTimeThresholdMs + 1 } : {})),
  );
  expect(region(a, "us-east-1").votes.map((v) => v.says)).toEqual(["hurt", "hurt"]);
  expect(region(a, "us-east-1").score).toBeLessThan(rules.healthThreshold);
});

test("a lone dissenter costs a region a little and is named", () => {
  const a = judge(rounds((t, v) => (t === "app us-east-1" && v === "eu-west-1" ? down("timeout") : {})));
  const { score, reasons } = region(a, "us-east-1");
  expect(score).toBeGreaterThanOrEqual(rules.healthThreshold);
  expect(reasons.map((r) => r.says).join()).toContain("eu-west-1 alone");
});

test("a blind vantage point has no voice, and it is said why", () => {
  const a = judge(
    rounds(() => unknown, { from: ["eu-west-1"], blind: ["eu-west-1"] }).concat(
      rounds(well, { from: ["us-east-1", "us-west-2"] }),
    ),
  );
  expect(a.blind).toEqual([{ vantage: "eu-west-1", why: "sees nothing: its control targets fail too" }]);
  expect(region(a, "us-east-1").votes.find((v) => v.vantage === "eu-west-1")?.says).toBe("unknown");
});

test("a service counts as down only when it fails in consecutive rounds for most vantage points", () => {
  const verdict = (answer: Answer) =>
    judge(rounds(answer)).services.find((s) => s.service === "s3" && s.region === "us-east-1");
  const s3 = "dns s3.us-east-1";
  expect(verdict((t, _, ago) => (t === s3 && ago === 0 ? down("servfail") : {}))?.verdict).toBe("up");
  expect(verdict((t, v) => (t === s3 && v === "us-east-1" ? down("servfail") : {}))?.verdict).toBe("up");
  expect(verdict((t) => (t === s3 ? down("servfail") : {}))).toMatchObject({
    verdict: "down",
    reason: "servfail",
    agree: 3,
    of: 3,
  });
});

test("since when a service is down is remembered from one look to the next", () => {
  const broken = rounds((t) => (t === "dns s3.us-east-1" ? down("nodata") : {}));
  const first = judge(broken);
  const later = assess(
    { rounds: broken, voices: [], anomalies: [], before: first, now: now + 5_000 },
    house,
    rules,
  );
  expect(later.services.find((s) => s.verdict === "down")?.since).toBe(now);
});

test("AWS names alone, however many, never make a region unfit", () => {
  const names = house.targets
    .filter((t) => t.purpose === "service" && t.region === "us-east-1")
    .map((t) => t.id);
  fc.assert(
    fc.property(fc.subarray(names), (gone) => {
      const a = judge(rounds((t) => (gone.includes(t) ? down("nodata") : {}), { n: 3 }));
      expect(region(a, "us-east-1").score).toBeGreaterThanOrEqual(rules.healthThreshold);
      expect(region(a, "us-east-1").votes.every((v) => v.says === "fine")).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("AWS names and anomalies together make no region unfit whose workload answers", () => {
  const isName = (id: string) =>
    house.targets.some((t) => t.id === id && t.purpose === "service" && t.region === "us-east-1");
  const anomalies = ["a", "b", "c", "d"].map((service) => ({
    ...{ series: service, node: `${service}@us-east-1`, vantage: "us-west-2", at: now, score: 1 },
    features: [],
  }));
  const heard = rounds((t) => (isName(t) ? down("nodata") : {}));
  const a = assess({ rounds: heard, voices: [], anomalies, before: null, now }, house, rules);
  const { score, reasons } = region(a, "us-east-1");
  expect(reasons.reduce((sum, r) => sum + r.costs, 0)).toBeCloseTo(0.3); // all that they can cost
  expect(score).toBeGreaterThanOrEqual(rules.healthThreshold);
});

test("hearing one vantage point twice is not new evidence", () => {
  const all = judge(rounds(well, { n: 2 }));
  const extra = rounds(well, { n: 1, from: ["eu-west-1"] }).map((r) => ({ ...r, at: now - 10 }));
  expect(judge([...rounds(well, { n: 2 }), ...extra]).evidenceAt).toBe(all.evidenceAt);
});

test("percentile() takes the nearest rank and gives null of nothing", () => {
  expect(percentile([], 0.95)).toBeNull();
  expect(percentile([7], 0.95)).toBe(7);
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(
    percentile(
      Array.from({ length: 100 }, (_, i) => i + 1),
      0.95,
    ),
  ).toBe(95);
});

test("one answer in eight too late hurts users by its percentile; one late round, or a lower percentile, does not", () => {
  const late =
    (every: number): Answer =>
    (target, _, roundsAgo) =>
      target === "app us-east-1" && roundsAgo % every === 1 ? { latencyMs: 6_000 } : {};
  const patient = parseRules({ ...rules, windowRounds: 24, responseTimePercentile: 0.9 });
  const votes = (heard: Round[], by = patient) =>
    region(assess({ rounds: heard, voices: [], anomalies: [], before: null, now }, house, by), "us-east-1");
  const slow = votes(rounds(late(8), { n: 24 }));
  expect(slow.votes.map((v) => v.says)).toEqual(["hurt", "hurt"]);
  expect(slow.votes[0]?.why).toBe(
    "the 90th percentile of answer times in the last 18 rounds is over 5000 ms", // the first late one was 18 ago
  );
  expect(slow.score).toBeLessThan(rules.healthThreshold);
  expect(votes(rounds(late(24), { n: 24 })).votes.map((v) => v.says)).toEqual(["fine", "fine"]);
  const lenient = parseRules({ ...patient, responseTimePercentile: 0.8 });
  expect(votes(rounds(late(8), { n: 24 }), lenient).votes.map((v) => v.says)).toEqual(["fine", "fine"]);
});

test("each vote tells the round that it comes from", () => {
  expect(region(judge(rounds(well)), "us-east-1").votes.map((v) => v.at)).toEqual([now - 1_000, now - 1_000]);
});

const copied = {
  ...house,
  targets: [
    ...house.targets,
    ...["orders", "accounts"].map((id) => ({
      id,
      kind: "aws" as const,
      service: "rds",
      region: "us-west-2",
      purpose: "data" as const,
      url: "http://lag.example.test/",
    })),
  ],
};

/** Adds what two vantage points outside us-west-2 hear of its copies: a lag in ms each, or nothing. */
const lagging = (heard: Record<string, (number | null)[]>) =>
  rounds(well, { n: 1 }).map((round): Round => {
    const [by] = round.observations;
    const told = heard[round.vantage] ?? [];
    return {
      ...round,
      observations: [
        ...round.observations,
        ...["orders", "accounts"].map((target, i): Observation => {
          const lagMs = told[i] ?? null;
          const asked = {
            at: by?.at ?? 0,
            vantage: round.vantage,
            target,
            kind: "aws",
            purpose: "data",
          } as const;
          const where = { service: "rds", region: "us-west-2" };
          return lagMs === null
            ? { ...asked, ...where, latencyMs: null, facts: {}, verdict: "unknown", reason: "throttled" }
            : { ...asked, ...where, latencyMs: 9, facts: { lagMs }, verdict: "up", reason: null };
        }),
      ],
    };
  });

test.each([
  ["the worst copy counts", { "us-east-1": [40, 900], "eu-west-1": [50, 700] }, 900],
  [
    "one that says less than another is not believed",
    { "us-east-1": [0, 0], "eu-west-1": [80_000, 10] },
    80_000,
  ],
  ["a copy that one vantage point cannot ask is heard from another", { "eu-west-1": [30, 20] }, 30],
  [
    "a copy that nobody can ask leaves the lag unknown",
    { "us-east-1": [40, null], "eu-west-1": [40, null] },
    null,
  ],
  ["what is said from inside the region does not count", { "us-west-2": [1, 1] }, null],
])("the lag of a region: %s", (_, heard, lagMs) => {
  const a = assess({ rounds: lagging(heard), voices: [], anomalies: [], before: null, now }, copied, rules);
  expect(region(a, "us-west-2").lagMs).toBe(lagMs);
  expect(region(a, "us-east-1").lagMs).toBeNull();
});
