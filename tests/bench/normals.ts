/** tests · bench. Normally distributed numbers (Box and Muller). */
import type { Chance } from "../../analyzer/forest/chance.ts";

export const normals = (draw: Chance) => () =>
  Math.sqrt(-2 * Math.log((draw() + 1) / 2 ** 32)) * Math.cos(2 * Math.PI * (draw() / 2 ** 32));
