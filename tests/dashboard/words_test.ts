/** How figures, states and reasons are said. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { counted, listed, percent, rate, score, span } from "../../dashboard/figures.ts";
import { whyNoDrill } from "../../dashboard/practice.ts";
import { beats, usersOf } from "../../dashboard/users.ts";
import { verdict } from "../../dashboard/verdict.ts";
import { look } from "../../dashboard/view.ts";
import type { Voice } from "../../store/records.ts";
import { healthOf, lines, reportOf, rules, type Scene, stage, standingOf, T, topology } from "./scenes.ts";

describe("figures", () => {
  test.each([
    [400, "under 1 s"],
    [48_000, "48 s"],
    [60_000, "1 min"],
    [242_000, "4 min 02 s"],
    [3_600_000, "1 h"],
    [7_800_000, "2 h 10 min"],
    [86_400_000, "1 day"],
    [19 * 86_400_000, "19 days"],
  ])("%i ms is %s", (ms, says) => expect(span(ms)).toBe(says));

  test("a share is only said to be 0 or 100 when it is", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        expect(percent(share) === "0").toBe(share === 0);
        expect(percent(share) === "100").toBe(share * 100 === 100);
      }),
    );
  });

  test("a score below the threshold never looks as if it met it", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (value) => {
        const shown = Number(score(value));
        expect(shown).toBeLessThanOrEqual(value + 1e-9);
        expect(value - shown).toBeLessThan(0.01);
      }),
    );
    expect(score(0.29)).toBe("0.29"); // 0.29 * 100 is 28.999…
    expect(score(null)).toBe("unknown");
  });

  test("counts and lists read as people say them", () => {
    expect([counted(1, "task"), counted(2, "task"), rate(2412), rate(7.49)]).toEqual([
      "1 task",
      "2 tasks",
      "2,412",
      "7.5",
    ]);
    expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])]).toEqual([
      "",
      "a",
      "a and b",
      "a, b and c",
    ]);
  });
});

const voices = fc.array(
  fc
    .record({
      at: fc.integer({ min: T - 20_000, max: T }),
      spanMs: fc.integer({ min: 0, max: 5_000 }),
      region: fc.constantFrom("us-east-1", "us-west-2", "nowhere"),
      requests: fc.nat({ max: 50 }),
      failed: fc.nat({ max: 50 }),
      p95Ms: fc.option(fc.integer({ min: 0, max: 9_000 })),
    })
    .map((v): Voice => ({ ...v, failed: Math.min(v.failed, v.requests) })),
  { maxLength: 40 },
);

describe("usersOf()", () => {
  const voice = (secondsAgo: number, region: string, requests: number, failed = 0): Voice => ({
    at: T - secondsAgo * 1000,
    spanMs: 1000,
    region,
    requests,
    failed,
    p95Ms: 10,
  });

  test("shares make one whole, and no rate is below none", () => {
    fc.assert(
      fc.property(voices, (heard) => {
        const users = usersOf(heard, ["us-east-1", "us-west-2"], rules, T);
        if (users === null) return;
        const shares = Object.values(users.byRegion).map((r) => r.share);
        if (users.requestsPerSecond > 0)
          expect(shares.reduce<number>((a, b) => a + (b ?? 0), 0)).toBeCloseTo(1);
        else expect(new Set(shares)).toEqual(new Set([null]));
        for (const c of [users, ...Object.values(users.byRegion)]) {
          expect(c.failedPerSecond).toBeLessThanOrEqual(c.requestsPerSecond + 1e-9);
          expect(c.failedShare === null).toBe(c.requestsPerSecond === 0);
        }
      }),
    );
  });

  test("regions side by side are added, intervals one after the other are not", () => {
    const heard = [0, 1, 2].flatMap((ago) => [voice(ago, "us-east-1", 20), voice(ago, "us-west-2", 10, 5)]);
    const users = usersOf(heard, [], rules, T);
    expect(users).toMatchObject({
      requestsPerSecond: 30,
      failedPerSecond: 5,
      byRegion: { "us-west-2": { requestsPerSecond: 10, failedShare: 0.5 } },
    });
  });

  test("a region where nobody asked is none, not unheard", () => {
    expect(
      usersOf([voice(0, "us-east-1", 9)], ["us-east-1", "us-west-2"], rules, T)?.byRegion["us-west-2"],
    ).toMatchObject({ share: 0, failedShare: null });
  });

  test("voices of long ago say nothing of now", () => {
    expect(usersOf([voice(60, "us-east-1", 9)], [], rules, T)).toBeNull();
    expect(usersOf([], ["us-east-1"], rules, T)).toBeNull();
  });

  test("over time nothing is made up where nothing was heard", () => {
    const line = beats([voice(10, "us-east-1", 20, 10)], T - 60_000, T, 60);
    expect(line.filter((b) => b.failedShare !== null)).toMatchObject([
      { failedShare: 0.5, requestsPerSecond: { "us-east-1": 20 } },
    ]);
  });
});

describe("the verdict", () => {
  const says = async (scene: Scene) => {
    const { store, rules, now } = await stage(scene);
    return verdict(await look({ store, topology, rules, now: () => now }));
  };

  test.each<[Scene, string, string, RegExp]>([
    [
      "calm",
      "calm",
      "fine",
      /^Users are fine in us-east-1; us-west-2 is fit to take them, with 1 task up\.$/,
    ],
    [
      "doubt",
      "doubt",
      "fine",
      /^Users are fine, but dynamodb in us-east-1 is failing; us-west-2 is getting ready/,
    ],
    ["approve", "outage", "hurt", /^Users in us-east-1 are failing; .*a person must approve/],
    ["outage", "outage", "hurt", /^Users in us-east-1 are failing; they are being moved to us-west-2\.$/],
    ["away", "away", "fine", /^Users are in us-west-2, and are fine; they stay/],
    ["held", "held", "hurt", /^Mira holds every move; users are in us-east-1, and are failing\.$/],
    ["stale", "stale", "unknown", /^No news for 40 s; below is how things stood at 03:13:42 UTC\.$/],
    ["blind", "doubt", "fine", /^Users are fine; eu-west-1 cannot see and has no say\.$/],
    ["empty", "empty", "unknown", /^Nothing is known yet/],
    ["doubting", "doubt", "some", /^Some users are failing; something is wrong in us-east-1/],
    ["returning", "moving", "fine", /^Users are on their way home from us-west-2 to us-east-1\.$/],
    [
      "maintenance",
      "calm",
      "fine",
      /^Users are fine in us-east-1; nobody is moved while maintenance is open\.$/,
    ],
    ["nowhere", "outage", "hurt", /us-west-2 could not take them, so they stay\.$/],
    [
      "drill",
      "moving",
      "fine",
      /^Drill: users are being moved .* and should all be there within about 2 s\.$/,
    ],
  ])("%s", async (scene, state, users, sentence) => {
    const said = await says(scene);
    expect([said.state, said.users, said.says]).toEqual([state, users, expect.stringMatching(sentence)]);
  });

  test("users whom Route 53 has led away are not said to stay", async () => {
    const { store, rules, now } = await stage("nowhere");
    const view = await look({ store, topology, rules, now: () => now });
    expect(verdict(view).says).toMatch(/us-west-2 could not take them, so they stay\.$/);
    expect(verdict({ ...view, active: view.standby }).says).toMatch(
      /us-west-2 could not take them, though Route 53 leads them there\.$/,
    );
  });

  test("a root that is well again, or that nobody asks, is not said to fail", async () => {
    const { store, rules, now } = await stage("doubt");
    const view = await look({ store, topology, rules, now: () => now });
    const { report } = view;
    if (!report) throw new Error("expected a report");
    const services = report.assessment.services.map((s) =>
      s.service === "dynamodb" ? { ...s, verdict: "up" as const, reason: null } : s,
    );
    const later = { ...view, report: { ...report, assessment: { ...report.assessment, services } } };
    expect(verdict(later).says).toMatch(
      /^Users are fine; dynamodb in us-east-1 is well again, but not all that it took down; us-west-2/,
    );
    const unasked = report.assessment.services.filter((s) => s.service !== "dynamodb");
    const inferred = {
      ...view,
      report: { ...report, assessment: { ...report.assessment, services: unasked } },
    };
    expect(verdict(inferred).says).toMatch(/^Users are fine, but dynamodb in us-east-1 seems to be failing;/);
    expect(whyNoDrill({ ...later, phase: "home" })).toBe("what dynamodb in us-east-1 took down still fails");
  });

  test("evidence is in figures that were measured", async () => {
    expect((await says("held")).evidence).toEqual([
      "18 of 29 requests a second fail (62 %).",
      "dynamodb in us-east-1 resolves to no address, as 2 of 2 vantage points see it.",
    ]);
  });

  const changed = async (
    phase: Parameters<typeof standingOf>[0],
    home: Partial<Parameters<typeof healthOf>[1]>,
    standby: Partial<Parameters<typeof healthOf>[1]>,
    lost: number | null,
  ) => {
    const { store, rules } = await stage("empty");
    await store.remember({ from: 0, standing: standingOf(phase), orders: [], decision: null, handled: [] });
    if (lost !== null)
      await store.addVoices([
        { at: T, spanMs: 1000, region: "us-east-1", requests: 100, failed: lost, p95Ms: 10 },
      ]);
    await store.report(
      reportOf(T, {
        why: "x",
        lines: lines(0, 0, "1.00", 1),
        regions: [healthOf("us-east-1", home), healthOf("us-west-2", standby), healthOf("eu-west-1")],
      }),
    );
    return verdict(await look({ store, topology, rules, now: () => T }));
  };

  test("of a move under way it tells how many have followed, and of maintenance whose it is and until when", async () => {
    expect((await says("drill")).evidence).toContain("66 % of requests are answered in us-west-2.");
    expect((await says("maintenance")).evidence).toContain(
      "Maintenance of us-west-2 until 03:59 UTC, by Mira: new load balancer.",
    );
    expect((await says("blind")).evidence).toContain("eu-west-1: its control targets fail too.");
  });

  test("nobody's word is not a good word", async () => {
    const said = await changed("home", {}, {}, null);
    expect([said.state, said.users, said.evidence[0]]).toEqual([
      "doubt",
      "unknown",
      "Nobody has said how users fare.",
    ]);
  });

  test("a few failures are named before they are an outage", async () => {
    expect((await changed("home", {}, {}, 5)).says).toMatch(/^Some users are failing/);
    expect((await changed("home", {}, {}, 20)).state).toBe("outage");
  });

  test("a standby that could not take users is said before anybody needs it", async () => {
    const said = await changed("home", {}, { score: 0.4 }, 0);
    expect([said.state, said.says]).toEqual([
      "doubt",
      "Users are fine, but us-west-2 could not take them now.",
    ]);
  });

  test("hurt users with nowhere to go are told so", async () => {
    const said = await changed(
      "preparing",
      { score: 0 },
      { score: 0, capacity: { running: 0, desired: 4 } },
      90,
    );
    expect(said.says).toBe("Users in us-east-1 are failing; us-west-2 could not take them, so they stay.");
  });

  test("a region too little is seen of is not called fine", async () => {
    expect((await changed("home", { score: null }, {}, 0)).says).toBe(
      "Users are fine; too little is seen of us-east-1 to judge.",
    );
  });
});
