/** infra/aws · the door. The house in an account, one stack for each region.
 *
 *      stacks.ts     what stands in each region
 *      lever.ts      the switch in the standby region: one number published there moves traffic
 *      traffic.ts    a region's half of the failover pair: its checks and its record
 *      analyzer.ts   what the analyzer may do, and where it writes its log
 *      heartbeat.ts  the witness listens for the analyzer
 *      alerts.ts     where a region's alarms speak to people
 *      metrics.ts    the numbers the analyzer publishes, and when they ring */
export { type Outputs, stacks } from "./stacks.ts";
