/** infra/simulated · pure. Measures with how far they can be trusted, at 95 %. */

/** Nearest-rank percentiles, each with the interval that holds the true one with 95 % confidence; null when there were
 *  too few to tell. */
export type Spread = {
  n: number;
  p50: number | null;
  p95: number | null;
  p50Between: [number, number] | null;
  p95Between: [number, number] | null;
};

const z = 1.96; // of the normal distribution, two-sided 95 %

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    n: sorted.length,
    p50: sorted[rank(sorted.length, 0.5)] ?? null,
    p95: sorted[rank(sorted.length, 0.95)] ?? null,
    p50Between: between(sorted, 0.5),
    p95Between: between(sorted, 0.95),
  };
}

const rank = (n: number, p: number) => Math.max(0, Math.ceil(p * n) - 1);

/** By order statistics, without a guess at the distribution: how many of n values lie below the true percentile is
 *  binomial, here in its normal approximation. */
function between(sorted: readonly number[], p: number): [number, number] | null {
  const n = sorted.length;
  const half = z * Math.sqrt(n * p * (1 - p));
  const low = sorted[Math.floor(n * p - half) - 1];
  const high = sorted[Math.ceil(n * p + half)];
  return low === undefined || high === undefined ? null : [low, high];
}

/** Wilson's interval for a share of `n` that was seen `k` times; [0, 1] of none. */
export function shareBetween(k: number, n: number): [number, number] {
  if (n === 0) return [0, 1];
  const p = k / n;
  const middle = p + z ** 2 / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}
