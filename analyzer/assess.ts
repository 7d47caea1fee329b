/** analyzer · pure. Turns what was heard into how things stand: each region's score with its reasons, who votes
 *  that users are hurt, the service × region matrix, where the name leads.
 *  Judges sit outside what they judge: a region is scored only by vantage points of other regions. */
import type {
  Anomaly,
  Assessment,
  Health,
  HealthReason,
  Round,
  Topology,
  Voice,
  Vote,
} from "../store/records.ts";
import { cascade } from "./cascade.ts";
import { dependencies, type Edge } from "./dependencies.ts";
import { certificateDaysOf, lagOf } from "./instruments.ts";
import { type Ear, listen, type Sum, sumsOf } from "./listen.ts";
import { matrix } from "./matrix.ts";
import { questionsOf } from "./questions.ts";
import type { Rules } from "./rules.ts";
import { scopeOf } from "./scope.ts";
import { sightOf } from "./zones.ts";

export type Heard = {
  rounds: readonly Round[];
  voices: readonly Voice[];
  anomalies: readonly Anomaly[];
  /** The assessment before this one, for what lasts: since when a service is down. */
  before: Assessment | null;
  now: number;
};

/** What each kind of trouble costs a region, at most. Only the workload's own answers can make it unfit alone
 *  (1 - 0.7 = 0.3): a failing AWS name by itself never moves anybody. */
const costs = {
  failed: { perShare: 2, most: 1 }, // a third of answers lost is a region nobody should be sent to
  slow: { most: 0.6 }, // a share: what makes a region unfit just where its percentile goes over the threshold
  dissent: 0.1,
  root: 0.15,
  fallen: 0.05,
  servicesMost: 0.25,
  anomaly: 0.02,
  anomaliesMost: 0.06,
};

export function assess(
  heard: Heard,
  topology: Topology,
  rules: Rules,
  edges: readonly Edge[] = dependencies,
): Assessment {
  const { now, before } = heard;
  const ears = listen(heard.rounds, topology, rules, now);
  const services = matrix(ears, topology, rules, before, now);
  const odd = heard.anomalies.map((a) => a.node);
  const fall = cascade(services, edges, now, { before, proven: questionsOf(topology).proven }, odd);
  const children = new Set(fall.suppressed.map((s) => s.node));
  const alarming = heard.anomalies.filter((a) => !children.has(a.node));
  const regions = topology.regions.map(({ region, role }): Health => {
    const outside = ears.filter((e) => e.vantage.region !== region).map((e) => witness(e, region));
    const seeing = outside.filter((w) => w.ear.deaf === null);
    const coverage = coverageOf(region, outside, topology);
    const capacity = capacityOf(region, seeing);
    const takesUsers = role !== "witness";
    const reasons = [
      ...(takesUsers ? workloadReasons(seeing, rules) : []),
      ...(takesUsers && capacity?.running === 0 ? [{ says: "no task runs", costs: 1, node: null }] : []),
      ...serviceReasons(region, fall),
      ...anomalyReasons(region, alarming),
    ];
    const answered = seeing.some((w) => w.sums.some((s) => s.answers > 0));
    const seen = coverage >= rules.coverageMin && (!takesUsers || answered);
    return {
      region,
      role,
      score: seen ? scoreOf(reasons) : null,
      coverage,
      reasons,
      votes: takesUsers ? outside.map((w) => vote(w, rules)) : [],
      p95Ms: percentile(latenciesOf(seeing), 0.95),
      capacity,
      lagMs: lagOf(region, ears, topology),
      certificateDays: certificateDaysOf(region, ears, topology),
    };
  });
  return {
    at: now,
    evidenceAt: evidenceAt(ears),
    regions,
    services,
    anomalies: [...heard.anomalies],
    cascade: fall,
    scope: scopeOf(regions, services, fall, (region) => sightOf(region, ears, rules.calmRounds)),
    routes: ears.filter((e) => e.deaf === null).flatMap(routeOf),
    blind: ears.flatMap((e) => (e.deaf === null ? [] : [{ vantage: e.vantage.id, why: e.deaf }])),
    users: [...heard.voices],
  };
}

/** One vantage point outside a region, with all it heard of the workload there, newest round first. */
type Witness = { ear: Ear; sums: readonly Sum[] };
const witness = (ear: Ear, region: string): Witness => ({ ear, sums: sumsOf(ear, region) });

/** To a thousandth: finer differences are noise. */
function scoreOf(reasons: readonly HealthReason[]): number {
  const lost = reasons.reduce((sum, r) => sum + r.costs, 0);
  return Math.round(Math.max(0, 1 - lost) * 1000) / 1000;
}

/** The instant by which more than half of the vantage points had spoken anew: hearing one of them twice is no
 *  second piece of evidence. */
function evidenceAt(ears: readonly Ear[]): number {
  const newest = ears.map((e) => e.rounds[0]?.at ?? 0).sort((a, b) => b - a);
  return newest[Math.floor(ears.length / 2)] ?? 0;
}

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

function serviceReasons(region: string, fall: Assessment["cascade"]): HealthReason[] {
  if (fall.fallen.length === 0) return [];
  let left = costs.servicesMost;
  return fall.fallen
    .filter((f) => f.node.endsWith(`@${region}`) && !f.node.startsWith("app@"))
    .map((f) => {
      const cost = Math.min(left, f.node === fall.root ? costs.root : costs.fallen);
      left -= cost;
      return { says: `${f.node.split("@")[0]}: ${f.says}`, costs: cost, node: f.node };
    });
}

function anomalyReasons(region: string, anomalies: readonly Anomaly[]): HealthReason[] {
  if (anomalies.length === 0) return [];
  const nodes = [...new Set(anomalies.filter((a) => a.node.endsWith(`@${region}`)).map((a) => a.node))];
  let left = costs.anomaliesMost;
  return nodes.map((node) => {
    const cost = Math.min(left, costs.anomaly);
    left -= cost;
    const first = anomalies.find((a) => a.node === node)?.features[0]?.says;
    return { says: `${node.split("@")[0]} behaves oddly${first ? `: ${first}` : ""}`, costs: cost, node };
  });
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

function capacityOf(region: string, seeing: readonly Witness[]): Health["capacity"] {
  const newest = seeing
    .flatMap(({ ear }) => {
      const asked = ear.rounds.find((r) => r.tasks.some((t) => t.region === region));
      return asked?.tasks.find((t) => t.region === region)?.answers ?? [];
    })
    .sort((a, b) => b.at - a.at)
    .find((o) => o.verdict !== "unknown");
  const { running, desired, limit } = newest?.facts ?? {};
  if (typeof running !== "number" || typeof desired !== "number") return null;
  return { running, desired, ...(typeof limit === "number" ? { limit } : {}) };
}

function routeOf(ear: Ear): Assessment["routes"] {
  const newest = ear.rounds[0]?.route;
  if (!newest || newest.verdict === "unknown") return [];
  const region = newest.facts.servedBy;
  return [
    {
      vantage: ear.vantage.id,
      region: typeof region === "string" ? region : null,
      served: newest.verdict === "up",
    },
  ];
}

function latenciesOf(seeing: readonly Witness[]): number[] {
  const all: number[] = [];
  for (const { sums } of seeing)
    for (const { latenciesMs } of sums) for (const ms of latenciesMs) all.push(ms);
  return all;
}

/** Nearest-rank percentile; null of nothing. */
export function percentile(values: readonly number[], p: number): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)] ?? null;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
