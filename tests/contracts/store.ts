/** The stores' contract. Every adapter calls it; what holds for one holds for all. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  BadInput,
  type Board,
  type Decision,
  type Order,
  type Request,
  type Round,
  type Voice,
} from "../../store/records.ts";
import { type Change, type Point, pointOf, type Store } from "../../store/store.ts";
import { board, decision, instant, name, order, report, request, round, step, voice } from "./records.ts";

/** A store under test. `reopen` closes it and opens what it left; `end` leaves nothing behind. */
export type Tenancy = { store: Store; reopen(): Promise<Store>; end(): Promise<void> };

export type ContractOptions = {
  /** Histories to live through; fewer where each act is a call over the network. */
  histories?: number;
};

export function storeContract(
  called: string,
  open: () => Promise<Tenancy>,
  { histories = 60 }: ContractOptions = {},
): void {
  describe(`the store's contract, kept by ${called}`, () => {
    let here: Tenancy;
    let store: Store;
    beforeEach(async () => {
      here = await open();
      store = here.store;
    });
    afterEach(() => here.end());

    test("a new store holds nothing", async () => {
      expect(await everything(store)).toEqual({ ...new Model().everything(), damaged: [] });
    });

    test("any history of additions, steps, forgetting and reopening reads as the plain lists it should be", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
          const fresh = await open();
          try {
            const model = new Model();
            let subject = fresh.store;
            for (const each of acts) {
              const outcome = model.take(each);
              if (each.do === "reopen") subject = await fresh.reopen();
              else expect(await take(subject, each)).toEqual(outcome);
              expect(await everything(subject)).toEqual({ ...model.everything(), damaged: [] });
            }
          } finally {
            await fresh.end();
          }
        }),
        { numRuns: histories },
      );
    });

    test("a step is kept with its orders, its record and the requests it dealt with", async () => {
      await store.ask(asked("q1"));
      await store.ask(asked("q2"));
      const drain = drained("drain-1");
      expect(
        await store.remember(step(0, { orders: [drain], decision: decision("d1"), handled: ["q1"] })),
      ).toBe(true);
      store = await here.reopen();
      expect((await store.standing())?.version).toBe(1);
      expect(await store.unconfirmed()).toEqual([drain]);
      expect(await store.decisions(10)).toEqual([decision("d1")]);
      expect((await store.requests()).map((r) => r.id)).toEqual(["q2"]);
    });

    test("of twenty steps from one version one is kept, and nothing of the others", async () => {
      await store.remember(step(0));
      const steps = Array.from({ length: 20 }, (_, i) =>
        step(1, { orders: [drained(`drain-${i}`)], decision: decision(`d${i}`) }),
      );
      const won = await Promise.all(steps.map((each) => store.remember(each)));
      expect(won.filter(Boolean)).toHaveLength(1);
      const winner = won.indexOf(true);
      expect((await store.unconfirmed()).map((o) => o.id)).toEqual([`drain-${winner}`]);
      expect((await store.decisions(50)).map((d) => d.id)).toEqual([`d${winner}`]);
    });

    test("an order stays unconfirmed over a restart, until it is confirmed, and is so again when ordered again", async () => {
      await store.remember(step(0, { orders: [drained("x"), drained("y")] }));
      store = await here.reopen();
      await store.confirm("x");
      await store.confirm("x");
      await store.confirm("nobody's");
      expect((await store.unconfirmed()).map((o) => o.id)).toEqual(["y"]);
      await store.remember(step(1, { orders: [drained("x")] }));
      expect((await store.unconfirmed()).map((o) => o.id)).toEqual(["y", "x"]);
    });

    test("a request asked twice is kept once, even when it was dealt with in between", async () => {
      await store.ask(asked("q"));
      await store.ask({ ...asked("q"), reason: "again" });
      expect((await store.requests()).map((r) => r.reason)).toEqual(["drill"]);
      await store.remember(step(0, { handled: ["q"] }));
      await store.ask(asked("q"));
      expect(await store.requests()).toEqual([]);
    });

    test("forgetting everything leaves standing, orders, decisions, requests, the last report and the board", async () => {
      await store.ask(asked("q"));
      await store.remember(step(0, { orders: [drained("x")], decision: decision("d") }));
      await store.report(report(5));
      await store.pin(board(5));
      await store.addVoices(fc.sample(voice, 5));
      const before = await everything(store);
      await store.forget(Number.MAX_SAFE_INTEGER);
      expect(await everything(store)).toEqual({ ...before, rounds: {}, voices: {}, history: {} });
    });

    test("a round said anew after the old was read and forgotten is the new one", async () => {
      const [old] = fc.sample(round, 1) as [Round];
      await store.addRound({ ...old, tookMs: 1 });
      await store.rounds(0);
      await store.forget(old.at + 1);
      await store.addRound({ ...old, tookMs: 2 });
      expect((await store.rounds(0)).map((r) => r.tookMs)).toEqual([2]);
    });

    test("what is not the noun it should be is refused with its reason, and nothing is kept", async () => {
      const [good] = fc.sample(round, 1) as [Round];
      await expect(store.addRound({ ...good, tookMs: Number.NaN })).rejects.toThrow(/tookMs/);
      const [heard] = fc.sample(voice, 1) as [Voice];
      await expect(store.addVoices([heard, { ...heard, requests: -1 }])).rejects.toThrow(/requests/);
      await expect(store.report(report(1, 2))).rejects.toThrow(/score/);
      await expect(store.pin(board(1, 0))).rejects.toThrow(/edition/);
      await expect(store.ask({ ...asked("q"), reason: "" })).rejects.toThrow(/reason/);
      await expect(store.remember({ ...step(0), from: 7 })).rejects.toThrow(/the version after `from`/);
      await expect(store.remember(step(0, { orders: [{ ...drained("x"), at: 0.5 }] }))).rejects.toThrow(
        BadInput,
      );
      expect(await everything(store)).toEqual({ ...new Model().everything(), damaged: [] });
    });

    test("what a caller does to its own record, or to what it read, changes nothing that is kept", async () => {
      const [mine] = fc.sample(round, 1) as [Round];
      const kept = structuredClone(mine);
      await store.addRound(mine);
      mine.blind = !mine.blind;
      mine.observations.length = 0;
      const [read] = await store.rounds(0);
      Reflect.set(read ?? {}, "tookMs", 1e9);
      (await store.rounds(0)).length = 0;
      expect(await store.rounds(0)).toEqual([kept]);
    });

    test("every write is told as a change, where changes are told at all", async () => {
      const writes = fc.sample(voice, { numRuns: 1, seed: 1 });
      const acts = [
        () => store.addRound(fc.sample(round, { numRuns: 1, seed: 1 })[0] as Round),
        () => store.addVoices(writes),
        () => store.remember(step(0, { orders: [drained("o")] })),
        () => store.confirm("o"),
        () => store.ask(asked("r")),
        () => store.report(report(1)),
        () => store.pin(board(1)),
        () => store.forget(1_000),
      ];
      const marks = [store.changes?.()];
      for (const act of acts) {
        await act();
        marks.push(store.changes?.());
      }
      expect(new Set(marks).size).toBe(marks[0] === undefined ? 1 : acts.length + 1);
    });

    test("closing twice is harmless", async () => {
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });
  });
}

const asked = (id: string): Request => ({ id, at: 1, by: "ada", kind: "hold", reason: "drill" });
const drained = (id: string): Order => ({
  id,
  at: 1,
  kind: "drain",
  region: "us-east-1",
  drained: true,
  manner: "ungraceful",
});

// ---- any history -----------------------------------------------------------------------------------------

type Act =
  | { do: "addRound"; round: Round }
  | { do: "addVoices"; voices: Voice[] }
  | { do: "remember"; behind: number; orders: Order[]; decided: boolean; handled: string[] }
  | { do: "confirm"; id: string }
  | { do: "ask"; request: Request }
  | { do: "report"; at: number; score: number | null }
  | { do: "pin"; at: number; edition: number }
  | { do: "forget"; before: number; pointsBefore: number | undefined }
  | { do: "reopen" };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant("addRound"), round }),
  fc.record({ do: fc.constant("addVoices"), voices: fc.array(voice, { maxLength: 3 }) }),
  fc.record({
    do: fc.constant("remember"),
    behind: fc.constantFrom(0, 0, 0, 1, -1), // computed from the newest version, from one before, from one to come
    orders: fc.uniqueArray(order, { maxLength: 2, selector: (o) => o.id }),
    decided: fc.boolean(),
    handled: fc.array(name, { maxLength: 2 }),
  }),
  fc.record({ do: fc.constant("confirm"), id: name }),
  fc.record({ do: fc.constant("ask"), request }),
  fc.record({ do: fc.constant("report"), at: instant, score: fc.constantFrom(null, 0, 0.5, 1) }),
  fc.record({ do: fc.constant("pin"), at: instant, edition: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    do: fc.constant("forget"),
    before: instant,
    pointsBefore: fc.option(instant, { nil: undefined }),
  }),
  fc.constant({ do: "reopen" }),
);

/** The steps a store was offered are numbered by what the store itself says its version is. */
async function take(store: Store, each: Exclude<Act, { do: "reopen" }>): Promise<boolean | undefined> {
  switch (each.do) {
    case "addRound":
      await store.addRound(each.round);
      return;
    case "addVoices":
      await store.addVoices(each.voices);
      return;
    case "remember":
      return store.remember(offered((await store.standing())?.version ?? 0, each));
    case "confirm":
      await store.confirm(each.id);
      return;
    case "ask":
      await store.ask(each.request);
      return;
    case "report":
      await store.report(report(each.at, each.score));
      return;
    case "pin":
      await store.pin(board(each.at, each.edition));
      return;
    case "forget":
      await store.forget(each.before, each.pointsBefore);
      return;
  }
}

function offered(version: number, each: Extract<Act, { do: "remember" }>): Change {
  const from = Math.max(0, version - each.behind);
  const { orders, handled } = each;
  return step(from, { orders, handled, decision: each.decided ? decision(`d${from}`) : null });
}

const sinces = [0, 4, 8];

/** All that can be read, from a few instants on; empty answers are left out. */
async function everything(store: Store) {
  const since = async <T>(read: (since: number) => Promise<T[]>) => {
    const found: Record<number, T[]> = {};
    for (const from of sinces) {
      const records = await read(from);
      if (records.length) found[from] = records;
    }
    return found;
  };
  return {
    rounds: await since((from) => store.rounds(from)),
    voices: await since((from) => store.voices(from)),
    history: await since((from) => store.history(from)),
    standing: await store.standing(),
    unconfirmed: await store.unconfirmed(),
    decisions: await store.decisions(1_000),
    lastDecisions: await store.decisions(2),
    requests: await store.requests(),
    lastReport: await store.lastReport(),
    board: await store.board(),
    damaged: await store.damaged(),
  };
}

/** A store as plain lists, as slow and simple as can be. */
class Model {
  rounds: Round[] = [];
  voices: Voice[] = [];
  points: Point[] = [];
  steps: Change[] = [];
  orders: { order: Order; confirmed: boolean }[] = [];
  requests: { request: Request; handled: boolean }[] = [];
  lastReport: ReturnType<typeof report> | null = null;
  board: Board | null = null;

  take(each: Act): boolean | undefined {
    switch (each.do) {
      case "addRound":
        this.rounds = withNew(this.rounds, each.round, (r) => r.vantage);
        return;
      case "addVoices":
        for (const heard of each.voices) this.voices = withNew(this.voices, heard, (v) => v.region);
        return;
      case "remember": {
        const change = offered(this.steps.length, each);
        if (change.from !== this.steps.length) return false;
        this.steps.push(change);
        this.orders = [
          ...this.orders.filter((kept) => !change.orders.some((o) => o.id === kept.order.id)),
          ...change.orders.map((o) => ({ order: o, confirmed: false })),
        ];
        for (const kept of this.requests) if (change.handled.includes(kept.request.id)) kept.handled = true;
        return true;
      }
      case "confirm":
        for (const kept of this.orders) if (kept.order.id === each.id) kept.confirmed = true;
        return;
      case "ask":
        if (!this.requests.some((kept) => kept.request.id === each.request.id)) {
          this.requests.push({ request: each.request, handled: false });
        }
        return;
      case "report":
        this.lastReport = report(each.at, each.score);
        this.points = withNew(this.points, pointOf(this.lastReport), () => "");
        return;
      case "pin":
        this.board = board(each.at, each.edition);
        return;
      case "forget":
        this.rounds = this.rounds.filter((r) => r.at >= each.before);
        this.voices = this.voices.filter((v) => v.at >= each.before);
        this.points = this.points.filter((p) => p.at >= (each.pointsBefore ?? each.before));
        return;
      case "reopen":
        return;
    }
  }

  everything() {
    const since = <T extends { at: number }>(records: T[]) =>
      Object.fromEntries(
        sinces
          .map((from): [number, T[]] => [from, records.filter((r) => r.at >= from)])
          .filter(([, found]) => found.length > 0),
      );
    const decisions = this.steps.map((s) => s.decision).filter((d): d is Decision => d !== null);
    return {
      rounds: since(this.rounds),
      voices: since(this.voices),
      history: since(this.points),
      standing: this.steps.at(-1)?.standing ?? null,
      unconfirmed: this.orders.filter((kept) => !kept.confirmed).map((kept) => kept.order),
      decisions: decisions.toReversed(),
      lastDecisions: decisions.toReversed().slice(0, 2),
      requests: this.requests.filter((kept) => !kept.handled).map((kept) => kept.request),
      lastReport: this.lastReport,
      board: this.board,
    };
  }
}

function withNew<T extends { at: number }>(records: T[], added: T, called: (record: T) => string): T[] {
  const others = records.filter((r) => r.at !== added.at || called(r) !== called(added));
  return [...others, added].sort((a, b) => a.at - b.at || (called(a) < called(b) ? -1 : 1));
}
