/** policies · effects. The pack: starts the server that `pulumi preview` and `pulumi up` ask. Every sentence is
 *  mandatory; a stack that must differ says so with `--policy-pack-config`. */
import { PolicyPack } from "@pulumi/policy";
import {
  alarmsHaveActions,
  failoverPairsComplete,
  leverLivesInTheRegionThatTakesOver,
  logsExpire,
  monitorsShareNoFate,
  namesFollowWithin,
  noWildcards,
  recoveryNeedsNoControlPlane,
  silenceMovesNobody,
  usersAreAskedForEvery,
} from "./mod.ts";

new PolicyPack("holdfast", {
  enforcementLevel: "mandatory",
  policies: [
    failoverPairsComplete(),
    namesFollowWithin({ seconds: 60 }),
    usersAreAskedForEvery({ seconds: 10 }),
    leverLivesInTheRegionThatTakesOver(),
    silenceMovesNobody(),
    recoveryNeedsNoControlPlane(),
    monitorsShareNoFate(),
    alarmsHaveActions(),
    logsExpire(),
    noWildcards(),
  ],
});
