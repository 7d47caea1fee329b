/** analyzer · pure. How long a path to isolation is on average, and what score a path gives. Only additions,
 *  multiplications and divisions, which IEEE 754 fixes to the last bit: Math.log and Math.pow it does not. */

const most = 32_768; // rows in a sample at most
const mean = new Float64Array(most + 1);
let harmonic = 0;
for (let n = 2; n <= most; n++) {
  harmonic += 1 / (n - 1);
  mean[n] = 2 * harmonic - (2 * (n - 1)) / n;
}

/** c(n): the mean depth at which a search in a random binary tree of n values ends (Liu, Ting & Zhou 2008, eq. 1),
 *  with the harmonic number summed exactly rather than by its logarithm, so that it is right for small n too.
 *  c(0) = c(1) = 0: alone is isolated already. For n up to 32,768. */
export const averagePathLength = (n: number): number => mean[n] ?? 0;

/** s = 2^(-E[h] / c(n)), in 0..1 (eq. 2). Where c is 0 there was nothing to be different from: 0.5. */
export const scoreOfPath = (meanPath: number, expected: number): number =>
  expected === 0 ? 0.5 : halvings(meanPath / expected);

const ln2 = Math.LN2;

/** 2^-x for x >= 0, within one unit in the last place. */
function halvings(x: number): number {
  if (x > 1000) return 0;
  const whole = Math.floor(x);
  const y = (x - whole) * -ln2;
  let sum = 1;
  for (let k = 18; k > 0; k--) sum = 1 + (y / k) * sum; // Taylor's series; 18 terms reach 1e-19 for |y| < ln 2
  for (let k = 0; k < whole; k++) sum *= 0.5;
  return sum;
}
