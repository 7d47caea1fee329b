/** analyzer · pure. Every threshold, with its unit and its reason. Checked together: rules that contradict each
 *  other are refused at the start, not found out at three in the morning. */
import { z } from "zod";
import { parse } from "../store/records.ts";

const ms = z.number().int().positive();
const share = z.number().min(0).max(1);
const count = z.number().int().min(1);

export const Rules = z
  .strictObject({
    /** automatic: moves by itself. approve: prepares, then waits for a person. observe: only says what it would do. */
    mode: z.enum(["automatic", "approve", "observe"]).default("automatic"),
    /** Pause between ticks, and between a vantage point's rounds. */
    cadenceMs: ms.default(10_000),

    /** A region scoring below this is not fit to take users. */
    healthThreshold: share.default(0.7),
    /** An answer slower than this hurts a user as much as none. */
    responseTimeThresholdMs: ms.default(5_000),
    /** Fresh rounds in a row in which users are hurt before anything moves; one bad round is weather. */
    consecutiveFailuresThreshold: count.default(3),

    /** Rounds looked back at: two minutes at the default cadence, long enough to see a region that fails now and then. */
    windowRounds: count.default(12),
    /** Share of failed or too slow answers in the window at which users count as hurt. */
    hurtShare: share.default(0.2),
    /** Rounds without a single failure after which an old hurt no longer counts. */
    calmRounds: count.default(3),
    /** Rounds in a row in which a service must fail before it counts as down: one lost packet is not an outage. */
    confirmRounds: count.default(2),
    /** A vantage point not heard for this many cadences has no voice. */
    silentRounds: count.default(4),
    /** Share of the questions about a region that need a verdict before its score means anything. */
    coverageMin: share.default(0.5),
    /** The destination must score this much more than the region being left. */
    marginOverSource: share.default(0.2),

    /** After a move nothing moves by itself for this long: two moves in a row are a sign of a wrong first one. */
    cooldownMs: ms.default(30 * 60_000),
    /** No move of its own once this many happened in `flipBudgetMs`, whoever made them: flapping hurts more than staying. */
    flipBudget: count.default(3),
    flipBudgetMs: ms.default(24 * 60 * 60_000),
    /** The region left must be well for this long before a return; second waves came 115 min after "mitigated" in
     *  2025, so a return also needs a person unless `failback` says otherwise. */
    holdDownMs: ms.default(30 * 60_000),
    failback: z.enum(["approve", "automatic"]).default("approve"),
    /** What a person asked for waits this long for the destination to be fit, then is given up and said so. */
    requestPatienceMs: ms.default(10 * 60_000),

    /** Cascade risk at which the standby is scaled up although users are fine: it is cheap and can be undone. One
     *  service in ten is enough, as the 2025 event began with one name. */
    prepareRisk: share.default(0.1),
    /** Waiting longer than this for the standby's tasks is said aloud; it never becomes permission. */
    prepareMs: ms.default(5 * 60_000),
    /** Fresh rounds in a row in which users arrive before the move counts as proved. */
    verifyRounds: count.default(3),
    /** Share of the users' requests that must be served by the destination before the move counts as proved. */
    arrivedShare: share.default(0.9),
    /** Users who have not arrived after this long: said aloud, and asked of the lever again. */
    verifyMs: ms.default(5 * 60_000),
    /** Fresh calm rounds before doubt is dropped, so that a region that flaps is not forgiven between two beats. */
    forgiveRounds: count.default(6),
  })
  .refine((r) => r.calmRounds <= r.windowRounds, "calmRounds must not exceed windowRounds")
  .refine((r) => r.forgiveRounds >= r.calmRounds, "forgiveRounds must be at least calmRounds")
  .refine(
    (r) => r.consecutiveFailuresThreshold <= r.windowRounds,
    "consecutiveFailuresThreshold must not exceed windowRounds",
  )
  .refine((r) => r.cooldownMs <= r.flipBudgetMs, "cooldownMs must not exceed flipBudgetMs")
  .refine((r) => r.hurtShare > 0, "hurtShare must be above 0, or a healthy region counts as hurt");
export type Rules = z.infer<typeof Rules>;

/** Rules from a file's contents or flags; what is left out takes its default. */
export const parseRules = (input: unknown): Rules => parse("rules", Rules, input);

/** The pace of one laptop: a round a second instead of every ten, and what waits for minutes waits for seconds. */
export const localPace = {
  cadenceMs: 1_000,
  responseTimeThresholdMs: 1_500,
  cooldownMs: 60_000,
  flipBudgetMs: 60 * 60_000,
  holdDownMs: 60_000,
  requestPatienceMs: 60_000,
  prepareMs: 30_000,
  verifyMs: 30_000,
} satisfies Partial<z.input<typeof Rules>>;
