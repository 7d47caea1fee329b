/** probes · door. Ask: does the name resolve, does the service answer, how many tasks does it run?
 *
 *      probe.ts        which probe asks which kind of target, through an edge.ts, which is all it knows of its platform
 *      dns.ts  http.ts  tcp.ts  tasks.ts  lag.ts  health.ts   the probes;  everywhere.ts  each address of a name
 *      finding.ts      what one found;  expectations.ts  jsonpath.ts  certificate.ts  told.ts  how an answer is read
 *      wire.ts  reply.ts  carry.ts   a DNS question and its reply;  lookup.ts  a URL's host;  authorities.ts  a zone's servers
 *      round.ts        all that one vantage point asks;  crew.ts  lane.ts  abreast.ts  patience.ts  how many at once, how long
 *      baseline.ts     what is unusual about an answer;  prefixes.ts  where a provider's addresses lie
 *      catalogue.ts  endpoints.ts  targets.ts  resolver.ts   what there is to ask, and how people write it
 *      measure.ts      a round as points for CloudWatch
 *      monitor.ts      the terminal's view, with monitor/
 *      edge/           the platforms;  aws/  AWS's SDK;  run/  the canary and the edge entry */
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
