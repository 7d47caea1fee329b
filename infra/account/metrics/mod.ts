/** infra/account/metrics · the door. What functions tell CloudWatch, as lines of their logs: emf.ts writes the lines, tick.ts
 *  says what a tick of the analyzer has to tell, round.ts what a prober's round has. Names, units and dimensions are in store/metrics.ts. */
export { linesOf } from "./emf.ts";
export { countOf, shownOf } from "./round.ts";
export { metricsOf } from "./tick.ts";
