/** analyzer · pure. Who can be heard: sorts the rounds of late by vantage point and says which of them see nothing.
 *  A blind or silent vantage point casts doubt on itself, never on a region. */
import type { Observation, Purpose, Round, Topology, Vantage } from "../store/records.ts";
import type { Rules } from "./rules.ts";

/** One vantage point's rounds of late, newest first, without those in which it was blind. */
export type Ear = {
  vantage: Vantage;
  rounds: readonly Round[];
  /** What it heard, a list per round and per `purpose region`, newest first. */
  heard: ReadonlyMap<string, Observation[][]>;
  /** Why nothing it says counts now; null when it does. */
  deaf: string | null;
};

/** One ear per vantage point of the topology, heard or not. */
export function listen(rounds: readonly Round[], topology: Topology, rules: Rules, now: number): Ear[] {
  return topology.vantages.map((vantage) => {
    const own = rounds.filter((r) => r.vantage === vantage.id).sort((a, b) => b.at - a.at);
    const newest = own[0];
    const clear = own.filter((r) => !r.blind).slice(0, rules.windowRounds);
    return { vantage, rounds: clear, heard: sorted(clear), deaf: deafness(newest, rules, now) };
  });
}

function deafness(newest: Round | undefined, rules: Rules, now: number): string | null {
  if (!newest) return "has not been heard yet";
  const silentMs = now - (newest.at + newest.tookMs);
  if (silentMs > rules.silentRounds * rules.cadenceMs) return `silent for ${Math.round(silentMs / 1000)} s`;
  if (newest.blind) return "sees nothing: its control targets fail too";
  return null;
}

/** What an ear heard about one region for one purpose, a list per round, newest first; rounds that asked nothing
 *  of the kind are left out. */
export function about(ear: Ear, purpose: Purpose, region: string): readonly Observation[][] {
  return ear.heard.get(`${purpose} ${region}`) ?? [];
}

function sorted(rounds: readonly Round[]): Map<string, Observation[][]> {
  const all = new Map<string, Observation[][]>();
  for (const round of rounds) {
    const own = new Map<string, Observation[]>();
    for (const o of round.observations) {
      const key = `${o.purpose} ${o.region}`;
      const list = own.get(key);
      if (list) list.push(o);
      else own.set(key, [o]);
    }
    for (const [key, list] of own) {
      const lists = all.get(key);
      if (lists) lists.push(list);
      else all.set(key, [list]);
    }
  }
  return all;
}
