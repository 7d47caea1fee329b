/** analyzer · pure. Counts rounds: strikes against the primary, and steady rounds of what the phase waits for. A round
 *  counts once, when most vantage points have spoken anew. */
import type { Assessment, Standing } from "../../store/records.ts";
import { doubtersOf, quorum } from "../argue.ts";
import { isHomeWell, type View } from "./scene.ts";

export function count(s: Standing, a: Assessment, scene: View): Standing {
  const { rules, now } = scene;
  const doubted = s.drained !== null && doubtersOf(scene.home, scene.topology).length > 0;
  const wellNow = isHomeWell(scene) && !doubted;
  const fresh = a.evidenceAt - s.evidenceAt >= rules.cadenceMs / 2;
  // What nobody watched for longer than rounds are looked back at may have come and gone unseen.
  const watched = a.evidenceAt - s.evidenceAt <= rules.windowRounds * rules.cadenceMs;
  const base = {
    ...s,
    moves: s.moves.filter((at) => now - at < Math.max(rules.flipBudgetMs, rules.cooldownMs)),
    windows: s.windows.filter((w) => w.until > now),
    wellSince: wellNow ? ((watched ? s.wellSince : null) ?? now) : null,
    leverHeldAt: s.leverHeldAt ?? (heldAnew(s, scene) ? now : null),
  };
  if (!fresh) return base;
  return {
    ...base,
    evidenceAt: a.evidenceAt,
    strikes: quorum(scene.home).hurt ? s.strikes + 1 : 0,
    steady: holds(s, scene, wellNow) ? s.steady + 1 : 0,
  };
}

/** The lever was pulled in an earlier step, and is now seen to hold. */
const heldAnew = (s: Standing, { leverPending, now }: View) =>
  !leverPending && s.moves.length > 0 && (s.moves.at(-1) ?? now) < now;

/** What the phase waits for. */
function holds(s: Standing, scene: View, wellNow: boolean): boolean {
  switch (s.phase) {
    case "doubting":
    case "preparing":
      return wellNow;
    case "verifying":
      return scene.leadsTo(scene.standby) && scene.arrivedIn(scene.standby) !== false;
    case "returning":
      if (s.drained !== null) return wellNow && hasItsTasks(scene);
      return scene.leadsTo(scene.primary) && scene.arrivedIn(scene.primary) !== false;
    default:
      return false;
  }
}

/** Whether home runs as many tasks as it normally does: coming home to fewer would hurt users anew. */
function hasItsTasks({ home, topology, primary }: View): boolean {
  const normal = topology.regions.find((r) => r.region === primary)?.capacity?.normal ?? 1;
  return (home?.capacity?.running ?? 0) >= normal;
}
