/** analyzer · the door. Numbers become anomalies, a cascade, the health of regions, and a decision:
 *
 *      rounds -> listen -> matrix, votes, scores -> cascade -> assess -> argue -> step -> orders
 *
 *      tick.ts         the loop's one turn, at the rim;  traffic.ts  its hands, as each world brings them
 *      rules.ts        every threshold;  phases.ts  what may be asked for when;  spans.ts  how a time is said
 *      assess.ts       how things stand, with assess/
 *      features.ts  anomaly.ts  forest.ts   what is odd, with anomaly/ and forest/
 *      dependencies.ts  own-parts.ts   what leans on what, each edge with its source
 *      cascade.ts      which failure explains the others and what falls next, with cascade/
 *      argue.ts        the rules for and against;  failover.ts  the reducer, with failover/
 *      readiness.ts  recovery.ts  self-test.ts   whether the standby could take over, how soon, and whether the lever works
 *      drill.ts        what a move was;  incidents.ts  what people are told
 *      detect.ts  what-if.ts   commands, with folders of their own
 *
 *  All of it is pure but the tick, what reads a file, and the commands. */
export { createWatch, type Watch } from "./anomaly.ts";
export { type Argument, argue, blockers, quorum } from "./argue.ts";
export { assess } from "./assess.ts";
export { blast } from "./cascade/blast.ts";
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
