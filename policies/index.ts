/** policies · effects. The pack: starts the server that `pulumi preview` and `pulumi up` ask. Every sentence is
 *  mandatory; a stack that must differ says so with `--policy-pack-config`. */
import { PolicyPack } from "@pulumi/policy";
import {
  alarmsHaveActions,
  bucketsAreEncrypted,
  canariesWalk,
  deploymentsRollBack,
  everythingIsSomebodys,
  failoverPairsComplete,
  leverLivesInTheRegionThatTakesOver,
  logsExpire,
  monitorsShareNoFate,
  namesFollowWithin,
  noWildcards,
  oneTaskAlways,
  recoveryNeedsNoControlPlane,
  silenceMovesNobody,
  stateIsProtected,
  storageIsEncrypted,
  storageIsPrivate,
  usersAreAskedForEvery,
  usersAreSeenFromTwoRegions,
  usersSpeakTls,
  whatFailsIsGivenUp,
  whatIsKeptStays,
  zonesAreSeveral,
} from "./mod.ts";

new PolicyPack("holdfast", {
  enforcementLevel: "mandatory",
  policies: [
    // what nobody else asks
    recoveryNeedsNoControlPlane(),
    monitorsShareNoFate(),
    leverLivesInTheRegionThatTakesOver(),
    // where users go
    failoverPairsComplete(),
    namesFollowWithin({ seconds: 60 }),
    usersAreAskedForEvery({ seconds: 10 }),
    silenceMovesNobody(),
    usersSpeakTls(),
    zonesAreSeveral(),
    oneTaskAlways(),
    deploymentsRollBack(),
    // who watches
    alarmsHaveActions(),
    canariesWalk(),
    usersAreSeenFromTwoRegions(),
    logsExpire(),
    whatFailsIsGivenUp({ retries: 1, seconds: 60 }),
    // what is kept, and whose it is
    storageIsPrivate(),
    storageIsEncrypted(),
    bucketsAreEncrypted(),
    stateIsProtected(),
    whatIsKeptStays(),
    noWildcards(),
    everythingIsSomebodys({ tag: "holdfast:workload" }),
  ],
});
