/** store · contract. What a store keeps and promises; `memory.ts`, `sqlite.ts` and `dynamodb.ts` keep it, and
 *  tests/contracts holds each to it. What goes in is checked (`BadInput` when it is not the noun it should be, and
 *  nothing is kept), and what a caller later does to it, or to what it read, changes nothing here. */
import * as z from "zod";
import {
  type Board,
  Decision,
  Order,
  type Report,
  type Request,
  type Round,
  Standing,
  type Voice,
} from "./records.ts";

/** One step of the failover, kept whole or not at all. */
export const Change = z
  .strictObject({
    /** The version this step was computed from; 0 when there was none. */
    from: z.number().int().nonnegative(),
    standing: Standing,
    /** An order with the id of an earlier one takes its place, and has yet to be confirmed. */
    orders: z.array(Order),
    decision: Decision.nullable(),
    /** Requests that this step has dealt with. */
    handled: z.array(z.string()),
  })
  .refine((c) => c.standing.version === c.from + 1, {
    path: ["standing", "version"],
    message: "expected the version after `from`",
  });
export type Change = z.infer<typeof Change>;

const share = z.number().min(0).max(1);
const byRegion = <T extends z.ZodType>(value: T) => z.record(z.string(), value.nullable());

/** One report boiled down to what lines over time are drawn of, by region; null where it was not known. */
export const Point = z.strictObject({
  at: z.number().int().nonnegative(),
  scores: byRegion(share),
  /** 95th percentile of the workload's answers, ms. */
  p95Ms: byRegion(z.number().nonnegative()).default({}),
  /** Share of the users' requests that failed; regions without users are left out. */
  failed: byRegion(share).default({}),
  /** The oddest series: how odd, its node, and which of its numbers made it so; null when none was. */
  odd: z.strictObject({ score: share, node: z.string(), says: z.string() }).nullable().default(null),
});
export type Point = z.infer<typeof Point>;

export function pointOf({ assessment: { at, regions, users, anomalies } }: Report): Point {
  const point: Point = { at, scores: {}, p95Ms: {}, failed: {}, odd: null };
  for (const { region, score, p95Ms } of regions) {
    point.scores[region] = score;
    point.p95Ms[region] = p95Ms;
  }
  for (const { region } of users) {
    const here = users.filter((voice) => voice.region === region);
    const requests = sum(here.map((v) => v.requests));
    if (requests > 0) point.failed[region] = sum(here.map((v) => v.failed)) / requests;
  }
  const oddest = [...anomalies].sort((a, b) => b.score - a.score)[0];
  if (oddest) {
    const says = oddest.features.map((f) => f.says).join(", ");
    point.odd = { score: oddest.score, node: oddest.node, says };
  }
  return point;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

/** A kept record that could not be read back: which one, and what is wrong with it. */
export type Damage = { record: string; why: string };

export interface Store {
  /** One round for each vantage point and instant: kept again, it takes the place of the first. */
  addRound(round: Round): Promise<void>;
  /** Rounds that began at or after `since`, oldest first. */
  rounds(since: number): Promise<Round[]>;

  /** One voice for each region and instant: a later count takes the place of an earlier one. */
  addVoices(voices: Voice[]): Promise<void>;
  /** What users got at or after `since`, oldest first. */
  voices(since: number): Promise<Voice[]>;

  /** Where the failover stands; null before the first step. Throws when it is kept but cannot be read: a guess
   *  could send users anywhere. */
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
  /** Points at or after `since`, oldest first; one for each instant. */
  history(since: number): Promise<Point[]>;

  /** What people should know and have been told; a newer board takes the place of the older. Null before the first. */
  board(): Promise<Board | null>;
  pin(board: Board): Promise<void>;

  /** Forgets rounds and voices from before `before`, and points from before `pointsBefore`, which is the same when left
   *  out. Never standing, orders, decisions, requests or the board. */
  forget(before: number, pointsBefore?: number): Promise<void>;

  /** Another value after every write, whoever made it, so that whoever has looked need not look again. Left out where
   *  telling would cost as much as looking. */
  changes?(): string;

  /** Records that reads have met since opening and refused, each once; whatever else was asked for was given. */
  damaged(): Promise<Damage[]>;
  /** Closing twice is harmless. */
  close(): Promise<void>;
}
