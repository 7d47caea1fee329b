/** infra/account/actions · the door. What a move brings along besides the users. Each can be told again at any time, is
 *  taken up where it was cut off, and counts as done only once reading shows it.
 *
 *      service.ts   ECS tasks: the autoscaler's minimum, then the count;  group.ts  the same for instances
 *      database.ts  which region takes an Aurora global database's writes;  gate.ts  what a forced move may leave behind
 *      size.ts      how many;  settings.ts  which of them, and where;  from-settings.ts  made of that */
export { type ActionRim, type Actions, actionsFrom } from "./from-settings.ts";
export { dataGate } from "./gate.ts";
export { ActionSettings } from "./settings.ts";
