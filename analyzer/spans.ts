/** analyzer · pure. How the analyzer says a time in its reasons. */

/** A span of ms in words: `45 s`, `30 min`, `24 h`. */
export function span(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 120 * 60_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** A lag of ms, with a tenth of a second where that says something, never less than it is: `0.4 s`, `12 s`. */
export const lagSays = (ms: number): string =>
  ms < 10_000 ? `${Math.ceil(ms / 100) / 10} s` : ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : span(ms);
