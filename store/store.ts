/** store · contract. What a store keeps and promises; `memory.ts` and `sqlite.ts` keep it, tests/contracts hold
 *  both to it. Every read gives copies: what a caller does to them changes nothing here. */
import type { Decision, Order, Report, Request, Round, Standing, Voice } from "./records.ts";

/** One step of the failover, kept whole or not at all. */
export type Change = {
  /** The version this step was computed from; 0 when there was none. */
  from: number;
  standing: Standing; // its version is `from + 1`
  orders: Order[];
  decision: Decision | null;
  /** Requests that this step has dealt with. */
  handled: string[];
};

/** Region scores at one instant, for lines over time. */
export type Point = { at: number; scores: Record<string, number | null> };

export interface Store {
  addRound(round: Round): Promise<void>;
  /** Rounds that began at or after `since`, oldest first. */
  rounds(since: number): Promise<Round[]>;

  addVoices(voices: Voice[]): Promise<void>;
  /** What users got at or after `since`, oldest first. */
  voices(since: number): Promise<Voice[]>;

  /** Where the failover stands; null before the first step. */
  standing(): Promise<Standing | null>;
  /** Keeps a step, its orders and its record together. False, and nothing kept, when another analyzer was first. */
  remember(change: Change): Promise<boolean>;
  /** Orders not yet seen to be true, oldest first. */
  unconfirmed(): Promise<Order[]>;
  confirm(orderId: string): Promise<void>;
  /** Newest first. */
  decisions(limit: number): Promise<Decision[]>;

  /** Keeps a person's request until a step has dealt with it; the same id twice is kept once. */
  ask(request: Request): Promise<void>;
  /** Requests no step has dealt with, oldest first. */
  requests(): Promise<Request[]>;

  /** What the last tick saw and how the rules stand. Also appends a point to `history`. */
  report(report: Report): Promise<void>;
  lastReport(): Promise<Report | null>;
  history(since: number): Promise<Point[]>;

  /** Forgets rounds, voices and points from before `before`. Never standing, orders, decisions or requests. */
  forget(before: number): Promise<void>;
  close(): Promise<void>;
}
