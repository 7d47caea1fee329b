/** policies · the door. What must be true of every stack, one plain object for each sentence. `index.ts` puts them
 *  together; nothing else builds the pack, because building it starts a server.
 *
 *      traffic.ts    names, records, and the checks users depend on
 *      transport.ts  how users' requests come in
 *      capacity.ts   what runs where users go
 *      lever.ts      where the switch lives, and what it does when it hears nothing
 *      watching.ts   alarms, canaries and logs
 *      giving-up.ts  what fails is not tried for ever, nor lost
 *      storage.ts    what is kept: private, encrypted, protected
 *      recovery.ts   what roles and functions may need when a region is lost
 *      ownership.ts  whose everything is
 *      reading.ts    the parts of a resource that rules read
 *      statements.ts what an IAM policy allows */
export { deploymentsRollBack, oneTaskAlways, zonesAreSeveral } from "./capacity.ts";
export { whatFailsIsGivenUp } from "./giving-up.ts";
export { leverLivesInTheRegionThatTakesOver, silenceMovesNobody } from "./lever.ts";
export { everythingIsSomebodys } from "./ownership.ts";
export { noWildcards, recoveryNeedsNoControlPlane, whatIsKeptStays } from "./recovery.ts";
export { bucketsAreEncrypted, stateIsProtected, storageIsEncrypted, storageIsPrivate } from "./storage.ts";
export { failoverPairsComplete, namesFollowWithin, usersAreAskedForEvery } from "./traffic.ts";
export { usersSpeakTls } from "./transport.ts";
export {
  alarmsHaveActions,
  canariesWalk,
  logsExpire,
  monitorsShareNoFate,
  usersAreSeenFromTwoRegions,
} from "./watching.ts";
