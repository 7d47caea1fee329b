/** store · rim. Keeps everything in this process and forgets it with it: for tests, and for the simulator, whose
 *  time is not ours. Records are frozen once and handed out as they are, so reading costs nothing. */

import type * as z from "zod";
import { freeze } from "./freeze.ts";
import {
  Board,
  type Decision,
  type Order,
  parse,
  Report,
  Request,
  Round,
  type Standing,
  Voice,
} from "./records.ts";
import { Change, type Point, pointOf, type Store } from "./store.ts";

export type MemoryOptions = {
  /** Whether what goes in is checked and frozen. Only a simulator, which makes it all up itself, may say no. */
  checked?: boolean;
};

export function memory({ checked = true }: MemoryOptions = {}): Store {
  const taken = <T>(what: string, schema: z.ZodType<T>, record: T): T =>
    checked ? freeze(parse(what, schema, record)) : record;
  const rounds = new Shelf<Round>((round) => round.vantage);
  const voices = new Shelf<Voice>((voice) => voice.region);
  const points = new Shelf<Point>(() => "");
  const decisions: Decision[] = [];
  const orders = new Map<string, Order>(); // those not yet confirmed
  const requests = new Map<string, { request: Request; handled: boolean }>();
  let standing: Standing | null = null;
  let report: Report | null = null;
  let board: Board | null = null;
  let writes = 0;

  return {
    async addRound(round) {
      writes += 1;
      rounds.put(taken("round", Round, round));
    },
    rounds: async (since) => rounds.from(since),

    async addVoices(heard) {
      const all = heard.map((voice) => taken("voice", Voice, voice));
      for (const voice of all) voices.put(voice);
      writes += 1;
    },
    voices: async (since) => voices.from(since),

    standing: async () => standing,
    async remember(change) {
      const step = taken("step", Change, change);
      if (step.from !== (standing?.version ?? 0)) return false;
      writes += 1;
      standing = step.standing;
      for (const order of step.orders) {
        orders.delete(order.id); // so that it takes its place at the end
        orders.set(order.id, order);
      }
      if (step.decision) decisions.unshift(step.decision);
      for (const id of step.handled) {
        const asked = requests.get(id);
        if (asked) asked.handled = true;
      }
      return true;
    },
    unconfirmed: async () => [...orders.values()],
    async confirm(id) {
      writes += 1;
      orders.delete(id);
    },
    decisions: async (limit) => decisions.slice(0, Math.max(0, limit)),

    async ask(request) {
      const asked = taken("request", Request, request);
      writes += 1;
      if (!requests.has(asked.id)) requests.set(asked.id, { request: asked, handled: false });
    },
    async requests() {
      const open: Request[] = [];
      for (const { request, handled } of requests.values()) if (!handled) open.push(request);
      return open;
    },

    async report(latest) {
      report = taken("report", Report, latest);
      writes += 1;
      points.put(checked ? freeze(pointOf(report)) : pointOf(report));
    },
    lastReport: async () => report,
    history: async (since) => points.from(since),

    board: async () => board,
    async pin(latest) {
      board = taken("board", Board, latest);
      writes += 1;
    },

    async forget(before, pointsBefore = before) {
      writes += 1;
      for (const shelf of [rounds, voices]) shelf.forget(before);
      points.forget(pointsBefore);
    },
    changes: () => `${writes}`,
    damaged: async () => [],
    close: async () => {},
  };
}

/** Records in order of their instant, then their name; one for each. New ones mostly belong at the end. */
class Shelf<T extends { at: number }> {
  #records: T[] = [];
  readonly #name: (record: T) => string;

  constructor(name: (record: T) => string) {
    this.#name = name;
  }

  put(record: T): void {
    const name = this.#name(record);
    let place = this.#records.length;
    let same = false;
    for (; place > 0; place--) {
      const other = this.#records[place - 1];
      if (other === undefined || other.at < record.at) break;
      if (other.at > record.at) continue;
      const theirs = this.#name(other);
      same = theirs === name;
      if (theirs <= name) break;
    }
    if (same) this.#records[place - 1] = record;
    else if (place === this.#records.length) this.#records.push(record);
    else this.#records.splice(place, 0, record);
  }

  from(since: number): T[] {
    let [first, end] = [0, this.#records.length]; // the first that is wanted lies between
    while (first < end) {
      const middle = (first + end) >> 1;
      if ((this.#records[middle]?.at ?? since) < since) first = middle + 1;
      else end = middle;
    }
    return this.#records.slice(first);
  }

  forget(before: number): void {
    this.#records = this.from(before);
  }
}
