/** analyzer · pure. What a number usually is at this time of day, and lately; what remains is what a forest should see.
 *  A value that is ordinary at noon may be odd at night. */

const dayMs = 24 * 60 * 60_000;
const hours = 24;
/** How much of a bucket's mean is renewed by one day: about two weeks are remembered. */
const renewedByDay = 0.2;
/** The recent level is a decayed mean over about this many readings. */
const recentReadings = 50;

/** Means by hour of the day, and the recent level of what they leave over. Plain, so it can be kept. */
export type Season = {
  since: number; // epoch ms of the first reading; 0 before it
  mean: number[];
  count: number[];
  level: number | null;
};

export const newSeason = (): Season => ({
  since: 0,
  mean: new Array(hours).fill(0),
  count: new Array(hours).fill(0),
  level: null,
});

/** What the hour of the day and the recent level leave of a value; NaN for a missing one. Until a day has been seen
 *  only the recent level is taken off. */
export function remainder(season: Season, at: number, value: number): number {
  const left = value - usualNow(season, at);
  return left - (season.level ?? left);
}

/** Takes a value in; `perDay` is about how many come in a day. */
export function learnSeason(season: Season, at: number, value: number, perDay: number): void {
  if (Number.isNaN(value)) return;
  if (season.since === 0) season.since = at;
  const known = hasDay(season, at);
  const left = value - usualNow(season, at);
  const hour = hourOf(at);
  const seen = (season.count[hour] ?? 0) + 1;
  season.count[hour] = seen;
  const renewed = Math.max(1 / seen, Math.min(1, (renewedByDay * hours) / perDay));
  season.mean[hour] = (season.mean[hour] ?? 0) + (value - (season.mean[hour] ?? 0)) * renewed;
  // On the first day's end the level changes its meaning, from what values are to what the hour leaves of them.
  const fresh = season.level === null || known !== hasDay(season, at);
  season.level = fresh ? left : (season.level ?? 0) + (left - (season.level ?? 0)) / recentReadings;
}

const hourOf = (at: number) => Math.floor((at % dayMs) / (dayMs / hours));
const hasDay = (season: Season, at: number) => season.since > 0 && at - season.since >= dayMs;
const usualNow = (season: Season, at: number) =>
  hasDay(season, at) && (season.count[hourOf(at)] ?? 0) > 0 ? (season.mean[hourOf(at)] ?? 0) : 0;
