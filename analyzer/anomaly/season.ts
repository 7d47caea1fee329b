/** analyzer · pure. What a number usually is at this time of day, and lately; what remains is what a forest should see.
 *  A value that is ordinary at noon may be odd at night. */

const dayMs = 24 * 60 * 60_000;
const hours = 24;
/** How much of a bucket's mean is renewed by one day: about two weeks are remembered. */
const renewedByDay = 0.2;
/** The recent level is a decayed mean over about this many readings. */
const recentReadings = 50;

/** A value further off than so many times the usual distance moves the means no more than that. */
const strayMost = 4;

/** Means by hour of the day; the recent level of the values, and of what the hours leave of them. Both are followed
 *  from the start, so that nothing jumps when the first day is over. Plain, so it can be kept. */
export type Season = {
  since: number; // epoch ms of the first reading; 0 before it
  mean: number[];
  count: number[];
  level: number | null;
  levelLeft: number | null;
  /** Mean distance of a value from the level, so that one wild value does not carry the means away. */
  stray: number;
};

/** One that has seen nothing, or a copy. */
export const newSeason = (of?: Season): Season => ({
  since: of?.since ?? 0,
  mean: of ? [...of.mean] : new Array(hours).fill(0),
  count: of ? [...of.count] : new Array(hours).fill(0),
  level: of?.level ?? null,
  levelLeft: of?.levelLeft ?? null,
  stray: of?.stray ?? 0,
});

/** What the recent level, and after a day the hour too, leave of a value; NaN for a missing one. */
export function remainder(season: Season, at: number, value: number): number {
  const hour = hourOf(at);
  if (at - season.since < dayMs || (season.count[hour] ?? 0) === 0) return value - (season.level ?? value);
  const left = value - (season.mean[hour] ?? 0);
  return left - (season.levelLeft ?? left);
}

/** Takes a value in; `perDay` is about how many come in a day. */
export function learnSeason(season: Season, at: number, value: number, perDay: number): void {
  if (Number.isNaN(value)) return;
  if (season.since === 0) season.since = at;
  const hour = hourOf(at);
  const seen = season.count[hour] ?? 0;
  const off = Math.abs(value - (season.level ?? value));
  const most = season.stray * strayMost;
  const mean = season.mean[hour] ?? 0;
  if (seen > 0) season.levelLeft = nearer(season.levelLeft, value - mean, 1 / recentReadings, most);
  season.level = nearer(season.level, value, 1 / recentReadings, most);
  season.stray = most === 0 ? off : season.stray + (Math.min(off, most) - season.stray) / recentReadings;
  const renewed = Math.max(1 / (seen + 1), Math.min(1, (renewedByDay * hours) / perDay));
  season.mean[hour] = nearer(seen > 0 ? mean : null, value, renewed, most);
  season.count[hour] = seen + 1;
}

/** A new level has begun; the hours keep their shape. */
export function newLevel(season: Season): void {
  season.level = null;
  season.levelLeft = null;
  season.stray = 0;
}

const hourOf = (at: number) => Math.floor((((at % dayMs) + dayMs) % dayMs) / (dayMs / hours));
/** A mean moved by a share of the way to a value, which counts as at most `most` away; 0 while that is not known. */
function nearer(mean: number | null, value: number, share: number, most: number): number {
  if (mean === null) return value;
  const off = value - mean;
  return mean + (most > 0 ? Math.max(-most, Math.min(most, off)) : off) * share;
}
