/** analyzer · pure. From "at most one false alert in so many days" to a score: the limit is set where the series' own
 *  scores, by the way their tail falls off, would come that often. */

export type Limit = {
  /** Takes in a score that was not alarming. */
  learn(score: number): void;
  /** The score that comes once in `readings` readings; Infinity before there is anything to go by. */
  once(readings: number): number;
  save(): number[];
};

const kept = 1024;
/** The tail is the highest tenth; enough to see how it falls, few enough to be the tail. */
const tailShare = 0.1;

/** Scores above a high quantile fall off about exponentially (peaks over threshold, Pickands 1975; here with the
 *  shape held at zero, as a few dozen peaks cannot tell it). */
export function createLimit(from: readonly number[] = []): Limit {
  const scores = [...from];
  let next = scores.length % kept;
  let told: { u: number; excess: number; share: number } | null = null;
  return {
    learn(score) {
      scores[next] = score;
      next = (next + 1) % kept;
      told = null;
    },
    once(readings) {
      if (scores.length < 8) return Number.POSITIVE_INFINITY;
      told ??= tail(scores);
      return told.u + told.excess * Math.log(Math.max(1, readings * told.share));
    },
    save: () => [...scores.slice(next), ...scores.slice(0, next)],
  };
}

function tail(scores: readonly number[]) {
  const sorted = Float64Array.from(scores).sort();
  const from = Math.floor(sorted.length * (1 - tailShare));
  const u = sorted[from] ?? 0;
  let sum = 0;
  for (let k = from; k < sorted.length; k++) sum += (sorted[k] ?? 0) - u;
  const count = sorted.length - from;
  return { u, excess: Math.max(sum / count, 0.005), share: count / sorted.length };
}
