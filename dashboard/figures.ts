/** dashboard · pure. How figures are said: units always, never rounded to something they are not. */

let groups: Intl.NumberFormat | undefined;
function group(n: number): string {
  groups ??= new Intl.NumberFormat("en-GB"); // takes ten milliseconds: not before a figure is said
  return groups.format(n);
}

/** Epoch ms as `03:14:22`, in UTC. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** `03:14:22`, with the day before it when it is not the day of `now`. */
export function stamp(at: number, now: number): string {
  const [day, today] = [at, now].map((t) => new Date(t).toISOString().slice(0, 10));
  return day === today ? clock(at) : `${day} ${clock(at)}`;
}

/** A duration in its two largest units: `48 s`, `4 min 02 s`, `2 h 10 min`, `19 days`. */
export function span(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 1) return "under 1 s";
  if (s < 60) return `${s} s`;
  const two = (n: number) => String(n).padStart(2, "0");
  if (s < 3600) return s % 60 ? `${Math.floor(s / 60)} min ${two(s % 60)} s` : `${s / 60} min`;
  const min = Math.floor(s / 60);
  if (min < 24 * 60) return min % 60 ? `${Math.floor(min / 60)} h ${two(min % 60)} min` : `${min / 60} h`;
  return counted(Math.floor(min / (24 * 60)), "day");
}

/** A latency: `12 ms`, `4.2 s`. */
export const latency = (ms: number): string =>
  ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** A share as a percentage without its sign, in two figures; what is not none is never said to be 0, nor 100 what is not
 *  all. */
export function percent(share: number): string {
  const p = share * 100;
  if (p === 0 || p === 100) return String(p);
  if (p < 0.01) return "under 0.01";
  if (p > 99.9) return "over 99.9";
  if (p < 1) return p.toFixed(2);
  return p < 9.95 || p >= 99 ? p.toFixed(1) : String(Math.round(p));
}

/** Requests a second: `2,412`, `7.5`. */
export const rate = (perSecond: number): string =>
  perSecond >= 100 || Number.isInteger(perSecond) ? group(Math.round(perSecond)) : perSecond.toFixed(1);

/** A score, cut and not rounded: 0.699 is below a threshold of 0.70 and must look it. */
export const score = (value: number | null): string =>
  value === null ? "unknown" : (Math.floor(value * 100 + 1e-9) / 100).toFixed(2);

/** `1 round`, `3 rounds`. */
export const counted = (n: number, noun: string): string => `${group(n)} ${noun}${n === 1 ? "" : "s"}`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
