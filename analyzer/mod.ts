/** analyzer · the door. Numbers become anomalies, a cascade, the health of regions, and a decision:
 *
 *      rounds -> listen -> matrix, votes, scores -> cascade -> assess -> argue -> step -> orders
 *
 *  All of it is pure but `tick`, which stands at the rim: it reads the store, and hands orders to the world's
 *  `Traffic`. Every threshold is in `rules`; every edge of the dependency graph, with its source, in `dependencies`. */
export { createWatch, type Watch } from "./anomaly.ts";
export { type Argument, argue, blockers, quorum } from "./argue.ts";
export { assess } from "./assess.ts";
export { blast } from "./blast.ts";
export { cascade } from "./cascade.ts";
export { dependencies, type Edge } from "./dependencies.ts";
export { detectCommand } from "./detect.ts";
export { atHome, step } from "./failover.ts";
export { readings } from "./features.ts";
export { chronicle, type IncidentRules, incidentRules, type Sight } from "./incidents.ts";
export { graphWith } from "./own-parts.ts";
export { may, meaning, whyNot } from "./phases.ts";
export { localPace, parseRules, Rules } from "./rules.ts";
export { type Past, tick, type World } from "./tick.ts";
export type { Traffic } from "./traffic.ts";
export { whatIfCommand } from "./what-if.ts";
