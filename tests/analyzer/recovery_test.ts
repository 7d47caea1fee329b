/** tests · analyzer. The estimated time to recover, against what the loop and Route 53's rules take on virtual time. */
import { expect, test } from "vitest";
import { askedRecovery, awsLever, recovery, totalMs } from "../../analyzer/recovery.ts";
import { parseRules } from "../../analyzer/rules.ts";
import * as route53 from "../../infra/route53.ts";
import { theatre, topology } from "../../infra/simulated/stage.ts";
import { memory } from "../../store/mod.ts";
import type { Topology } from "../../store/records.ts";

const house = (lever?: Topology["lever"]): Topology => ({ ...topology(), ...(lever ? { lever } : {}) });
const metric = { ...awsLever.metric, capacityMs: 0 };

test("every part is said, and what is not known leaves the whole unknown", async () => {
  const { assessment } = await theatre().advance();
  const known = recovery(assessment, parseRules({}), house(metric));
  expect(known.map((p) => [p.part, p.ms])).toEqual([
    ["detect", 30_000],
    ["decide", 10_000],
    ["prepare", 0],
    ["lever", 60_000],
    ["check", 10_000],
    ["cache", 60_000],
  ]);
  expect(totalMs(known)).toBe(170_000);
  expect(totalMs(recovery(assessment, parseRules({}), house()))).toBeNull();
  const slow = recovery(assessment, parseRules({}), house({ ...metric, capacityMs: 90_000 }));
  expect(slow.find((p) => p.part === "prepare")?.ms).toBe(80_000); // it begins one round before the last one counted
});

test("a move that a person asks for waits for no bad rounds, starts all its tasks, and is over when it is proved", async () => {
  const { assessment } = await theatre().advance();
  const slow = house({ ...metric, capacityMs: 90_000 });
  const partsOf = (to: "away" | "home") =>
    askedRecovery(to, assessment, parseRules({}), slow).map((p) => [p.part, p.ms]);
  expect(partsOf("away")).toEqual([
    ["decide", 10_000],
    ["prepare", 100_000], // nothing began while rounds were counted, and a round has to see them
    ["lever", 60_000],
    ["check", 10_000],
    ["cache", 60_000],
    ["prove", 40_000],
  ]);
  expect(partsOf("home")[0]).toEqual(["decide", 40_000]); // the look, and three rounds in which home is fit
  expect(partsOf("home").map(([part]) => part)).not.toContain("prepare");
});

test("a standby that runs all its tasks already needs no time to get ready", async () => {
  const show = theatre();
  show.stage.tasks.set("us-west-2", 4);
  const { assessment } = await show.advance();
  const parts = recovery(assessment, parseRules({}), house({ ...metric, capacityMs: null }));
  expect(parts.find((p) => p.part === "prepare")?.ms).toBe(0);
});

test.each([
  ["endpoint", 40_000],
  ["arc", 65_000],
] as const)("a lever of kind %s is faster than the metric's by %i ms or so", async (kind, most) => {
  const { assessment } = await theatre().advance();
  const total = (of: keyof typeof awsLever) =>
    totalMs(recovery(assessment, parseRules({}), house({ ...awsLever[of], capacityMs: 0 }))) ?? 0;
  expect(total("metric") - total(kind)).toBeGreaterThan(0);
  expect(total("metric") - total(kind)).toBeLessThanOrEqual(most);
});

/** Ms from the fault until Route 53's rules lead users away, when the alarm's period began so long before. */
async function measured(offsetMs: number): Promise<number> {
  const show = theatre({}, memory({ checked: false }), () => 0, house(metric));
  const plan = route53.failoverPlan({
    primary: "us-east-1",
    standby: "us-west-2",
    checkers: ["a"],
    intervalMs: 10_000,
    failureThreshold: 3,
    alarmPeriodMs: 60_000,
  });
  let state = route53.begin(plan);
  const leads = () => {
    const targets = {
      "us-east-1": { registered: 4, healthy: 4 },
      "us-west-2": { registered: 4, healthy: 4 },
    };
    return route53.answer(plan, state, targets).region;
  };
  let brokenAt: number | null = null;
  const start = show.now();
  for (;;) {
    if (brokenAt === null && show.now() - start >= 120_000 + offsetMs) {
      brokenAt = show.now();
      show.stage.wrong.set("app@us-east-1", "status-500"); // pages fail; the endpoint's own check passes on
    }
    await show.advance();
    const drained = show.stage.drained === "us-east-1" ? 1 : 0;
    state = route53.publish(state, route53.checkIds("us-east-1").drain, show.now(), drained);
    state = route53.judge(plan, state, show.now());
    if (brokenAt !== null && leads() === "us-west-2") return show.now() - brokenAt;
    if (show.now() - start > 3_600_000) throw new Error("users never left");
  }
}

test("what the loop takes with Route 53's rules and a 60 s alarm is never more than estimated, nor much less at worst", async () => {
  const { assessment } = await theatre().advance();
  const parts = recovery(assessment, parseRules({}), house(metric));
  const partOf = (name: string) => parts.find((p) => p.part === name)?.ms ?? 0;
  // The model answers at once and caches nothing, so those two parts are not in what it takes.
  const estimated = (totalMs(parts) ?? 0) - partOf("cache") - partOf("check");
  const taken = [];
  for (let offsetMs = 0; offsetMs < 60_000; offsetMs += 10_000) taken.push(await measured(offsetMs));
  expect(Math.max(...taken)).toBeLessThanOrEqual(estimated);
  expect(Math.max(...taken)).toBeGreaterThanOrEqual(0.75 * estimated);
});
