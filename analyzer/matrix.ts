/** analyzer · pure. The service × region matrix: what the vantage points, taken together, hold of each service. More
 *  than half of all of them, heard or not, must agree; anything else is unknown. */
import { type Assessment, nodeOf, type ServiceHealth, type Topology } from "../store/records.ts";
import { type Ear, latest } from "./listen.ts";
import type { Rules } from "./rules.ts";

type Word = { verdict: "up" | "down"; reason: string | null; latencyMs: number | null };

export function matrix(
  ears: readonly Ear[],
  topology: Topology,
  rules: Rules,
  before: Assessment | null,
  now: number,
): ServiceHealth[] {
  const seeing = ears.filter((e) => e.deaf === null);
  const known = new Map(before?.services.map((s) => [nodeOf(s.service, s.region), s]));
  return cells(topology).map(({ service, region, targets }) => {
    const words = seeing.flatMap((e) => word(e, targets, rules) ?? []);
    const verdict = majority(words, ears.length);
    const agreeing = words.filter((w) => w.verdict === verdict);
    const earlier = known.get(nodeOf(service, region));
    return {
      service,
      region,
      verdict,
      reason: verdict === "unknown" ? doubt(words) : commonest(agreeing.flatMap((w) => w.reason ?? [])),
      latencyMs: median(agreeing.flatMap((w) => w.latencyMs ?? [])),
      agree: agreeing.length,
      of: words.length,
      since: earlier?.verdict === verdict ? earlier.since : now,
    };
  });
}

type Cell = { service: string; region: string; targets: string[] };

function cells(topology: Topology): Cell[] {
  const all = new Map<string, Cell>();
  for (const { id, service, region, purpose } of topology.targets) {
    if (purpose !== "service" && purpose !== "workload") continue;
    const cell = all.get(nodeOf(service, region));
    if (cell) cell.targets.push(id);
    else all.set(nodeOf(service, region), { service, region, targets: [id] });
  }
  return [...all.values()];
}

/** One vantage point's word: down when any target of the service failed in each of the last rounds that asked it. */
function word(ear: Ear, targets: readonly string[], rules: Rules): Word | null {
  const heard = targets.map((target) => latest(ear, target, rules.confirmRounds)).filter((l) => l.length > 0);
  if (heard.length === 0) return null;
  const failing = heard.find((l) => l.length === rules.confirmRounds && l.every((o) => o.verdict === "down"));
  if (failing)
    return { verdict: "down", reason: failing[0]?.reason ?? null, latencyMs: failing[0]?.latencyMs ?? null };
  return { verdict: "up", reason: null, latencyMs: median(heard.flatMap((l) => l[0]?.latencyMs ?? [])) };
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
