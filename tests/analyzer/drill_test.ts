/** tests · analyzer. What a move was, told from the journal alone. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Drill, drills } from "../../analyzer/drill.ts";
import { awsLever } from "../../analyzer/recovery.ts";
import { theatre, topology } from "../../infra/simulated/stage.ts";
import { memory } from "../../store/mod.ts";
import type { Request } from "../../store/records.ts";

const lever = { ...awsLever.metric, capacityMs: 30_000 };
const opened = (rules = {}) => theatre(rules, memory({ checked: false }), () => 0, { ...topology(), lever });
type Show = ReturnType<typeof opened>;

const ask = (show: Show, kind: Request["kind"], rest: Partial<Request> = {}) =>
  show.store.ask({
    id: `${kind}-${show.now()}`,
    at: show.now(),
    by: "ana",
    kind,
    reason: "the drill",
    ...rest,
  });

async function pass(show: Show, ticks: number) {
  for (let i = 0; i < ticks; i++) await show.advance();
}

const told = async (show: Show): Promise<Drill[]> => drills(await show.store.decisions(1_000));
const took = (d: Drill | undefined) => d?.stretches.map((s) => [s.until, s.estimatedMs, s.tookMs]);

test("a region dies: from the first bad round until users are seen elsewhere, beside the estimate of then", async () => {
  const show = opened();
  await pass(show, 2);
  show.stage.wrong.set("app@us-east-1", "timeout");
  await pass(show, 9);
  const [move, ...others] = await told(show);
  expect(others).toEqual([]);
  expect(move).toMatchObject({
    kind: "away",
    region: "us-east-1",
    manner: "ungraceful",
    by: "rules",
    asked: false,
    outcome: "served",
    overruled: [],
  });
  expect(took(move)).toEqual([
    ["the lever is pulled", 60_000, 20_000], // 3 rounds, the look at them, and what the tasks take longer than those
    ["the name leads there", 70_000, 10_000],
    ["users are served there, as rounds in a row have shown", 100_000, 30_000], // the cache, and what proves it
    ["in all", 230_000, 60_000],
  ]);
  expect(move?.steps.map((s) => [s.afterMs / 1000, s.phase])).toEqual([
    [0, "doubting"],
    [10, "preparing"],
    [20, "shifting"],
    [30, "verifying"],
    [60, "away"],
  ]);
  expect(move?.leverHeldAt).toBe((move?.pulledAt ?? 0) + 10_000);
});

test("a drill out and home again is two moves, each with who asked and why; no round is counted that nobody waited for", async () => {
  const show = opened({ holdDownMs: 10_000 });
  await pass(show, 2);
  await ask(show, "failover", { drill: true });
  await pass(show, 10);
  await ask(show, "failback", { reason: "it is over" });
  await pass(show, 10);
  const [home, away] = await told(show);
  expect(away).toMatchObject({
    kind: "away",
    manner: "graceful",
    by: "ana",
    asked: true,
    practised: true,
    reason: "the drill",
  });
  // The look that takes it up, the tasks, all of them still to be started, and the round that sees them.
  expect(away?.stretches[0]).toMatchObject({
    parts: ["decide", "prepare"],
    estimatedMs: 10_000 + 30_000 + 10_000,
    tookMs: 20_000,
  });
  expect(away?.overruled).toContain("hurt");
  expect(home).toMatchObject({
    kind: "home",
    by: "ana",
    asked: true,
    practised: false,
    reason: "it is over",
    outcome: "served",
  });
  expect(home?.stretches.map((s) => s.until)).toEqual([
    "the lever is let go",
    "users are served there, as rounds in a row have shown",
    "in all",
  ]);
  for (const { estimatedMs, tookMs } of [...(home?.stretches ?? []), ...(away?.stretches ?? [])])
    expect(tookMs ?? Infinity).toBeLessThanOrEqual(estimatedMs ?? -1);
});

test("a journal kept from before the proof had a part of its own is told as it was then", async () => {
  const show = opened();
  await ask(show, "failover", { drill: true });
  await pass(show, 10);
  const journal = await show.store.decisions(1_000);
  const old = journal.map((d) => ({ ...d, estimate: d.estimate.filter((p) => p.part !== "prove") }));
  const [move] = drills(old);
  expect(move?.stretches.find((s) => s.parts.includes("cache"))?.estimatedMs).toBe(60_000);
});

test("a move under way has no end yet", async () => {
  const show = opened();
  await ask(show, "failover");
  show.stage.leverBroken = true;
  await pass(show, 6);
  const [move] = await told(show);
  expect(move).toMatchObject({ outcome: "under-way", servedAt: null, leverHeldAt: null });
});

test("Route 53 moves by itself: the move begins where it was seen", async () => {
  const show = opened();
  await pass(show, 2);
  show.stage.route53 = "us-west-2";
  await pass(show, 6);
  const [move] = await told(show);
  expect(move).toMatchObject({ by: "route53", asked: false, manner: "ungraceful", outcome: "served" });
  expect(move?.beganAt).toBe(move?.pulledAt);
});

test("Route 53 is faster than what a person asked for: the record says who asked", async () => {
  const show = opened();
  await pass(show, 2);
  show.stage.wrong.set("app@us-east-1", "timeout");
  await pass(show, 1);
  await ask(show, "failover");
  await pass(show, 1);
  show.stage.route53 = "us-west-2";
  await pass(show, 6);
  const [move] = await told(show);
  expect(move).toMatchObject({ by: "ana", asked: true, reason: "the drill", outcome: "served" });
});

test("of any history there is one report for each pull of the lever, in order, and its times add up", async () => {
  const act = fc.tuple(
    fc.constantFrom("break", "mend", "failover", "failback", "hold", "release", "lever", "route53"),
    fc.integer({ min: 1, max: 9 }),
  );
  let moves = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 12 }), async (acts) => {
      const show = opened({ cooldownMs: 10_000, holdDownMs: 10_000, flipBudget: 50 });
      for (const [what, ticks] of acts) {
        if (what === "break") show.stage.wrong.set("app@us-east-1", "timeout");
        else if (what === "mend") show.stage.wrong.clear();
        else if (what === "lever") show.stage.leverBroken = !show.stage.leverBroken;
        else if (what === "route53") show.stage.route53 = show.stage.route53 ? null : "us-west-2";
        else await ask(show, what);
        await pass(show, ticks);
      }
      const journal = await show.store.decisions(1_000);
      const found = drills(journal);
      moves += found.length;
      expect(found.map((d) => d.id)).toEqual(
        journal.filter((d) => d.orders.some((o) => o.kind === "drain")).map((d) => d.id),
      );
      for (const d of found) {
        expect(d.beganAt).toBeLessThanOrEqual(d.pulledAt);
        if (d.leverHeldAt !== null) expect(d.leverHeldAt).toBeGreaterThan(d.pulledAt);
        expect(d.outcome === "served").toBe(d.servedAt !== null);
        expect(d.steps.some((s) => s.at === d.pulledAt)).toBe(true);
        expect(d.steps.map((s) => s.at)).toEqual(d.steps.map((s) => s.at).toSorted((a, b) => a - b));
        const spans = d.stretches.flatMap((s) => (s.tookMs === null ? [] : [s.tookMs]));
        expect(spans.every((ms) => ms >= 0)).toBe(true);
        const [all, ...parts] = d.stretches.map((s) => s.tookMs).toReversed();
        if (d.kind === "away" && d.servedAt !== null && all !== null)
          expect(parts.reduce((sum: number, ms) => sum + (ms ?? 0), 0)).toBe(all);
      }
    }),
    { numRuns: 50 },
  );
  expect(moves).toBeGreaterThan(10);
});
