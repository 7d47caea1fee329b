/** infra/aws · the door. The house in an account, one stack for each region.
 *
 *      stacks.ts     what stands in each region
 *      network/      a network over two or three zones
 *      workload/     the door users come to, and the tasks behind it; shown.ts is what the dashboard's are told
 *      traffic.ts    a region's half of the failover pair: its checks and its record
 *      lever/        the switch in the standby region, in its kinds
 *      functions/    what runs each minute, prober and analyzer, and now and then, auditor and dashboard; may.ts is what each may do
 *      canaries.ts   walk to the other regions as users do; artifacts.ts keeps what they saw
 *      tables.ts     what was seen and decided
 *      heartbeat.ts  the witness listens for the analyzer
 *      watch/        alarms at the users' door, and a page for people
 *      alerts.ts     where a region's alarms speak to people
 *      metrics.ts    the numbers the analyzer publishes, and when they ring
 *      topology.ts   what is asked about and from where
 *      names.ts, role.ts, tags.ts, code.ts, sizes.ts   what all of these have in common */
export { packFor } from "./code.ts";
export { stacks } from "./stacks.ts";
export { tagAll } from "./tags.ts";
