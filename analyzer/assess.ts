/** analyzer · pure. Turns what was heard into how things stand: each region's score with its reasons, who votes
 *  that users are hurt, the service × region matrix, where the name leads.
 *  Judges sit outside what they judge: a region is scored only by vantage points of other regions.
 *
 *  - `assess/questions.ts`    what there is to hear; `listen.ts` who can be heard, and what they said
 *  - `assess/testimony.ts`    what they say of one region's users; `instruments.ts` its lag and its certificate
 *  - `assess/matrix.ts`       what they hold of each service
 *  - `assess/zones.ts`        what they see of its zones; `scope.ts` how far the trouble reaches */
import type {
  Anomaly,
  Assessment,
  Health,
  HealthReason,
  Observation,
  Round,
  Topology,
  Voice,
} from "../store/records.ts";
import { alike, type Ear, listen } from "./assess/listen.ts";
import { matrix } from "./assess/matrix.ts";
import { questionsOf } from "./assess/questions.ts";
import { scopeOf } from "./assess/scope.ts";
import { outsideOf, type Testimony, testimonyOf } from "./assess/testimony.ts";
import { sightOf } from "./assess/zones.ts";
import { cascade } from "./cascade.ts";
import { dependencies, type Edge } from "./dependencies.ts";
import type { Rules } from "./rules.ts";

export type Heard = {
  rounds: readonly Round[];
  voices: readonly Voice[];
  anomalies: readonly Anomaly[];
  /** The assessment before this one, for what lasts: since when a service is down. */
  before: Assessment | null;
  now: number;
};

/** What trouble besides the workload's own costs a region, at most: all of it together is too little to make it unfit
 *  (1 - 0.7 = 0.3), as failing AWS names move nobody by themselves, nor keep anybody from a standby that serves. */
const costs = {
  root: 0.15,
  fallen: 0.05,
  servicesMost: 0.25,
  anomaly: 0.02,
  anomaliesMost: 0.05,
};

export function assess(
  heard: Heard,
  topology: Topology,
  rules: Rules,
  edges: readonly Edge[] = dependencies,
): Assessment {
  const { now, before } = heard;
  const surveyed = survey(heard, topology, rules);
  const { ears, services, testimonies, routes, blind } = surveyed;
  const odd = heard.anomalies.map((a) => a.node);
  const fall = cascade(services, edges, now, { before, proven: questionsOf(topology).proven }, odd);
  const children = new Set(fall.suppressed.map((s) => s.node));
  const alarming = heard.anomalies.filter((a) => !children.has(a.node));
  const regions = topology.regions.map(({ region, role }, i): Health => {
    const said = testimonies[i] ?? testimonyOf({ region, role }, ears, topology, rules);
    const outside = outsideOf(region, ears);
    const capacity = capacityOf(region, outside);
    const takesUsers = role !== "witness";
    const reasons = [
      ...said.reasons,
      ...(takesUsers && capacity?.running === 0 ? [{ says: "no task runs", costs: 1, node: null }] : []),
      ...serviceReasons(region, fall),
      ...anomalyReasons(region, alarming),
    ];
    const seen = said.coverage >= rules.coverageMin && (!takesUsers || said.answered);
    return {
      region,
      role,
      score: seen ? scoreOf(reasons) : null,
      coverage: said.coverage,
      reasons,
      votes: said.votes.map(({ vantage, says, why }, v) => ({
        vantage,
        says,
        why,
        at: outside[v]?.rounds[0]?.at ?? null,
      })),
      p95Ms: said.p95Ms,
      capacity,
      lagMs: said.lagMs,
      certificateDays: said.certificateDays,
    };
  });
  const assessment: Assessment = {
    at: now,
    evidenceAt: evidenceAt(ears),
    regions,
    services,
    anomalies: [...heard.anomalies],
    cascade: fall,
    scope: scopeOf(regions, services, fall, (region) => sightOf(region, ears, rules.calmRounds)),
    routes,
    blind,
    users: [...heard.voices],
  };
  latest.set(topology, { assessment, survey: surveyed });
  return assessment;
}

/** All that follows from the vantage points' words, whenever they were spoken. */
type Survey = Pick<Assessment, "services" | "routes" | "blind"> & {
  rules: Rules;
  ears: readonly Ear[];
  testimonies: readonly Testimony[];
};

/** What the last assessment of a house was made from: while the words stay the same, so does what follows from them. */
const latest = new WeakMap<Topology, { assessment: Assessment; survey: Survey }>();

function survey({ rounds, before, now }: Heard, topology: Topology, rules: Rules): Survey {
  const known = latest.get(topology);
  const last = known?.survey.rules === rules ? known : undefined;
  const ears = listen(rounds, topology, rules, now, last?.survey.ears);
  if (
    last !== undefined &&
    last.assessment === before &&
    ears.every((ear, i) => alike(ear, last.survey.ears[i]))
  )
    return { ...last.survey, ears };
  return {
    rules,
    ears,
    services: matrix(ears, topology, rules, before, now),
    testimonies: topology.regions.map((r) => testimonyOf(r, ears, topology, rules)),
    routes: ears.filter((e) => e.deaf === null).flatMap(routeOf),
    blind: ears.flatMap((e) => (e.deaf === null ? [] : [{ vantage: e.vantage.id, why: e.deaf }])),
  };
}

/** To a thousandth: finer differences are noise. */
function scoreOf(reasons: readonly HealthReason[]): number {
  const lost = reasons.reduce((sum, r) => sum + r.costs, 0);
  return Math.round(Math.max(0, 1 - lost) * 1000) / 1000;
}

/** The instant by which more than half of the vantage points had spoken anew: hearing one of them twice is no
 *  second piece of evidence. */
function evidenceAt(ears: readonly Ear[]): number {
  const newest = ears.map((e) => e.rounds[0]?.at ?? 0);
  let best = 0;
  for (const at of newest) {
    let heard = 0;
    for (const other of newest) if (other >= at) heard++;
    if (at > best && heard * 2 > newest.length) best = at;
  }
  return best;
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

function capacityOf(region: string, outside: readonly Ear[]): Health["capacity"] {
  let newest: Observation | undefined;
  for (const ear of outside) {
    if (ear.deaf !== null) continue;
    for (const o of tasksIn(region, ear))
      if (countsTasks(o) && (newest === undefined || o.at > newest.at)) newest = o;
  }
  const { running, desired, limit } = newest?.facts ?? {};
  if (typeof running !== "number" || typeof desired !== "number") return null;
  return { running, desired, ...(typeof limit === "number" ? { limit } : {}) };
}

/** Whoever got no answer counts none, and says nothing of what others counted. */
const countsTasks = ({ verdict, facts }: Observation) =>
  verdict !== "unknown" && typeof facts.running === "number" && typeof facts.desired === "number";

/** What an ear heard of a region's tasks in the newest round that asked of them. */
function tasksIn(region: string, ear: Ear): readonly Observation[] {
  for (const { tasks } of ear.rounds) {
    for (const there of tasks) if (there.region === region) return there.answers;
  }
  return [];
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
