/** analyzer · pure. Who can be heard: sorts the rounds of late by vantage point and says which of them see nothing.
 *  A blind or silent vantage point casts doubt on itself, never on a region. */
import type { Facts, Observation, Round, Topology, Vantage } from "../../store/records.ts";
import type { Rules } from "../rules.ts";
import { type Questions, questionsOf } from "./questions.ts";

/** One vantage point's rounds of late, newest first, without those in which it was blind or slow itself. */
export type Ear = {
  vantage: Vantage;
  rounds: readonly Heard[];
  /** The same, with those in which it was blind or slow. */
  all: readonly Heard[];
  /** Why nothing it says counts now; null when it does. */
  deaf: string | null;
};

/** A round, sorted by what it is about. */
export type Heard = {
  round: Round;
  at: number;
  /** By place in the topology's list of targets. Where a round says what the one before it said, instants aside, it is
   *  the list of that one. */
  answers: readonly (Observation | undefined)[];
  /** What it says of the workload, a sum for each region it asked in. */
  sums: readonly Sum[];
  /** What it heard of tasks, for each region it asked in. */
  tasks: readonly { region: string; answers: Observation[] }[];
  /** What can tell of zones: counts of machines, and answers that name the addresses that gave them. */
  zonal: readonly Observation[];
  /** What it heard of the name that users take. */
  route: Observation | undefined;
  /** Why nothing in it counts; null when it does. */
  blind: string | null;
};

/** The workload's answers in one region, in one round; those that could not be asked are left out. */
export type Sum = {
  region: string;
  answers: number;
  failed: number;
  late: number;
  /** Why the first bad one was bad. */
  why: string | null;
  latenciesMs: number[];
};

/** One ear per vantage point of the topology, heard or not. `before`: the ears of a tick before, of the same topology and
 *  rules. A round is looked at in a dozen ticks, and sorted once. */
export function listen(
  rounds: readonly Round[],
  topology: Topology,
  rules: Rules,
  now: number,
  before: readonly Ear[] = [],
): Ear[] {
  const questions = questionsOf(topology);
  const told = newestFirst(rounds, topology.vantages);
  return topology.vantages.map((vantage, v) => {
    const own = told[v] ?? [];
    const known = before[v]?.all ?? [];
    const all: Heard[] = [];
    const clear: Heard[] = [];
    for (let i = 0, k = 0; i < own.length && clear.length < rules.windowRounds; i++) {
      const round = own[i];
      if (!round) continue;
      if (known[k]?.round !== round) while ((known[k]?.at ?? 0) > round.at) k++;
      const same = known[k];
      const heard = same?.round === round ? same : sorted(round, same, questions, rules);
      if (heard === same) k++;
      all.push(heard);
      if (heard.blind === null) clear.push(heard);
    }
    return { vantage, rounds: clear, all, deaf: deafness(all[0], rules, now) };
  });
}

/** The rounds of each vantage point; those of nobody in the topology are left out. */
function newestFirst(rounds: readonly Round[], vantages: readonly Vantage[]): Round[][] {
  const own = vantages.map((): Round[] => []);
  let inOrder = true;
  let after = Number.POSITIVE_INFINITY;
  for (let i = rounds.length - 1; i >= 0; i--) {
    const round = rounds[i];
    if (round === undefined) continue;
    inOrder &&= round.at <= after;
    after = round.at;
    for (let v = 0; v < vantages.length; v++) if (vantages[v]?.id === round.vantage) own[v]?.push(round);
  }
  if (inOrder) return own; // a store gives them in order
  return own.map((told) => told.reverse().sort((a, b) => b.at - a.at));
}

function deafness(newest: Heard | undefined, rules: Rules, now: number): string | null {
  if (!newest) return "has not been heard yet";
  const silentMs = now - (newest.at + newest.round.tookMs);
  if (silentMs > rules.silentRounds * rules.cadenceMs) return `silent for ${Math.round(silentMs / 1000)} s`;
  return newest.blind;
}

/** Whether two ears hold the same words, instants aside: what follows from the words of one follows from the other's. */
export function alike(a: Ear, b: Ear | undefined): boolean {
  if (a.deaf !== b?.deaf || a.rounds.length !== b.rounds.length) return false;
  for (let i = 0; i < a.rounds.length; i++) if (a.rounds[i]?.answers !== b.rounds[i]?.answers) return false;
  return true;
}

/** A user is hurt by no answer, a wrong one, or one that comes too late. */
const isLate = (o: Observation, rules: Rules) =>
  o.verdict === "up" && (o.latencyMs ?? 0) > rules.responseTimeThresholdMs;

/** The newest verdict of an ear on one target; rounds that could not ask it are passed over. */
export function latest(ear: Ear, place: number): Observation | undefined {
  for (const { answers } of ear.rounds) {
    const o = answers[place];
    if (o !== undefined && o.verdict !== "unknown") return o;
  }
  return undefined;
}

/** Whether a target failed in each of the last `rounds` rounds that could ask it, and there were so many. */
export function hasFailed(ear: Ear, place: number, rounds: number): boolean {
  let failed = 0;
  for (const { answers } of ear.rounds) {
    const o = answers[place];
    if (o === undefined || o.verdict === "unknown") continue;
    if (o.verdict === "up") return false;
    if (++failed === rounds) return true;
  }
  return false;
}

/** What an ear heard of the workload in a region, newest round first; rounds that asked nothing of the kind are left
 *  out. */
export function sumsOf(ear: Ear, region: string): Sum[] {
  const found: Sum[] = [];
  for (const { sums } of ear.rounds) {
    for (const sum of sums) if (sum.region === region) found.push(sum);
  }
  return found;
}

/** `before`: a round before it. Most rounds say the same again, and are not sorted anew. */
const sorted = (round: Round, before: Heard | undefined, questions: Questions, rules: Rules): Heard =>
  (before && again(round, before)) ?? sortedAnew(round, questions, rules);

/** A round that says what the one before it said; null when it says anything else. */
function again(round: Round, before: Heard): Heard | null {
  const { observations } = round;
  const { observations: others, blind } = before.round;
  if (round.blind !== blind || observations.length !== others.length) return null;
  const tasks: Heard["tasks"][number][] = [];
  for (let i = 0; i < observations.length; i++) {
    const o = observations[i];
    const other = others[i];
    if (!o || !other || !saysTheSame(o, other)) return null;
    if (o.purpose === "capacity") addTask(tasks, o); // of these the newest counts, so their instants matter
  }
  const { answers, sums, zonal, route, blind: deaf } = before;
  return { round, at: round.at, answers, sums, tasks, zonal, route, blind: deaf };
}

const saysTheSame = (a: Observation, b: Observation) =>
  a.target === b.target &&
  a.verdict === b.verdict &&
  a.latencyMs === b.latencyMs &&
  a.reason === b.reason &&
  (a.facts === b.facts || haveSame(a.facts, b.facts)) &&
  a.purpose === b.purpose &&
  a.region === b.region &&
  a.service === b.service &&
  a.kind === b.kind;

/** Facts of one depth; a list within them counts as another list. */
function haveSame(a: Facts, b: Facts): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function sortedAnew(round: Round, questions: Questions, rules: Rules): Heard {
  const sums: Sum[] = [];
  const tasks: { region: string; answers: Observation[] }[] = [];
  let route: Observation | undefined;
  let fastestControlMs = Number.POSITIVE_INFINITY;
  for (const o of round.observations) {
    if (o.purpose === "workload") addTo(sums, o, rules);
    else if (o.purpose === "capacity") addTask(tasks, o);
    else if (o.purpose === "route") route ??= o;
    else if (o.purpose === "control" && o.latencyMs !== null && o.latencyMs < fastestControlMs)
      fastestControlMs = o.latencyMs;
  }
  const answers = placed(round.observations, questions);
  return {
    round,
    at: round.at,
    answers,
    sums,
    tasks,
    zonal: answers.filter((o): o is Observation => o !== undefined && tellsOfZones(o)),
    route,
    blind: blindness(round, fastestControlMs, rules),
  };
}

const tellsOfZones = (o: Observation) =>
  o.kind === "aws" || (o.purpose === "workload" && Array.isArray(o.facts.answers));

function addTask(tasks: { region: string; answers: Observation[] }[], o: Observation): void {
  const there = tasks.find((t) => t.region === o.region);
  if (there) there.answers.push(o);
  else tasks.push({ region: o.region, answers: [o] });
}

/** Most vantage points ask in the order of the topology, and then their list is taken as it is. */
function placed(observations: readonly Observation[], { ids, places }: Questions) {
  if (observations.length === ids.length && observations.every((o, place) => o.target === ids[place]))
    return observations;
  const answers: (Observation | undefined)[] = new Array(ids.length).fill(undefined);
  for (const o of observations) {
    const place = places.get(o.target);
    if (place !== undefined) answers[place] = o;
  }
  return answers;
}

function addTo(sums: Sum[], o: Observation, rules: Rules): void {
  let sum = sums.find((s) => s.region === o.region);
  if (!sum) {
    sum = { region: o.region, answers: 0, failed: 0, late: 0, why: null, latenciesMs: [] };
    sums.push(sum);
  }
  if (o.verdict === "unknown") return;
  const late = isLate(o, rules);
  if (late || o.verdict === "down") {
    if (sum.failed + sum.late === 0) sum.why = o.reason;
    if (late) sum.late++;
    else sum.failed++;
  }
  sum.answers++;
  if (o.latencyMs !== null) sum.latenciesMs.push(o.latencyMs);
}

/** A vantage point whose controls are late as well is slow itself: what it times says more of its own machine than of
 *  any region. */
function blindness(round: Round, fastestControlMs: number, rules: Rules): string | null {
  if (round.blind) return "sees nothing: its control targets fail too";
  if (Number.isFinite(fastestControlMs) && fastestControlMs > rules.responseTimeThresholdMs / 2)
    return `is slow itself: its control targets took ${Math.round(fastestControlMs)} ms`;
  return null;
}
