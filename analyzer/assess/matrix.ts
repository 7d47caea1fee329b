/** analyzer · pure. The service × region matrix: what the vantage points, taken together, hold of each service. More
 *  than half of all of them, heard or not, must agree; anything else is unknown. */
import type { Assessment, Observation, ServiceHealth, Topology } from "../../store/records.ts";
import type { Rules } from "../rules.ts";
import { type Ear, hasFailed, latest } from "./listen.ts";
import { questionsOf } from "./questions.ts";

type Word = { verdict: "up" | "down"; reason: string | null; latencyMs: number | null };

export function matrix(
  ears: readonly Ear[],
  topology: Topology,
  rules: Rules,
  before: Assessment | null,
  now: number,
): ServiceHealth[] {
  const seeing = ears.filter((e) => e.deaf === null);
  return questionsOf(topology).cells.map(({ service, region, places }, i) => {
    const words: Word[] = [];
    for (const ear of seeing) {
      const said = word(ear, places, rules);
      if (said) words.push(said);
    }
    const verdict = majority(words, ears.length);
    const agreeing = words.filter((w) => w.verdict === verdict);
    const earlier = before && earlierOf(before.services, service, region, i);
    return {
      service,
      region,
      verdict,
      reason: verdict === "unknown" ? doubt(words) : commonest(agreeing),
      latencyMs: median(agreeing.map((w) => w.latencyMs)),
      agree: agreeing.length,
      of: words.length,
      since: earlier?.verdict === verdict ? earlier.since : now,
    };
  });
}

/** The same cell as last time: at the same place, unless the topology has changed since. */
function earlierOf(services: readonly ServiceHealth[], service: string, region: string, place: number) {
  const here = services[place];
  if (here?.service === service && here.region === region) return here;
  return services.find((s) => s.service === service && s.region === region);
}

/** One vantage point's word: down when any target of the service failed in each of the last rounds that asked it. */
function word(ear: Ear, places: readonly number[], rules: Rules): Word | null {
  const latencies: (number | null)[] = [];
  let failing: Observation | undefined;
  for (const place of places) {
    const newest = latest(ear, place);
    if (!newest) continue;
    latencies.push(newest.latencyMs);
    if (newest.verdict === "down" && failing === undefined && hasFailed(ear, place, rules.confirmRounds))
      failing = newest;
  }
  if (latencies.length === 0) return null;
  if (failing) return { verdict: "down", reason: failing.reason, latencyMs: failing.latencyMs };
  return { verdict: "up", reason: null, latencyMs: median(latencies) };
}

function majority(words: readonly Word[], of: number): ServiceHealth["verdict"] {
  let down = 0;
  for (const { verdict } of words) if (verdict === "down") down++;
  if (down * 2 > of) return "down";
  return (words.length - down) * 2 > of ? "up" : "unknown";
}

function doubt(words: readonly Word[]): string {
  if (words.length === 0) return "not-heard";
  return new Set(words.map((w) => w.verdict)).size > 1 ? "disputed" : "heard-by-too-few";
}

function commonest(words: readonly Word[]): string | null {
  const reasons = words.flatMap((w) => w.reason ?? []);
  if (reasons.length < 2) return reasons[0] ?? null;
  const count = (reason: string) => reasons.filter((r) => r === reason).length;
  return reasons.sort((a, b) => count(b) - count(a) || a.localeCompare(b))[0] ?? null;
}

function median(values: (number | null)[]): number | null {
  if (values.length === 1) return values[0] ?? null;
  const sorted = values.filter((v) => v !== null).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
