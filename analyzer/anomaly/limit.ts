/** analyzer · pure. From "at most one false alert in so many days" to a score: the limit is set where the series' own
 *  scores, by the way their tail falls off, would come that seldom. */

type Tail = { above: number; excess: number; share: number };

export type SavedLimit = { scores: number[]; next: number; tail: Tail | null };

export type Limit = {
  learn(score: number): void;
  /** In how many readings such a score comes once; 0 before there is anything to go by. */
  seldom(score: number): number;
  save(): SavedLimit;
};

/** Scores remembered. Half of it alarms more than twice as often, twice of it misses a third of the faults
 *  (docs/decisions, the detector's page). */
const kept = 512;
const tailShare = 0.1;
/** The tail is measured again after this many scores; sorting at every one would cost more than the forest. */
const every = 32;
const scoresMin = 16;
/** However even the scores were, a difference this small means nothing. */
const excessMin = 0.005;

/** A mean of few is doubted: taken as higher by a share of so many over their number. */
const doubt = 4;

// Room to sort in, shared by all limits.
const desk = new Float32Array(kept);

/** Scores above a high quantile fall off about exponentially (peaks over threshold, Pickands 1975; here with the
 *  shape held at zero, as a few dozen peaks cannot tell it). With a `phase` of its own, 0 to 1, each of many limits
 *  sorts at another moment. */
export function createLimit(phase = 0, from?: SavedLimit): Limit {
  const scores = new Float32Array(kept);
  if (from) scores.set(from.scores);
  let next = from?.next ?? 0;
  let measured = from?.tail != null;
  const tail: Tail = { above: 1, excess: excessMin, share: tailShare, ...from?.tail };
  const turn = Math.floor(phase * every);

  const measure = (): void => {
    const sorted = desk.subarray(0, Math.min(next, kept));
    sorted.set(scores.subarray(0, sorted.length));
    sorted.sort();
    const first = Math.floor(sorted.length * (1 - tailShare));
    const above = sorted[first] ?? 1;
    let sum = 0;
    for (let k = first; k < sorted.length; k++) sum += (sorted[k] ?? 0) - above;
    const count = sorted.length - first;
    tail.above = above;
    tail.excess = Math.max(sum / count, excessMin) * (1 + doubt / count);
    tail.share = count / sorted.length;
    measured = true;
  };

  return {
    learn(score) {
      scores[next++ % kept] = score;
      if (next >= scoresMin && (next < 2 * every || next % every === turn)) measure();
    },
    seldom: (score) => (measured ? Math.exp((score - tail.above) / tail.excess) / tail.share : 0),
    save: () => ({
      scores: [...scores.subarray(0, Math.min(next, kept))],
      next,
      tail: measured ? { ...tail } : null,
    }),
  };
}
