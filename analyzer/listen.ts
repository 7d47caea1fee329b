/** analyzer · pure. Who can be heard: sorts the rounds of late by vantage point and says which of them see nothing.
 *  A blind or silent vantage point casts doubt on itself, never on a region. */
import type { Observation, Purpose, Round, Topology, Vantage } from "../store/records.ts";
import type { Rules } from "./rules.ts";

/** One vantage point's rounds of late, newest first, without those in which it was blind or slow itself. */
export type Ear = {
  vantage: Vantage;
  rounds: readonly Round[];
  /** Why nothing it says counts now; null when it does. */
  deaf: string | null;
};

/** One ear per vantage point of the topology, heard or not. */
export function listen(rounds: readonly Round[], topology: Topology, rules: Rules, now: number): Ear[] {
  return topology.vantages.map((vantage) => {
    const own = rounds.filter((r) => r.vantage === vantage.id).sort((a, b) => b.at - a.at);
    const newest = own[0];
    const clear = own.filter((r) => blindness(r, rules) === null).slice(0, rules.windowRounds);
    return { vantage, rounds: clear, deaf: deafness(newest, rules, now) };
  });
}

function deafness(newest: Round | undefined, rules: Rules, now: number): string | null {
  if (!newest) return "has not been heard yet";
  const silentMs = now - (newest.at + newest.tookMs);
  if (silentMs > rules.silentRounds * rules.cadenceMs) return `silent for ${Math.round(silentMs / 1000)} s`;
  return blindness(newest, rules);
}

/** Why nothing in a round counts; null when it does. A vantage point whose controls are late as well is slow itself:
 *  what it times says more of its own machine than of any region. */
function blindness(round: Round, rules: Rules): string | null {
  if (round.blind) return "sees nothing: its control targets fail too";
  const { fastestControlMs: fastest } = indexOf(round);
  if (fastest !== null && fastest > rules.responseTimeThresholdMs / 2) {
    return `is slow itself: its control targets took ${Math.round(fastest)} ms`;
  }
  return null;
}

/** What an ear heard about one region for one purpose, a list per round, newest first; rounds that asked nothing
 *  of the kind are left out. */
export function about(ear: Ear, purpose: Purpose, region: string): Observation[][] {
  const key = `${purpose} ${region}`;
  return ear.rounds.flatMap((round) => {
    const list = indexOf(round).abouts.get(key);
    return list ? [list] : [];
  });
}

/** The last verdicts an ear heard on one target, newest first; rounds that could not ask it are passed over. */
export function latest(ear: Ear, target: string, n: number): Observation[] {
  const found: Observation[] = [];
  for (const round of ear.rounds) {
    const o = indexOf(round).targets.get(target);
    if (o && o.verdict !== "unknown") found.push(o);
    if (found.length === n) break;
  }
  return found;
}

type Index = {
  abouts: Map<string, Observation[]>;
  targets: Map<string, Observation>;
  fastestControlMs: number | null;
};

/** A round is looked at in a dozen ticks; it is sorted once. */
const indexes = new WeakMap<Round, Index>();

function indexOf(round: Round): Index {
  const known = indexes.get(round);
  if (known) return known;
  const index: Index = { abouts: new Map(), targets: new Map(), fastestControlMs: null };
  for (const o of round.observations) {
    const key = `${o.purpose} ${o.region}`;
    const list = index.abouts.get(key);
    if (list) list.push(o);
    else index.abouts.set(key, [o]);
    index.targets.set(o.target, o);
    if (o.purpose === "control" && o.latencyMs !== null) {
      index.fastestControlMs = Math.min(o.latencyMs, index.fastestControlMs ?? o.latencyMs);
    }
  }
  indexes.set(round, index);
  return index;
}
