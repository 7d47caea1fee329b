/** infra/account/lever · the door. The lever in an account: what turns users away from the primary without a control plane.
 *
 *      lever.ts     what every kind keeps: tell it, and read back what it holds
 *      metric.ts    a number in the standby region, read by Route 53 through an alarm's definition
 *      endpoint.ts  an item in the standby region;  answer.ts  the function that the inverted check asks
 *      arc.ts       a routing control, at any of its cluster's five endpoints
 *      settings.ts  which of them, and where it stands;  from-settings.ts  made of that
 *      ask.ts       asks as a health checker does */
export { answerFrom, paths } from "./answer.ts";
export { leverKey } from "./endpoint.ts";
export { leverFrom, shadowFrom } from "./from-settings.ts";
export { type Lever, Refused, shadowOf } from "./lever.ts";
export { LeverSettings } from "./settings.ts";
