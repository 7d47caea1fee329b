/** analyzer · pure. What the vantage points outside a region say of it, taken together: their votes, what the workload's
 *  answers cost it, how much of it they could see. It follows from their words alone, whenever they were spoken. */
import type { HealthReason, Region, Role, Topology, Vote } from "../../store/records.ts";
import type { Rules } from "../rules.ts";
import { certificateDaysOf, lagOf } from "./instruments.ts";
import { type Ear, type Sum, sumsOf } from "./listen.ts";
import { questionsOf } from "./questions.ts";

export type Testimony = {
  /** Whether anybody got an answer of the workload's there. */
  answered: boolean;
  coverage: number;
  reasons: readonly HealthReason[];
  /** None of a region that takes no users. */
  votes: readonly Vote[];
  p95Ms: number | null;
  lagMs: number | null;
  certificateDays: number | null;
};

/** What the workload's own answers cost a region, at most. */
const costs = {
  failed: { perShare: 2, most: 1 }, // a third of answers lost is a region nobody should be sent to
  slow: { most: 0.6 }, // a share: what makes a region unfit just where its percentile goes over the threshold
  dissent: 0.1,
};

/** Judges sit outside what they judge. */
export const outsideOf = (region: Region, ears: readonly Ear[]): Ear[] =>
  ears.filter((e) => e.vantage.region !== region);

export function testimonyOf(
  { region, role }: { region: Region; role: Role },
  ears: readonly Ear[],
  topology: Topology,
  rules: Rules,
): Testimony {
  const outside = outsideOf(region, ears).map((ear): Witness => ({ ear, sums: sumsOf(ear, region) }));
  const seeing = outside.filter((w) => w.ear.deaf === null);
  const takesUsers = role !== "witness";
  return {
    answered: seeing.some((w) => w.sums.some((s) => s.answers > 0)),
    coverage: coverageOf(region, outside, topology),
    reasons: takesUsers ? workloadReasons(seeing, rules) : [],
    votes: takesUsers ? outside.map((w) => vote(w, rules)) : [],
    p95Ms: percentile(latenciesOf(seeing), 0.95),
    lagMs: lagOf(region, ears, topology),
    certificateDays: certificateDaysOf(region, ears, topology),
  };
}

/** One vantage point outside a region, with all it heard of the workload there, newest round first. */
type Witness = { ear: Ear; sums: readonly Sum[] };

/** One vantage point's word on a region's users. The newest round counts by itself when at least half of it hurts;
 *  older hurt counts while it keeps coming, so that a region that fails now and then is seen too. */
function vote({ ear, sums }: Witness, rules: Rules): Vote {
  const vantage = ear.vantage.id;
  const at = ear.rounds[0]?.at ?? null;
  if (ear.deaf !== null) return { vantage, says: "unknown", why: ear.deaf, at };
  const newest = sums[0];
  if (!newest || newest.answers === 0) return { vantage, says: "unknown", why: "could not ask", at };
  let bad = 0;
  let answers = 0;
  let late = 0;
  let badRounds = 0;
  let lately = false;
  // From the first bad round on: what went well before the trouble began says nothing of how bad it is.
  const since = sums.findLastIndex((sum) => sum.failed + sum.late > 0) + 1;
  for (let roundsAgo = 0; roundsAgo < since; roundsAgo++) {
    const sum = sums[roundsAgo];
    if (!sum) continue;
    answers += sum.answers;
    if (sum.failed + sum.late === 0) continue;
    bad += sum.failed + sum.late;
    late += sum.late;
    badRounds++;
    lately ||= roundsAgo < rules.calmRounds;
  }
  const badShare = answers === 0 ? 0 : bad / answers;
  const badNow = newest.failed + newest.late;
  if (badNow * 2 >= newest.answers) {
    const why = newest.why ?? "too slow";
    return {
      vantage,
      says: "hurt",
      why: `${badNow} of ${newest.answers} answers failed or were late: ${why}`,
      at,
    };
  }
  const lasts = lately && badRounds >= rules.consecutiveFailuresThreshold;
  if (lasts && isPercentileLate(answers - bad + late, late, rules)) {
    const why = `the ${rules.responseTimePercentile * 100}th percentile of answer times in the last ${since} rounds is over ${rules.responseTimeThresholdMs} ms`;
    return { vantage, says: "hurt", why, at };
  }
  if (lasts && badShare >= rules.hurtShare) {
    const why = `${percent(badShare)} of answers in the last ${since} rounds failed or were late`;
    return { vantage, says: "hurt", why, at };
  }
  return {
    vantage,
    says: "fine",
    why: badShare > 0 ? `${percent(badShare)} of answers failed or were late` : "all answers came in time",
    at,
  };
}

/** Whether the percentile of answer times, by nearest rank, is over the threshold; so it is when more of the answers are
 *  late than stand above the percentile's place. */
const isPercentileLate = (answers: number, late: number, { responseTimePercentile: p }: Rules) =>
  late > answers - Math.ceil(p * answers);

/** What most outside vantage points see at the least: one that lies alone neither ruins a region nor saves it, but
 *  its dissent costs a little and is said. */
function workloadReasons(seeing: readonly Witness[], rules: Rules): HealthReason[] {
  const failed = shares(seeing, rules, "failed");
  const slow = shares(seeing, rules, "late");
  const reasons: HealthReason[] = [];
  if (failed.most > 0) {
    reasons.push({
      says: `${percent(failed.most)} of the workload's answers fail`,
      costs: Math.min(costs.failed.most, failed.most * costs.failed.perShare),
      node: null,
    });
  }
  if (slow.most > 0) {
    reasons.push({
      says: `${percent(slow.most)} of the workload's answers take over ${rules.responseTimeThresholdMs} ms`,
      costs: Math.min(
        costs.slow.most,
        (slow.most * (1 - rules.healthThreshold)) / (1 - rules.responseTimePercentile),
      ),
      node: null,
    });
  }
  const dissent = Math.max(failed.worst - failed.most, slow.worst - slow.most);
  if (dissent >= rules.hurtShare) {
    const who = failed.worst - failed.most >= rules.hurtShare ? failed.worstFrom : slow.worstFrom;
    reasons.push({
      says: `${who} alone sees ${percent(dissent)} more fail or lag`,
      costs: costs.dissent,
      node: null,
    });
  }
  return reasons;
}

/** The share of answers that failed or were late, by vantage point: what a strict majority sees at least, and the
 *  worst. */
function shares(seeing: readonly Witness[], rules: Rules, of: "failed" | "late") {
  const each = seeing
    .map(({ ear, sums }) => ({
      from: ear.vantage.id,
      // The worse of "just now" and "of late": quick to see a loss, slow to forgive a region that comes and goes.
      share: Math.max(shareOf(sums, rules.calmRounds, of), shareOf(sums, rules.windowRounds, of)),
    }))
    .sort((a, b) => b.share - a.share);
  const most = each[Math.floor(each.length / 2)]?.share ?? 0;
  return { most, worst: each[0]?.share ?? 0, worstFrom: each[0]?.from ?? "" };
}

function shareOf(sums: readonly Sum[], roundsMax: number, of: "failed" | "late"): number {
  let answers = 0;
  let bad = 0;
  for (let i = 0; i < Math.min(roundsMax, sums.length); i++) {
    answers += sums[i]?.answers ?? 0;
    bad += sums[i]?.[of] ?? 0;
  }
  return answers === 0 ? 0 : bad / answers;
}

/** Share of the questions about a region, over the outside vantage points, whose newest answer is a verdict. */
function coverageOf(region: string, outside: readonly Witness[], topology: Topology): number {
  const asked = questionsOf(topology).of.get(region) ?? [];
  if (outside.length === 0 || asked.length === 0) return 0;
  let heard = 0;
  for (const { ear } of outside) {
    const answers = ear.deaf === null ? ear.rounds[0]?.answers : undefined;
    if (!answers) continue;
    for (const place of asked) if ((answers[place]?.verdict ?? "unknown") !== "unknown") heard++;
  }
  return heard / (asked.length * outside.length);
}

function latenciesOf(seeing: readonly Witness[]): number[] {
  const all: number[] = [];
  for (const { sums } of seeing)
    for (const { latenciesMs } of sums) for (const ms of latenciesMs) all.push(ms);
  return all;
}

/** Nearest-rank percentile; null of nothing. Of the many answers of a window one place is wanted, so they are parted
 *  around it and not sorted. */
export function percentile(values: readonly number[], p: number): number | null {
  if (values.length === 0) return null;
  const place = Math.min(values.length - 1, Math.ceil(p * values.length) - 1);
  const parted = new Float64Array(values);
  let [from, until] = [0, parted.length - 1];
  while (from < until) {
    const pivot = parted[(from + until) >> 1] ?? 0;
    let [low, high] = [from, until];
    while (low <= high) {
      while ((parted[low] ?? 0) < pivot) low++;
      while ((parted[high] ?? 0) > pivot) high--;
      if (low > high) break;
      const moved = parted[low] ?? 0;
      parted[low++] = parted[high] ?? 0;
      parted[high--] = moved;
    }
    if (place <= high) until = high;
    else if (place >= low) from = low;
    else break;
  }
  return parted[place] ?? null;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
