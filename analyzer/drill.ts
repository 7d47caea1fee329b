/** analyzer · pure. What a move was, told from the journal alone: each step with its time, and what it took against what
 *  was estimated when it began. A drill and a real move are told the same way. */
import type { Decision, Manner, Order, Phase, RecoveryPart, Region } from "../store/records.ts";

export type DrillStep = { at: number; afterMs: number; phase: Phase; says: string; orders: readonly Order[] };

/** A stretch of the move, as estimated by the parts it is made of, and as it was; null where it is not known or over. */
export type DrillStretch = {
  until: string;
  parts: readonly RecoveryPart["part"][];
  /** What each of them was estimated to take, in ms. */
  estimate: readonly (number | null)[];
  estimatedMs: number | null;
  tookMs: number | null;
};

export type Drill = {
  /** Of the decision that pulled the lever. */
  id: string;
  /** away: out of the primary. home: back to it. */
  kind: "away" | "home";
  /** The region whose lever was pulled: left when away, gone back to when home. */
  region: Region;
  manner: Manner | null;
  by: string;
  /** Whether a person asked for it. */
  asked: boolean;
  /** Whether it was made to practise. */
  practised: boolean;
  reason: string;
  beganAt: number;
  pulledAt: number;
  leverHeldAt: number | null;
  /** When users were proved to be served; null when they are still on their way, or never were. */
  servedAt: number | null;
  outcome: "served" | "under-way" | "given-up";
  steps: readonly DrillStep[];
  stretches: readonly DrillStretch[];
  /** By region: how far the data was behind when the lever was pulled. */
  lagMs: Readonly<Record<string, number | null>>;
  overruled: readonly string[];
};

/** All moves of a journal, newest first. `newestFirst`: as a store gives it; a move whose beginning is not in it is told
 *  from where the journal begins. */
export function drills(newestFirst: readonly Decision[]): Drill[] {
  const journal = newestFirst.toReversed();
  return journal
    .flatMap((d, i) => {
      const drain = drainOf(d);
      return drain ? [told(journal, i, d, drain)] : [];
    })
    .reverse();
}

type Drain = Extract<Order, { kind: "drain" }>;

const drainOf = (d: Decision) => d.orders.find((o): o is Drain => o.kind === "drain");
const pulls = (d: Decision) => drainOf(d) !== undefined;

function told(journal: readonly Decision[], pulled: number, pull: Decision, drain: Drain): Drill {
  const kind = drain.drained ? "away" : "home";
  const first = beginning(journal, pulled);
  const began = journal[first] ?? pull;
  const later = journal.slice(pulled + 1);
  const end = later.findIndex((d) => ends(d, kind));
  const run = [...journal.slice(first, pulled + 1), ...(end === -1 ? later : later.slice(0, end + 1))];
  const last = end === -1 ? undefined : later[end];
  const served = last !== undefined && last.to === kind;
  const leads = pull.to === "verifying" ? pull : run.find((d) => d.at >= pull.at && d.to === "verifying");
  const asked = pull.request?.kind === "failover" || pull.request?.kind === "failback" ? pull.request : null;
  const beganAt = asked ? Math.min(asked.at, began.at) : began.at;
  const servedAt = served ? last.at : null;
  return {
    id: pull.id,
    kind,
    region: drain.region,
    manner: pull.manner,
    by: asked?.by ?? pull.by,
    asked: asked !== null,
    practised: asked?.drill === true,
    reason: asked?.reason ?? pull.why,
    beganAt,
    pulledAt: pull.at,
    leverHeldAt: run.findLast((d) => d.at >= pull.at && d.leverHeldAt !== null)?.leverHeldAt ?? null,
    servedAt,
    outcome: served ? "served" : last === undefined ? "under-way" : "given-up",
    steps: run.map((d) => ({
      at: d.at,
      afterMs: d.at - beganAt,
      phase: d.to,
      says: d.why,
      orders: d.orders,
    })),
    stretches: stretches(kind, began.estimate, asked !== null, {
      beganAt,
      pulledAt: pull.at,
      leadsAt: leads?.at ?? null,
      servedAt,
    }),
    lagMs: pull.lagMs,
    overruled: pull.overruled,
  };
}

/** Where a move began: with the request for it, or with the first step after users were last known to stay. */
function beginning(journal: readonly Decision[], pulled: number): number {
  const stays = (d: Decision) => pulls(d) || d.to === "home" || d.to === "away" || d.to === "held";
  const first = journal.slice(0, pulled).findLastIndex(stays) + 1;
  const request = journal[pulled]?.request;
  const asked = journal.findIndex((d, i) => i >= first && d.request !== null && d.request.id === request?.id);
  return asked === -1 ? first : asked;
}

/** The way home is over when users are home, or were turned round; the way out when they are away, or were let go. */
function ends(d: Decision, kind: "away" | "home"): boolean {
  return kind === "away"
    ? d.to === "away" || d.to === "home" || pulls(d)
    : d.to === "home" || pulls(d) || d.to === "preparing";
}

function stretches(
  kind: "away" | "home",
  estimated: readonly RecoveryPart[],
  asked: boolean,
  at: { beganAt: number; pulledAt: number; leadsAt: number | null; servedAt: number | null },
): DrillStretch[] {
  const estimate = (parts: readonly RecoveryPart["part"][]): number | null => {
    const found = estimated.filter((p) => parts.includes(p.part));
    return found.length < parts.length || found.some((p) => p.ms === null)
      ? null
      : found.reduce((sum, p) => sum + (p.ms ?? 0), 0);
  };
  const stretch = (until: string, parts: readonly RecoveryPart["part"][], tookMs: number | null) => ({
    until,
    parts,
    estimate: parts.map((part) => estimated.find((p) => p.part === part)?.ms ?? null),
    estimatedMs: parts.length === 0 ? null : estimate(parts),
    tookMs,
  });
  const before: readonly RecoveryPart["part"][] =
    kind === "home" ? ["decide"] : asked ? ["decide", "prepare"] : ["detect", "decide", "prepare"];
  // Kept journals may be older than the part that proves it.
  const proof = estimated.filter((p) => p.part === "prove").map((p) => p.part);
  const after: readonly RecoveryPart["part"][] = ["lever", "check", "cache", ...proof];
  const { beganAt, pulledAt, leadsAt, servedAt } = at;
  const proved = "users are served there, as rounds in a row have shown";
  if (kind === "home")
    return [
      stretch("the lever is let go", before, pulledAt - beganAt),
      stretch(proved, after, servedAt === null ? null : servedAt - pulledAt),
      stretch("in all", [...before, ...after], servedAt === null ? null : servedAt - beganAt),
    ];
  return [
    stretch("the lever is pulled", before, pulledAt - beganAt),
    stretch("the name leads there", ["lever", "check"], leadsAt === null ? null : leadsAt - pulledAt),
    stretch(proved, ["cache", ...proof], servedAt === null || leadsAt === null ? null : servedAt - leadsAt),
    stretch("in all", [...before, ...after], servedAt === null ? null : servedAt - beganAt),
  ];
}
