/** dashboard · pure. When a move may be practised: real users take part, so only while all is well and the standby is
 *  known to be ready. */
import { whyNot } from "../analyzer/phases.ts";
import { rootIsOver } from "../store/records.ts";
import { usersNow } from "./fare.ts";
import { listed } from "./figures.ts";
import type { View } from "./view.ts";

/** Why a drill would be refused now; null when it would not. */
export function whyNoDrill(view: View): string | null {
  const { report, phase, standby, standing } = view;
  if (report === null || view.stale) return "how things stand is not known";
  if (phase !== "home")
    return whyNot("failover", phase) ?? "something is wrong, and it is no time to practise";
  if (standing?.strikes) return "users are being hurt";
  if (usersNow(view) !== "fine") return "users are not seen to be fine";
  const { root } = report.assessment.cascade;
  if (root !== null)
    return rootIsOver(report.assessment)
      ? `what ${root.replace("@", " in ")} took down still fails`
      : `${root.replace("@", " in ")} fails`;
  const { ready, lines } = report.readiness;
  if (ready) return null;
  if (lines.length === 0) return `whether ${standby} is ready is not known`;
  return `${standby} is not ready: ${listed(lines.filter((l) => l.met !== true).map((l) => `${l.says} (${l.value})`))}`;
}
