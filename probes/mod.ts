/** probes · door. Ask: does the name resolve, does the service answer, how many tasks does it run?
 *
 *  `probe` asks one target once through an `Edge`, which is all it knows of its platform; `round` asks all that one
 *  vantage point watches; `catalogue` and `readTargets` say what there is to ask; `monitorCommand` shows it. */
export { type Baseline, compare, disagreements, learn, type Remark } from "./baseline.ts";
export { catalogue, endpointOf, type Selection, services } from "./catalogue.ts";
export { nodeEdge, systemResolver } from "./edge/node.ts";
export type { Address, Edge, HttpAnswer, HttpAsk, Phases, TlsAnswer } from "./edge.ts";
export { EdgeError } from "./edge.ts";
export type { Finding } from "./finding.ts";
export { monitorCommand } from "./monitor.ts";
export { probe } from "./probe.ts";
export { parseResolver } from "./resolver.ts";
export { type RoundOptions, round } from "./round.ts";
export { parseTargets, readTargets } from "./targets.ts";
