/** infra/local · pure. Seeded chance, so that a world can be told again. Each part draws from a stream of its own, by
 *  name; the generator is the forest's. */
import { chance as bits } from "../../analyzer/forest/chance.ts";

/** Numbers from 0 up to 1. */
export type Chance = () => number;

export function chance(seed: number, stream: string): Chance {
  let number = 0x811c9dc5;
  for (let i = 0; i < stream.length; i++) number = Math.imul(number ^ stream.charCodeAt(i), 0x01000193); // FNV-1a
  const draw = bits(seed, number);
  return () => draw() / 2 ** 32;
}

/** A number from `min` up to `max`. */
export const between = (draw: Chance, min: number, max: number): number => min + draw() * (max - min);

/** One of several, or undefined of none. */
export const oneOf = <T>(draw: Chance, all: readonly T[]): T | undefined =>
  all[Math.floor(draw() * all.length)];
