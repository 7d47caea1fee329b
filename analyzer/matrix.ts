/** analyzer · pure. The service × region matrix: what the vantage points, taken together, hold of each service. More
 *  than half of all of them, heard or not, must agree; anything else is unknown. */
import type { Assessment, Observation, ServiceHealth, Topology } from "../store/records.ts";
import type { Ear } from "./listen.ts";
import { about } from "./listen.ts";
import type { Rules } from "./rules.ts";

type Word = { verdict: "up" | "down"; reason: string | null; latencyMs: number | null };

export function matrix(
  ears: readonly Ear[],
  topology: Topology,
  rules: Rules,
  before: Assessment | null,
  now: number,
): ServiceHealth[] {
  return cells(topology).map(({ service, region, purpose }) => {
    const words = ears
      .filter((e) => e.deaf === null)
      .flatMap((e) => word(about(e, purpose, region), service, rules) ?? []);
    const verdict = majority(words, ears.length);
    const agreeing = words.filter((w) => w.verdict === verdict);
    const known = before?.services.find((s) => s.service === service && s.region === region);
    return {
      service,
      region,
      verdict,
      reason: verdict === "unknown" ? doubt(words) : commonest(agreeing.flatMap((w) => w.reason ?? [])),
      latencyMs: median(agreeing.flatMap((w) => w.latencyMs ?? [])),
      agree: agreeing.length,
      of: words.length,
      since: known?.verdict === verdict ? known.since : now,
    };
  });
}

function cells(topology: Topology) {
  const seen = new Map<string, { service: string; region: string; purpose: "service" | "workload" }>();
  for (const { service, region, purpose } of topology.targets) {
    if (purpose === "service" || purpose === "workload")
      seen.set(`${service}@${region}`, { service, region, purpose });
  }
  return [...seen.values()];
}

/** One vantage point's word: down when any target of the service failed in each of the last rounds that asked it. */
function word(rounds: readonly Observation[][], service: string, rules: Rules): Word | null {
  const asked = rounds
    .map((round) => round.filter((o) => o.service === service && o.verdict !== "unknown"))
    .filter((round) => round.length > 0);
  const newest = asked[0];
  if (!newest) return null;
  for (const { target } of newest) {
    const last = asked.slice(0, rules.confirmRounds).map((round) => round.find((o) => o.target === target));
    if (last.length < rules.confirmRounds || !last.every((o) => o?.verdict === "down")) continue;
    return { verdict: "down", reason: last[0]?.reason ?? null, latencyMs: last[0]?.latencyMs ?? null };
  }
  return { verdict: "up", reason: null, latencyMs: median(newest.flatMap((o) => o.latencyMs ?? [])) };
}

function majority(words: readonly Word[], of: number): ServiceHealth["verdict"] {
  const down = words.filter((w) => w.verdict === "down").length;
  if (down * 2 > of) return "down";
  return (words.length - down) * 2 > of ? "up" : "unknown";
}

function doubt(words: readonly Word[]): string {
  if (words.length === 0) return "not-heard";
  return new Set(words.map((w) => w.verdict)).size > 1 ? "disputed" : "heard-by-too-few";
}

function commonest(reasons: readonly string[]): string | null {
  const count = (reason: string) => reasons.filter((r) => r === reason).length;
  return [...reasons].sort((a, b) => count(b) - count(a) || a.localeCompare(b))[0] ?? null;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
