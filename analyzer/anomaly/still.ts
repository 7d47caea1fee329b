/** analyzer · pure. What a forest cannot see, as each reading by itself is ordinary: a value that no longer moves, and
 *  values that no longer come. Both are runs, and odd when far longer than any before. */

/** A run of the same value, or of none. Plain, so that it can be kept. */
export type Still = {
  value: number | null;
  run: number;
  /** Epoch ms at which the run began. */
  since: number;
  odd: boolean;
  /** The longest run of values before this one, and the longest without any. */
  longest: number;
  longestNone: number;
};

export const newStill = (): Still => ({
  value: null,
  run: 0,
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
export function stand(still: Still, at: number, value: number): void {
  const now = Number.isNaN(value) ? null : value;
  if (now !== still.value || still.run === 0) {
    remember(still);
    still.value = now;
    still.run = 0;
    still.since = at;
  }
  still.run++;
  still.odd = still.run >= oddFrom(still);
}

const oddFrom = ({ value, longest, longestNone }: Still): number =>
  value === null
    ? Math.max(fewest.none, timesLongest * longestNone)
    : Math.max(fewest.value, timesLongest * longest);

/** A run that was odd is remembered as no longer than what made it so: the next one like it must be seen too. */
function remember(still: Still): void {
  const run = Math.min(still.run, oddFrom(still));
  if (still.value === null) still.longestNone = Math.max(still.longestNone, still.run === 0 ? 0 : run);
  else still.longest = Math.max(still.longest, run);
}
