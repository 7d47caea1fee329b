/** infra/simulated · the analyzers of a simulated day, and all that can go wrong with one: it dies at any of its calls,
 *  before or after the call took effect; it ticks twice, or beside another; what it reads is a tick old. */
import { type Mind, type Past, tick, type World } from "../../analyzer/tick.ts";
import type { Order, Request, Round, Standing } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import type { Chance } from "../local/chance.ts";
import type { Monitor } from "./kinds.ts";
import type { Run } from "./promises.ts";

/** Something else in the place of a part of the loop, to see whether it would be caught. */
export type Mutant = { mind?: Mind; store?: (store: Store) => Store };

/** What was there a tick ago. */
type Earlier = { standing: Standing | null; requests: Request[]; unconfirmed: Order[]; until: number };

/** A tick makes about this many calls. */
const callsMost = 16;

export function monitors(analyzer: (who: string) => World, mutant: Mutant, draw: Chance) {
  const first = process("first");
  const second = process("second");
  let past: Earlier | null = null;

  /** One analyzer: what it remembers of the last assessment ends with it. */
  function process(who: string) {
    const healthy = analyzer(who);
    let before: Past | null = null;
    let writes: Run["writes"][number][] = [];
    /** The same store, with each write noted down. */
    const noted = (inner: Store): Store => {
      const store = mutant.store?.(inner) ?? inner;
      const remember: Store["remember"] = async (change) => {
        const kept = await store.remember(change);
        writes.push({ from: change.from, kept });
        return kept;
      };
      return Object.create(store, { remember: { value: remember } });
    };
    const undisturbed = { ...healthy, store: noted(healthy.store) };
    return async (disturb: (world: World, die: () => void) => World): Promise<Run> => {
      writes = [];
      let dead = false;
      const changed = disturb(healthy, () => {
        dead = true;
      });
      const world = changed === healthy ? undisturbed : { ...changed, store: noted(changed.store) };
      const at = world.now();
      try {
        const ticked = await tick(world, before, mutant.mind);
        before = dead ? null : ticked;
        return { who, outcome: dead ? "killed" : ticked.outcome, writes, at };
      } catch (fault) {
        if (!(fault instanceof Killed)) throw fault;
        before = null;
        return { who, outcome: "killed", writes, at };
      }
    };
  }

  return {
    /** Whatever the monitor does in one step. */
    async step(how: Monitor): Promise<Run[]> {
      if (how.dead || (how.lostShare > 0 && draw() < how.lostShare)) return [];
      const disturb = (world: World, die: () => void) => {
        const read = how.stale && past ? { ...world, store: old(world.store, past) } : world;
        return how.crashShare > 0 && draw() < how.crashShare ? mortal(read, draw, die) : read;
      };
      const hesitate = (world: World, die: () => void) => {
        const disturbed = disturb(world, die);
        return { ...disturbed, store: slow(disturbed.store, draw) };
      };
      const pace = () => (draw() < 0.5 ? hesitate : disturb); // both at once, or one ahead of the other
      const runs: Run[] = [];
      if (how.twice) runs.push(...(await Promise.all([first(pace()), second(pace())])));
      else runs.push(await first(disturb));
      if (how.doubled) runs.push(await first(disturb));
      return runs;
    },
    /** Keeps what is there now, for stale reads in the next step. */
    async look(store: Store, now: number) {
      past = {
        standing: await store.standing(),
        requests: await store.requests(),
        unconfirmed: await store.unconfirmed(),
        until: now,
      };
    },
  };
}

class Killed extends Error {}

/** The world of a process that dies at one of its calls, before it or just after. */
function mortal(world: World, draw: Chance, die: () => void): World {
  let left = Math.floor(draw() * callsMost);
  const after = draw() < 0.5;
  const guard = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name, self) {
        const method = Reflect.get(target, name, self);
        if (typeof method !== "function") return method;
        return async (...args: unknown[]) => {
          const dies = left-- === 0;
          if (dies) die();
          if (left < -1 || (dies && !after)) throw new Killed(); // what is dead calls nobody
          const answer = await method.apply(target, args);
          if (dies) throw new Killed();
          return answer;
        };
      },
    });
  return { ...world, store: guard(world.store), traffic: guard(world.traffic) };
}

function old(store: Store, past: Earlier): Store {
  return {
    ...store,
    rounds: async (since): Promise<Round[]> => (await store.rounds(since)).filter((r) => r.at <= past.until),
    standing: async () => past.standing,
    requests: async () => past.requests,
    unconfirmed: async () => past.unconfirmed,
  };
}

/** Hesitates before every call, so that two analyzers meet each other in ever other places. */
function slow(store: Store, draw: Chance): Store {
  return new Proxy(store, {
    get(target, name, self) {
      const method = Reflect.get(target, name, self);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        for (let pauses = Math.floor(draw() * 4); pauses > 0; pauses--) await null;
        return method.apply(target, args);
      };
    },
  });
}
