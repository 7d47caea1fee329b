/** analyzer · pure. Chance that can be asked for again: the same seed and stream give the same numbers on every
 *  machine, because only 32-bit integer arithmetic is used. */

/** Draws 32 random bits. */
export type Chance = () => number;

/** sfc32, the small fast counting generator by Chris Doty-Humphrey (PractRand). Each `stream` of a seed is a
 *  sequence of its own, so that tree number 7 is the same tree whether or not trees 1 to 6 were grown. */
export function chance(seed: number, stream = 0): Chance {
  let a = seed | 0;
  let b = stream | 0;
  let c = Math.floor(seed / 2 ** 32) | 0; // seeds up to 2^53 all differ
  let count = 1;
  const draw = () => {
    const out = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    c |= 0;
    return out >>> 0;
  };
  for (let i = 0; i < 15; i++) draw(); // mixes neighbouring seeds apart
  return draw;
}

/** A whole number in 0..n-1. The bias for n below a million is under one in four thousand draws of 2^32. */
export const below = (draw: Chance, n: number): number => Math.floor((draw() / 2 ** 32) * n);
