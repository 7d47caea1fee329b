/** analyzer · pure. What the vantage points outside a region see of its zones: whether the same few of a name's addresses
 *  fail for all of them, and in which zones the account's own machines are ill. */
import type { Ear, Heard } from "./listen.ts";

export type Sight = {
  /** Of the workload's addresses that are each asked, those that fail for most vantage points; null when nobody asks
   *  each. */
  addresses: { failing: readonly string[]; of: number; agree: number } | null;
  /** Zones in which at least half of the machines are ill; null when nobody counts by zone. */
  zones: { ill: readonly string[]; of: number } | null;
  /** Share of the workload's answers that fail at the worst of them, as most vantage points see it at least. */
  failedShare: number;
};

/** Over the last so many rounds, so that a zone is remembered for as long as its hurt still counts. */
export function sightOf(region: string, ears: readonly Ear[], rounds: number): Sight {
  const outside = ears.filter((e) => e.vantage.region !== region);
  const lately = outside.map((e) => (e.deaf === null ? e.rounds.slice(0, rounds) : []));
  return {
    addresses: addressesOf(region, lately),
    zones: zonesOf(region, lately),
    failedShare: failedShareOf(region, lately),
  };
}

/** What each vantage point said, newest round first. */
type Lately = readonly (readonly Heard[])[];

/** One line for each address: `192.0.2.1 down timeout` (probes/everywhere.ts). */
function addressesOf(region: string, lately: Lately): Sight["addresses"] {
  const failingFor = new Map<string, number>();
  const asked = new Set<string>();
  for (const heard of lately) {
    const failing = new Set<string>();
    for (const o of eachOf(heard)) {
      if (o.purpose !== "workload" || o.region !== region || !Array.isArray(o.facts.answers)) continue;
      for (const line of o.facts.answers) {
        const address = line.slice(0, line.indexOf(" "));
        asked.add(address);
        if (line.startsWith("down", address.length + 1)) failing.add(address);
      }
    }
    for (const address of failing) failingFor.set(address, (failingFor.get(address) ?? 0) + 1);
  }
  if (asked.size < 2) return null;
  const most = [...failingFor].filter(([, seen]) => seen * 2 > lately.length);
  const agree = Math.min(lately.length, ...most.map(([, seen]) => seen));
  return { failing: most.map(([address]) => address).sort(), of: asked.size, agree };
}

/** From the counts by zone (probes/health.ts) of whoever could ask the API; they ask the same one, so the worst counts. */
function zonesOf(region: string, lately: Lately): Sight["zones"] {
  const counts = new Map<string, { ill: number; well: number }>();
  for (const heard of lately) {
    for (const o of eachOf(heard)) {
      if (o.kind !== "aws" || o.region !== region) continue;
      for (const [key, what] of [
        ["unhealthyByZone", "ill"],
        ["healthyByZone", "well"],
      ] as const) {
        const told = o.facts[key];
        if (told === null || typeof told !== "object" || Array.isArray(told)) continue;
        for (const [zone, n] of Object.entries(told)) {
          const known = counts.get(zone) ?? { ill: 0, well: 0 };
          counts.set(zone, { ...known, [what]: Math.max(known[what], n) });
        }
      }
    }
  }
  if (counts.size < 2) return null;
  const ill = [...counts].filter(([, c]) => c.ill > 0 && c.ill >= c.well).map(([zone]) => zone);
  return { ill: ill.sort(), of: counts.size };
}

/** Only those that can tell anything of zones: who counts machines, or asks each of the workload's addresses. */
function* eachOf(heard: readonly Heard[]) {
  for (const { zonal } of heard) yield* zonal;
}

function failedShareOf(region: string, lately: Lately): number {
  const shares = lately
    .map((heard) => heard.flatMap((r) => r.sums.filter((s) => s.region === region && s.answers > 0)))
    .map((sums) => Math.max(0, ...sums.map((s) => (s.failed + s.late) / s.answers)))
    .sort((a, b) => b - a);
  return shares[Math.floor(shares.length / 2)] ?? 0;
}
