/** dashboard · pure. What users get, from the voices of late: how many ask, where, and how many in vain. */
import type { Rules } from "../analyzer/rules.ts";
import type { Voice } from "../store/records.ts";

export type Crowd = {
  requestsPerSecond: number;
  failedPerSecond: number;
  /** Null where nobody asked. */
  failedShare: number | null;
  p95Ms: number | null;
};

export type Users = Crowd & {
  /** Newest voice counted. */
  heardAt: number;
  /** By region as the voices name it; "nowhere" is a name without an address. */
  byRegion: Record<string, Crowd & { share: number | null }>;
};

/** A share of failing requests below this is not called a failure of users: a browser tab closed early is one too. */
export const noticedShare = 0.01;

/** The last few cadences of voices put together, with a line for each of `places`, were it that nobody asked there; null when no voice is recent enough to speak for now. */
export function usersOf(
  voices: readonly Voice[],
  places: readonly string[],
  rules: Rules,
  now: number,
): Users | null {
  const heardAt = Math.max(...voices.map((v) => v.at));
  const longestMs = Math.max(...voices.map((v) => v.spanMs));
  const windowMs = Math.max(3 * rules.cadenceMs, longestMs);
  if (voices.length === 0 || now - heardAt > 2 * windowMs) return null;
  const recent = voices.filter((v) => v.at > heardAt - windowMs);
  const regions = [...new Set([...places, ...recent.map((v) => v.region)])];
  const of = (region: string) => recent.filter((v) => v.region === region);
  // Voices of one region follow each other; those of different regions run side by side.
  const spanMs = Math.max(1, ...regions.map((r) => sum(of(r).map((v) => v.spanMs))));
  const all = crowd(recent, spanMs);
  const byRegion = regions.map((region) => {
    const here = crowd(of(region), spanMs);
    const share = all.requestsPerSecond > 0 ? here.requestsPerSecond / all.requestsPerSecond : null;
    return [region, { ...here, share }] as const;
  });
  return { ...all, heardAt, byRegion: Object.fromEntries(byRegion) };
}

function crowd(voices: readonly Voice[], spanMs: number): Crowd {
  const requests = sum(voices.map((v) => v.requests));
  const failed = sum(voices.map((v) => v.failed));
  const times = voices.flatMap((v) => (v.p95Ms === null ? [] : [v.p95Ms]));
  return {
    requestsPerSecond: requests / (spanMs / 1000),
    failedPerSecond: failed / (spanMs / 1000),
    failedShare: requests > 0 ? failed / requests : null,
    p95Ms: times.length > 0 ? Math.max(...times) : null, // the worst interval; percentiles do not average
  };
}

/** Users' requests over time, in equal steps; null where nothing was heard. */
export type Beat = { at: number; requestsPerSecond: Record<string, number>; failedShare: number | null };

export function beats(voices: readonly Voice[], since: number, until: number, steps: number): Beat[] {
  const stepMs = (until - since) / steps;
  return Array.from({ length: steps }, (_, i) => {
    const from = since + i * stepMs;
    const here = voices.filter((v) => v.at > from && v.at <= from + stepMs);
    const requests = sum(here.map((v) => v.requests));
    const regions = [...new Set(here.map((v) => v.region))];
    return {
      at: from + stepMs,
      requestsPerSecond: Object.fromEntries(
        regions.map((region) => {
          const own = here.filter((v) => v.region === region);
          const spanMs = Math.max(stepMs, sum(own.map((v) => v.spanMs)));
          return [region, sum(own.map((v) => v.requests)) / (spanMs / 1000)];
        }),
      ),
      failedShare: requests > 0 ? sum(here.map((v) => v.failed)) / requests : null,
    };
  });
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
