/** analyzer · pure. A value that no longer moves, and values that no longer come: runs, and odd when far longer than any
 *  before. */

/** A run of the same value, or of none. Plain, so that it can be kept. */
export type Run = {
  value: number | null;
  length: number;
  /** Epoch ms at which it began. */
  since: number;
  odd: boolean;
  /** The longest run of values before this one, and the longest without any. */
  longest: number;
  longestNone: number;
};

export const newRun = (): Run => ({
  value: null,
  length: 0,
  since: 0,
  odd: false,
  longest: 1,
  longestNone: 0,
});

/** A run is odd from so many times the longest before it. If each reading stays as it was by some chance, a run twice
 *  the longest of n is as rare as one in n squared. */
const timesLongest = 2.5;
/** Shorter runs mean nothing, whatever was before: of a value, and of none. */
const fewest = { value: 6, none: 3 };

/** Takes a reading in, NaN where there was no value. */
export function run(on: Run, at: number, value: number): void {
  const now = Number.isNaN(value) ? null : value;
  if (now !== on.value || on.length === 0) {
    remember(on);
    on.value = now;
    on.length = 0;
    on.since = at;
  }
  on.length++;
  on.odd = on.length >= oddFrom(on);
}

const oddFrom = ({ value, longest, longestNone }: Run): number =>
  value === null
    ? Math.max(fewest.none, timesLongest * longestNone)
    : Math.max(fewest.value, timesLongest * longest);

/** A run that was odd is remembered as no longer than what made it so: the next one like it must be seen too. */
function remember(on: Run): void {
  const length = Math.min(on.length, oddFrom(on));
  if (on.value === null) on.longestNone = Math.max(on.longestNone, length);
  else on.longest = Math.max(on.longest, length);
}
