/** analyzer · pure. The phases of a failover and what a person may ask for in each. The reducer refuses by this
 *  table and the dashboard explains a grey button from it, so the two never disagree. */
import { Phase, type Request } from "../store/records.ts";

/** What each phase means, for people. */
export const meaning: Record<Phase, string> = {
  home: "users are in their home region, and stay",
  doubting: "something is wrong; counting whether it lasts and who else sees it",
  preparing: "the standby is being scaled up; nobody has moved",
  shifting: "the lever is pulled; names are changing their answers",
  verifying: "the name leads to the standby; waiting to see users served there",
  away: "users are in the standby region, and stay until they are brought home",
  returning: "users are being brought home",
  held: "a person has stopped every move",
};

/** The phases in which each request is allowed. */
export const may: Record<Request["kind"], readonly Phase[]> = {
  failover: ["home", "doubting", "preparing"],
  failback: ["away"],
  approve: ["preparing", "away"],
  hold: ["home", "doubting", "preparing", "shifting", "verifying", "away", "returning"],
  release: ["held"],
  maintain: Phase.options,
  "end-maintenance": Phase.options,
};

/** Why a request is not allowed now; null when it is. */
export function whyNot(kind: Request["kind"], phase: Phase): string | null {
  if (may[kind].includes(phase)) return null;
  switch (kind) {
    case "failover":
      return phase === "held"
        ? "every move is held; release first"
        : "users have left, or are leaving, already";
    case "failback":
      return phase === "held" ? "every move is held; release first" : "users are not away";
    case "approve":
      return "nothing waits for approval";
    case "hold":
      return "every move is held already";
    case "release":
      return "nothing is held";
    case "maintain":
    case "end-maintenance":
      return null; // allowed in every phase
  }
}
