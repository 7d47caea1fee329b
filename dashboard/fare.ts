/** dashboard · pure. How users fare, as they say themselves, or as the vantage points outside saw it where nobody asked
 *  them. */
import { noticedShare } from "./users.ts";
import { healthOf, type View } from "./view.ts";

/** Unknown is not fine. */
export type UsersNow = "fine" | "some" | "hurt" | "unknown";

export function usersNow(view: View): UsersNow {
  if (view.report === null || view.stale) return "unknown";
  const { users, rules } = view;
  if (users === null) {
    // No voices at all: the vantage points outside the region users are in may still have seen it.
    const votes = (view.active && healthOf(view, view.active)?.votes) || [];
    const said = (what: string) => votes.filter((v) => v.says === what).length * 2 > votes.length;
    return said("hurt") ? "hurt" : "unknown";
  }
  if (users.failedShare === null) return "unknown";
  const late = users.p95Ms !== null && users.p95Ms > rules.responseTimeThresholdMs;
  if (users.failedShare >= rules.hurtShare || late) return "hurt";
  return users.failedShare >= noticedShare ? "some" : "fine";
}
