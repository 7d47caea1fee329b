/** tests · analyzer. What must always hold, over generated histories of trouble, crashes and contradictory news:
 *  the real loop on virtual time, checked at every step. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { assess } from "../../analyzer/assess.ts";
import { step } from "../../analyzer/failover.ts";
import { type Mind, tick } from "../../analyzer/tick.ts";
import { theatre, userRegion } from "../../infra/simulated/stage.ts";
import { memory, type Store } from "../../store/mod.ts";
import { type Request, Scope } from "../../store/records.ts";
import { houseWith } from "../scenarios/script.ts";

const places = ["us-east-1", "us-west-2", "eu-west-1"];
const nodes = ["app@us-east-1", "app@us-west-2", "dynamodb@us-east-1", "s3@us-west-2", "ecs@us-east-1"];

type Event =
  | { do: "break"; node: string; reason: string }
  | { do: "mend"; node: string }
  | { do: "blind" | "silent" | "lying"; place: string; on: boolean }
  | { do: "tasks"; n: number }
  | { do: "lever"; broken: boolean }
  | { do: "capacity"; comes: boolean }
  | { do: "route53"; region: string | null }
  | { do: "ask"; kind: Request["kind"] };

const place = fc.constantFrom(...places);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: breaking() },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("mend" as const), node: fc.constantFrom(...nodes) }) },
  fc.record({
    do: fc.constantFrom("blind" as const, "silent" as const, "lying" as const),
    place,
    on: fc.boolean(),
  }),
  fc.record({ do: fc.constant("tasks" as const), n: fc.constantFrom(0, 1, 4) }),
  fc.record({ do: fc.constant("lever" as const), broken: fc.boolean() }),
  fc.record({ do: fc.constant("capacity" as const), comes: fc.boolean() }),
  fc.record({
    do: fc.constant("route53" as const),
    region: fc.constantFrom(null, null, "us-east-1", "us-west-2"),
  }),
  fc.record({
    do: fc.constant("ask" as const),
    kind: fc.constantFrom("failover" as const, "failback" as const, "hold" as const, "release" as const),
  }),
);
const history = fc.array(fc.tuple(event, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 14 });

function breaking(): fc.Arbitrary<Event> {
  return fc.record({
    do: fc.constant("break" as const),
    node: fc.constantFrom(...nodes),
    reason: fc.constantFrom("timeout", "nodata", "slow", "unknown"),
  });
}

type Show = ReturnType<typeof theatre>;

async function befall(e: Event, show: Show) {
  const { stage } = show;
  switch (e.do) {
    case "break":
      stage.wrong.set(e.node, e.reason);
      break;
    case "mend":
      stage.wrong.delete(e.node);
      break;
    case "blind":
    case "silent":
    case "lying":
      if (e.on) stage[e.do].add(e.place);
      else stage[e.do].delete(e.place);
      break;
    case "tasks":
      stage.tasks.set("us-west-2", e.n);
      break;
    case "lever":
      stage.leverBroken = e.broken;
      break;
    case "capacity":
      stage.capacityComes = e.comes;
      break;
    case "route53":
      stage.route53 = e.region;
      break;
    case "ask":
      await show.store.ask({
        id: `${e.kind}-${show.now()}`,
        at: show.now(),
        by: "ana",
        kind: e.kind,
        reason: "a reason",
      });
  }
}

/** Lets the history happen, looking at the standing and the newest decision after every tick. */
async function live(show: Show, events: readonly (readonly [Event, number])[], look: () => Promise<void>) {
  for (const [e, ticks] of events) {
    await befall(e, show);
    for (let i = 0; i < ticks; i++) {
      await show.advance();
      await look();
    }
  }
}

/** A stage whose store takes records as they are: the stories check each of them, these only look at what follows. */
const opened = (rules = {}) => theatre(rules, memory({ checked: false }));

test("never drains but the primary, and sends nobody to a region that is unknown, unfit or too small", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (events) => {
      const show = opened();
      let drained: string | null = null;
      await live(show, events, async () => {
        const standing = await show.store.standing();
        const report = await show.store.lastReport();
        expect([null, "us-east-1"]).toContain(standing?.drained);
        if (standing?.drained === "us-east-1" && drained === null) {
          const destination = report?.assessment.regions.find((r) => r.region === "us-west-2");
          expect(destination?.score).not.toBeNull();
          expect(destination?.score).toBeGreaterThanOrEqual(show.rules.healthThreshold);
          if (standing.movedBy !== "route53")
            expect(destination?.capacity?.running).toBeGreaterThanOrEqual(4);
        }
        drained = standing?.drained ?? null;
      });
    }),
    { numRuns: 150 },
  );
});

test("moves by itself only when most outside vantage points see users hurt, within its budget and cooldown", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (events) => {
      const show = opened({ cooldownMs: 60_000, flipBudget: 2, flipBudgetMs: 300_000 });
      const seen = new Set<string>();
      let moves: number[] = [];
      await live(show, events, async () => {
        const newest = (await show.store.decisions(1))[0];
        if (!newest || seen.has(newest.id)) return;
        seen.add(newest.id);
        if (!newest.orders.some((o) => o.kind === "drain")) return;
        const before = moves.filter((at) => newest.at - at < 300_000);
        moves = [...moves, newest.at];
        if (newest.to !== "shifting" || newest.by !== "rules") return;
        expect(newest.for.filter((l) => l.met !== true)).toEqual([]);
        expect(newest.against.filter((l) => l.met !== false)).toEqual([]);
        expect(before.length).toBeLessThan(2);
        expect(newest.at - (before.at(-1) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(60_000);
      });
    }),
    { numRuns: 150 },
  );
});

test("one blind, silent or lying vantage point moves nobody, whichever it is and however long it lasts", async () => {
  await fc.assert(
    fc.asyncProperty(
      place,
      fc.array(fc.tuple(fc.constantFrom("blind", "silent", "lying"), fc.integer({ min: 1, max: 12 })), {
        maxLength: 8,
      }),
      async (who, spells) => {
        const show = opened();
        for (const [kind, ticks] of spells) {
          const set = show.stage[kind as "blind" | "silent" | "lying"];
          if (!set.delete(who)) set.add(who);
          for (let i = 0; i < ticks; i++) await show.advance();
          expect(userRegion(show.stage)).toBe("us-east-1");
          expect((await show.store.standing())?.drained).toBeNull();
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("nothing returns by itself, ever, while a return needs a person", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (events) => {
      const show = opened({ holdDownMs: 30_000 });
      const people = events.filter(([e]) => e.do !== "ask" && e.do !== "route53");
      let wasDrained = false;
      await live(show, people, async () => {
        const drained = (await show.store.standing())?.drained === "us-east-1";
        if (wasDrained) expect(drained).toBe(true);
        wasDrained = drained;
      });
    }),
    { numRuns: 150 },
  );
});

type Ado =
  | { do: "app"; region: string; reason: string | null }
  | { do: "lag"; region: string; ms: number | null }
  | { do: "scope"; kind: Scope["kind"] }
  | { do: "ask"; request: Partial<Request> & { kind: Request["kind"] } };

const ado: fc.Arbitrary<Ado> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("app" as const),
      region: fc.constantFrom("us-east-1", "us-west-2"),
      reason: fc.constantFrom("timeout", "grey", null, null),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("lag" as const),
      region: fc.constantFrom("us-east-1", "us-west-2"),
      ms: fc.constantFrom(0, 30_000, 90_000, null),
    }),
  },
  fc.record({ do: fc.constant("scope" as const), kind: fc.constantFrom(...Scope.shape.kind.options) }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      request: fc.record(
        {
          kind: fc.constantFrom("failover", "failover", "maintain", "failback", "end-maintenance", "approve"),
          manner: fc.constantFrom("graceful", "ungraceful"),
          overrule: fc.uniqueArray(fc.constantFrom("recovery-point", "maintenance"), { maxLength: 1 }),
        },
        { requiredKeys: ["kind"] },
      ),
    }),
  },
);

test("no move is made over a maintenance window, data that lags or is unknown, or a scope that no move cures, unless a person says so by name", async () => {
  let moves = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(ado, fc.integer({ min: 1, max: 7 })), { minLength: 3, maxLength: 16 }),
      fc.constantFrom("automatic", "approve"),
      async (events, mode) => {
        const show = theatre(
          { mode, cooldownMs: 10_000, flipBudget: 20, holdDownMs: 10_000 },
          memory({ checked: false }),
          () => 0,
          houseWith(["us-east-1", "us-west-2"]),
        );
        show.stage.lagMs.set("us-east-1", 0).set("us-west-2", 0);
        let scope: Scope = { kind: "none", region: null, evidence: [] };
        const mind: Mind = { assess: (...heard) => ({ ...assess(...heard), scope }), step };
        let seen = "";
        for (const [e, ticks] of events) {
          if (e.do === "app") {
            if (e.reason === null) show.stage.wrong.delete(`app@${e.region}`);
            else show.stage.wrong.set(`app@${e.region}`, e.reason);
          } else if (e.do === "lag") {
            if (e.ms === null) show.stage.lagMs.delete(e.region);
            else show.stage.lagMs.set(e.region, e.ms);
          } else if (e.do === "scope") scope = { kind: e.kind, region: null, evidence: [] };
          else {
            const ends = show.now() + 120_000;
            await show.store.ask({
              id: `${show.now()}`,
              at: show.now(),
              by: "ana",
              reason: "a reason",
              ends,
              ...e.request,
            });
          }
          for (let i = 0; i < ticks; i++) {
            await show.advance(mind);
            const newest = (await show.store.decisions(1))[0];
            if (!newest || newest.id === seen) continue;
            seen = newest.id;
            const drain = newest.orders.find((o) => o.kind === "drain");
            if (!drain || newest.by === "route53") continue;
            moves++;
            const to = drain.drained ? "us-west-2" : "us-east-1";
            const named: readonly string[] = newest.request?.overrule ?? [];
            const open = (await show.store.standing())?.windows.some((w) => w.from <= newest.at) ?? false;
            if (open) expect(named).toContain("maintenance");
            const most = drain.manner === "graceful" ? show.rules.gracefulLagMs : show.rules.recoveryPointMs;
            const lagMs = newest.lagMs[to] ?? Number.POSITIVE_INFINITY;
            if (lagMs > most) expect(named).toContain("recovery-point");
            if (drain.manner === "graceful") expect(newest.scores[to]).toBeGreaterThanOrEqual(0.7);
            if (newest.by === "rules" && drain.drained) {
              expect(["none", "regional", "unknown"]).toContain(newest.scope.kind);
              expect(newest.overruled.filter((id) => !named.includes(id))).toEqual([]);
              expect(drain.manner).toBe("ungraceful");
            }
          }
        }
      },
    ),
    { numRuns: 120 },
  );
  expect(moves).toBeGreaterThan(20); // or nothing was looked at
});

/** A store whose process dies at the n-th call from now. */
function mortal(store: Store, dieAfter: { calls: number }): Store {
  return new Proxy(store, {
    get(target, name, self) {
      const method = Reflect.get(target, name, self);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        if (dieAfter.calls-- === 0) throw new Error("killed");
        return method.apply(target, args);
      };
    },
  });
}

test("a crash at any call repeats an order or leaves it undone; none is lost, and the journal keeps every step", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 12 }), async (deaths) => {
      const show = opened();
      const pending = [...deaths];
      show.stage.wrong.set("app@us-east-1", "timeout");
      for (let i = 0; i < deaths.length + 12; i++) {
        const calls = pending.shift();
        if (calls === undefined) await show.advance();
        else await dieDuringTick(show, calls);
      }
      const standing = await show.store.standing();
      expect(standing?.drained).toBe("us-east-1");
      expect(userRegion(show.stage)).toBe("us-west-2");
      expect(show.stage.tasks.get("us-west-2")).toBe(4);
      expect(await show.store.unconfirmed()).toEqual([]);
      const moves = (await show.store.decisions(100)).filter((d) => d.orders.some((o) => o.kind === "drain"));
      expect(moves).toHaveLength(1);
    }),
    { numRuns: 150 },
  );
});

async function dieDuringTick(show: Show, calls: number) {
  const world = { ...show.world, store: mortal(show.store, { calls }) };
  await tick(world, null).catch((error: Error) => expect(error.message).toBe("killed"));
}

test("two analyzers at once: one wins each step, the other stands down, and users move once", async () => {
  const store = memory();
  const show = theatre({}, store);
  show.stage.wrong.set("app@us-east-1", "timeout");
  const outcomes: string[] = [];
  for (let i = 0; i < 10; i++) {
    await show.advance();
    const both = await Promise.all([tick(show.world, null), tick(show.world, null)]);
    outcomes.push(...both.map((t) => t.outcome));
  }
  expect(outcomes.filter((o) => o === "stood-down")).toHaveLength(10);
  const moves = (await store.decisions(100)).filter((d) => d.orders.some((o) => o.kind === "drain"));
  expect(moves).toHaveLength(1);
  expect(show.stage.drained).toBe("us-east-1");
});

test("an anomaly layer that breaks is said, and does not keep users from being moved", async () => {
  const show = opened();
  show.world.odd = () => {
    throw new Error("out of order");
  };
  show.stage.wrong.set("app@us-east-1", "timeout");
  const said: string[] = [];
  for (let i = 0; i < 8; i++) said.push(...(await show.advance()).undone.map((u) => `${u.what}: ${u.why}`));
  expect(said).toContain("look for anomalies: out of order");
  expect(userRegion(show.stage)).toBe("us-west-2");
});
