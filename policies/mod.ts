/** policies · the door. What must be true of every stack, one plain object for each sentence. `index.ts` puts them
 *  together; nothing else builds the pack, because building it starts a server.
 *
 *      traffic.ts    names, records, and the checks users depend on
 *      lever.ts      where the switch lives, and what it does when it hears nothing
 *      watching.ts   alarms and logs
 *      recovery.ts   what roles and functions may need when a region is lost
 *      reading.ts    the parts of a resource that rules read
 *      statements.ts what an IAM policy allows */
export { leverLivesInTheRegionThatTakesOver, silenceMovesNobody } from "./lever.ts";
export { noWildcards, recoveryNeedsNoControlPlane } from "./recovery.ts";
export { failoverPairsComplete, namesFollowWithin, usersAreAskedForEvery } from "./traffic.ts";
export { alarmsHaveActions, logsExpire, monitorsShareNoFate } from "./watching.ts";
