/** analyzer · pure. Every threshold, with its unit and its reason. Checked together: rules that contradict each
 *  other are refused at the start, not found out at three in the morning. */
import * as z from "zod";
import { parse } from "../store/records.ts";

const ms = z.number().int().positive();
const share = z.number().min(0).max(1);
const count = z.number().int().min(1);

const Thresholds = z.strictObject({
  /** automatic: moves by itself. approve: prepares, then waits for a person. observe: only says what it would do. */
  mode: z.enum(["automatic", "approve", "observe"]).default("automatic"),
  /** Pause between ticks, and between a vantage point's rounds. */
  cadenceMs: ms.default(10_000),

  /** A region scoring below this is not fit to take users. */
  healthThreshold: share.default(0.7),
  /** An answer slower than this hurts a user as much as none. */
  responseTimeThresholdMs: ms.default(5_000),
  /** The percentile of the window's answer times that is held against it. One user in ten who waits so long is hurt
   *  enough to act on; a mean would hide them, and the 99th of two dozen answers is one slow answer. */
  responseTimePercentile: share.default(0.9),
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

  /** The standby's copy of the data may be this far behind when users are moved to it: what it has not got is lost to
   *  them. A minute can be asked for again; more is for a person to say. Only where a target asks how far it is. */
  recoveryPointMs: ms.default(60_000),
  /** The same for a graceful move, which has time to wait: one second is what a copy under steady writes keeps to. */
  gracefulLagMs: ms.default(1_000),
  /** Longest maintenance window: one that was forgotten must end by itself. */
  maintenanceMaxMs: ms.default(24 * 60 * 60_000),

  /** Pause between two tests of the lever's shadow: often enough to know it before it is needed. */
  selfTestEveryMs: ms.default(10 * 60_000),
  /** The shadow must follow within this: two periods of a 60 s alarm, three asks of a check, and some. */
  selfTestPatienceMs: ms.default(4 * 60_000),
  /** Days that the standby's certificate must still be good for: long enough to renew it by hand. */
  certificateDaysMin: count.default(14),

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
});
type Thresholds = z.infer<typeof Thresholds>;

/** What must hold between rules, each with the field to change first. */
const together: {
  field: keyof Thresholds;
  holds: (r: Thresholds) => boolean;
  says: (r: Thresholds) => string;
}[] = [
  {
    field: "calmRounds",
    holds: (r) => r.calmRounds <= r.windowRounds,
    says: (r) =>
      `calmRounds must not exceed windowRounds (${r.windowRounds}), which is all that is looked back at`,
  },
  {
    field: "confirmRounds",
    holds: (r) => r.confirmRounds <= r.windowRounds,
    says: (r) =>
      `confirmRounds must not exceed windowRounds (${r.windowRounds}), which is all that is looked back at`,
  },
  {
    field: "consecutiveFailuresThreshold",
    holds: (r) => r.consecutiveFailuresThreshold <= r.windowRounds,
    says: (r) => `consecutiveFailuresThreshold must not exceed windowRounds (${r.windowRounds})`,
  },
  {
    field: "forgiveRounds",
    holds: (r) => r.forgiveRounds >= r.calmRounds,
    says: (r) => `forgiveRounds must be at least calmRounds (${r.calmRounds})`,
  },
  {
    field: "cooldownMs",
    holds: (r) => r.cooldownMs <= r.flipBudgetMs,
    says: (r) => `cooldownMs must not exceed flipBudgetMs (${r.flipBudgetMs})`,
  },
  above("hurtShare", "a healthy region counts as hurt"),
  above("healthThreshold", "every region is fit"),
  above("coverageMin", "a region of which nothing was seen gets a score"),
  above("arrivedShare", "users count as arrived before any has"),
  above("prepareRisk", "the standby is kept at full size for ever"),
  {
    field: "responseTimePercentile",
    holds: (r) => r.responseTimePercentile < 1 && 1 - r.responseTimePercentile <= r.hurtShare,
    says: (r) =>
      `responseTimePercentile must be below 1 and at least ${round(1 - r.hurtShare)}, as hurtShare (${r.hurtShare}) counts late answers too and would always speak first`,
  },
  {
    field: "gracefulLagMs",
    holds: (r) => r.gracefulLagMs <= r.recoveryPointMs,
    says: (r) => `gracefulLagMs must not exceed recoveryPointMs (${r.recoveryPointMs})`,
  },
  {
    field: "selfTestPatienceMs",
    holds: (r) => r.selfTestPatienceMs < r.selfTestEveryMs,
    says: (r) =>
      `selfTestPatienceMs must be below selfTestEveryMs (${r.selfTestEveryMs}), or no test ever ends`,
  },
  ...(["verifyMs", "requestPatienceMs"] as const).map((field) => ({
    field,
    holds: (r: Thresholds) => r[field] >= r.verifyRounds * r.cadenceMs,
    says: (r: Thresholds) =>
      `${field} must be at least verifyRounds times cadenceMs (${r.verifyRounds * r.cadenceMs}), or it is over before a move can be proved`,
  })),
  {
    field: "failback",
    holds: (r) => r.failback === "approve" || r.mode === "automatic",
    says: (r) => `failback automatic needs mode automatic; in mode ${r.mode} nothing returns by itself`,
  },
];

function above(
  field: "hurtShare" | "healthThreshold" | "coverageMin" | "arrivedShare" | "prepareRisk",
  or: string,
) {
  return { field, holds: (r: Thresholds) => r[field] > 0, says: () => `${field} must be above 0, or ${or}` };
}

const round = (n: number) => Number(n.toFixed(6));

export const Rules = Thresholds.superRefine((rules, context) => {
  for (const { field, holds, says } of together)
    if (!holds(rules))
      context.addIssue({ code: "custom", path: [field], message: says(rules), input: rules[field] });
});
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
  selfTestEveryMs: 20_000,
  selfTestPatienceMs: 10_000,
} satisfies Partial<z.input<typeof Rules>>;
