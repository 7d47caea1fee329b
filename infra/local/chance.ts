/** infra/local · pure. Seeded chance, so that a world can be told again. Each part draws from a stream of its own. */

/** Numbers from 0 up to 1. The generator is Tommy Ettinger's mulberry32 (public domain). */
export type Chance = () => number;

export function chance(seed: number, stream: string): Chance {
  let state = seed >>> 0;
  for (const char of stream) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0; // FNV-1a's prime
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A number from `min` up to `max`. */
export const between = (draw: Chance, min: number, max: number): number => min + draw() * (max - min);

/** One of several, or undefined of none. */
export const oneOf = <T>(draw: Chance, all: readonly T[]): T | undefined =>
  all[Math.floor(draw() * all.length)];
