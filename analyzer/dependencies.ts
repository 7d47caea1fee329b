/** analyzer · pure. The dependency graph that ships with Holdfast, edge by edge with its source and its grade. What a
 *  user says of their own workload is added to it, and takes nothing from it. */
import { documented } from "./dependencies/documented.ts";
import type { Edge } from "./dependencies/edge.ts";
import { observed2025 } from "./dependencies/observed-2025.ts";
import { observedEarlier } from "./dependencies/observed-earlier.ts";
import { plausible } from "./dependencies/plausible.ts";

export type { Edge, Stage } from "./dependencies/edge.ts";
export { hurtCauseUnknown } from "./dependencies/observed-2025.ts";
export { globalHomes, ground, nowhere, oneZone } from "./dependencies/services.ts";

export const dependencies: readonly Edge[] = [
  ...observed2025,
  ...observedEarlier,
  ...documented,
  ...plausible,
];
