/** infra/account/metrics · the door. What functions tell CloudWatch, as lines of their logs: emf.ts writes the lines, tick.ts
 *  says what a tick of the analyzer has to tell. Names, units and dimensions are in store/metrics.ts. */
export { linesOf } from "./emf.ts";
export { metricsOf } from "./tick.ts";
