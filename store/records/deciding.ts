/** store · nouns. Where the failover stands, what should be true, and the record of why. */
import * as z from "zod";
import { Assessment, Scope, Vote } from "./judging.ts";
import { Region } from "./places.ts";
import { durationMs, instant, share } from "./units.ts";

export const Phase = z.enum([
  "home",
  "doubting",
  "preparing",
  "shifting",
  "verifying",
  "away",
  "returning",
  "held",
]);
export type Phase = z.infer<typeof Phase>;

/** Graceful: both regions are well, there is time, nothing is lost. Ungraceful: users are hurt where they are, and
 *  what the standby's copy has not got is left behind. */
export const Manner = z.enum(["graceful", "ungraceful"]);
export type Manner = z.infer<typeof Manner>;

/** The rules that a person may set aside by name, which is kept in the record. */
export const Overrule = z.enum(["recovery-point", "maintenance"]);
export type Overrule = z.infer<typeof Overrule>;

/** What a person asks of the failover. */
export const Request = z.strictObject({
  id: z.string().min(1),
  at: instant,
  by: z.string().min(1).max(200),
  kind: z.enum(["failover", "failback", "hold", "release", "approve", "maintain", "end-maintenance"]),
  from: Region.optional(),
  to: Region.optional(),
  reason: z.string().min(1).max(500),
  /** Of a failover: as the regions are at the time when left out. */
  manner: Manner.optional(),
  overrule: z.array(Overrule).optional(),
  /** Of a failover: made on purpose while all is well, to practise. */
  drill: z.literal(true).optional(),
  /** Of `maintain`: when nothing may be moved, and which region is worked on; all of them when left out. */
  starts: instant.optional(),
  ends: instant.optional(),
  region: Region.optional(),
  /** Of `end-maintenance`: the window to end; every open one when left out. */
  window: z.string().optional(),
});
export type Request = z.infer<typeof Request>;

/** A time in which nothing is moved, as people work on it; everything is still measured. */
export const Window = z.strictObject({
  id: z.string().min(1),
  from: instant,
  until: instant,
  /** The region worked on; null for all of them. */
  region: Region.nullable(),
  by: z.string(),
  reason: z.string(),
});
export type Window = z.infer<typeof Window>;

/** One part of the time until users are served elsewhere; `ms` is null where it is not known. */
export const RecoveryPart = z.strictObject({
  part: z.enum(["detect", "decide", "prepare", "lever", "check", "cache", "prove"]),
  says: z.string(),
  ms: durationMs.nullable(),
});
export type RecoveryPart = z.infer<typeof RecoveryPart>;

/** Where the failover stands. `version` grows by one with every change; it is what two analyzers race for. */
export const Standing = z.strictObject({
  version: z.number().int().nonnegative(),
  phase: Phase,
  since: instant,
  /** Region whose traffic is turned away by the lever; null when nobody's is. Never more than one. */
  drained: Region.nullable(),
  /** Whether the standby has been asked for full capacity. */
  prepared: z.boolean(),
  /** Consecutive fresh rounds in which users in the primary region were hurt. */
  strikes: z.number().int().nonnegative(),
  /** Consecutive fresh rounds in which what this phase waits for held: calm, arrival, or a fit region. */
  steady: z.number().int().nonnegative(),
  evidenceAt: instant,
  /** Since when the region that was left has been well without a break; null while it is not. */
  wellSince: instant.nullable(),
  /** Rules that kept a move from happening when it was last recorded, so that each change is recorded once. */
  blockers: z.array(z.string()),
  /** Instants of the moves that still count against the flip budget, oldest first. */
  moves: z.array(instant),
  /** Who moved the traffic last. */
  movedBy: z.enum(["holdfast", "route53", "operator"]).nullable(),
  /** The request being carried out, such as a failback waiting for its region to be fit. */
  request: Request.nullable(),
  /** The phase to go on from, and who holds; null unless `phase` is `held`. */
  held: z.strictObject({ phase: Phase, by: z.string(), reason: z.string() }).nullable(),
  /** Maintenance windows that are open or to come, in order of their beginnings. */
  windows: z.array(Window).default([]),
  /** How the last move was made, or is being made; null before the first. */
  manner: Manner.nullable().default(null),
  /** When the lever was seen to hold after the last move; null while it has not been. */
  leverHeldAt: instant.nullable().default(null),
});
export type Standing = z.infer<typeof Standing>;

/** What should be true. Repeating one is harmless. */
export const Order = z.discriminatedUnion("kind", [
  z.strictObject({
    id: z.string(),
    at: instant,
    kind: z.literal("capacity"),
    region: Region,
    want: z.enum(["normal", "full"]),
  }),
  z.strictObject({
    id: z.string(),
    at: instant,
    kind: z.literal("drain"),
    region: Region,
    drained: z.boolean(),
    manner: Manner.default("ungraceful"),
  }),
]);
export type Order = z.infer<typeof Order>;

/** One rule as it stood when it was asked. `met` is null when it could not be told. */
export const RuleLine = z.strictObject({
  id: z.string(),
  says: z.string(),
  met: z.boolean().nullable(),
  value: z.string(),
});
export type RuleLine = z.infer<typeof RuleLine>;

/** The record of why: what was known, which rules spoke for and against, what was ordered. Written for every
 *  change of phase, and for every change in what keeps Holdfast from moving while users are hurt. */
export const Decision = z.strictObject({
  id: z.string(),
  at: instant,
  from: Phase,
  to: Phase,
  by: z.string(), // "rules", "route53", or a person
  why: z.string(),
  for: z.array(RuleLine),
  /** Rules that forbid a move when met. */
  against: z.array(RuleLine),
  orders: z.array(Order),
  scores: z.record(z.string(), share.nullable()),
  root: z.string().nullable(),
  /** Newest round counted. */
  evidenceAt: instant.default(0),
  /** What each vantage point outside the primary said of its users, and from which round. */
  votes: z.array(Vote).default([]),
  /** How far each region's copy of the data was behind; a region whose copy nobody asks about is left out. */
  lagMs: z.record(z.string(), durationMs.nullable()).default({}),
  /** Rules that kept users where they are, and rules that a person set aside. */
  vetoes: z.array(z.string()).default([]),
  overruled: z.array(z.string()).default([]),
  /** How users are moved; null while nobody is. */
  manner: Manner.nullable().default(null),
  /** The person's request that is carried out or answered; null when there is none. */
  request: Request.nullable().default(null),
  /** When the lever of the last move was seen to hold; null while it has not been. */
  leverHeldAt: instant.nullable().default(null),
  scope: Scope.default({ kind: "unknown", region: null, evidence: [] }),
  /** What a move was expected to take, by the configuration of the moment. */
  estimate: z.array(RecoveryPart).default([]),
});
export type Decision = z.infer<typeof Decision>;

/** How the lever's own test stands: a shadow of it is told something and must follow. */
export const SelfTest = z.strictObject({
  /** When `held` was last found out; null before the first test ended. */
  at: instant.nullable(),
  held: z.boolean().nullable(),
  says: z.string(),
  /** What the shadow was told last, and when; null before the first test. A test is under way while this is newer than
   *  `at`. */
  told: z.strictObject({ drained: z.boolean(), at: instant }).nullable(),
});
export type SelfTest = z.infer<typeof SelfTest>;

/** Whether the standby could take over now. A line that cannot be told is not ready. */
export const Readiness = z.strictObject({ ready: z.boolean(), lines: z.array(RuleLine) });
export type Readiness = z.infer<typeof Readiness>;

/** What a tick leaves for those who watch: what it saw, and how the rules stand right now. */
export const Report = z.strictObject({
  assessment: Assessment,
  for: z.array(RuleLine),
  against: z.array(RuleLine),
  /** One sentence: what keeps things as they are, or what is being done. */
  why: z.string(),
  /** The lever's own test, as the tick before left it; null where the lever has none. */
  tested: SelfTest.nullable().default(null),
  readiness: Readiness.default({ ready: false, lines: [] }),
  /** What a move is expected to take now. */
  recovery: z.array(RecoveryPart).default([]),
});
export type Report = z.infer<typeof Report>;
