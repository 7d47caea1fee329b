/** infra/local · pure. Many visits in, one line a region out. */
import type { Voice } from "../../store/records.ts";

export type Outcome = { region: string; served: boolean; tookMs: number };

/** Visits by region over one span. The 95th percentile (nearest rank) is of those served; null when nobody was. */
export function tally(outcomes: readonly Outcome[], at: number, spanMs: number): Voice[] {
  const byRegion = Map.groupBy(outcomes, (outcome) => outcome.region);
  return [...byRegion].map(([region, visits]) => {
    const took = visits.flatMap((v) => (v.served ? [v.tookMs] : [])).sort((a, b) => a - b);
    const p95Ms = took[Math.ceil(took.length * 0.95) - 1] ?? null;
    return { at, spanMs, region, requests: visits.length, failed: visits.length - took.length, p95Ms };
  });
}
