/** analyzer · pure. The way out: from the first bad round at home until users are seen in the standby. */
import type { Manner, Request, Standing } from "../../store/records.ts";
import { alwaysAsked, isFit } from "../argue.ts";
import { span } from "../spans.ts";
import { copyLags, type Scene, users } from "./scene.ts";
import { go, moved, stay, type Turn } from "./turn.ts";
import { openWindows } from "./windows.ts";

export function watch(s: Standing, scene: Scene): Turn {
  if (s.strikes > 0) return go("doubting", `Users in ${scene.primary} are hurt`);
  if (scene.risk >= scene.rules.prepareRisk)
    return go("doubting", `${users(scene)}, but ${scene.root} fails`);
  return stay(s, users(scene));
}

export function doubt(s: Standing, scene: Scene): Turn {
  const { rules, primary, standby } = scene;
  if (s.steady >= rules.forgiveRounds) return go("home", `All has been calm for ${s.steady} rounds`);
  const hurt = s.strikes >= rules.consecutiveFailuresThreshold;
  const atRisk = scene.risk >= rules.prepareRisk;
  if (!hurt && !atRisk)
    return stay(s, `Counting: ${s.strikes} of ${rules.consecutiveFailuresThreshold} bad rounds`);
  const cause =
    s.strikes > 0 ? `users in ${primary} are hurt` : `${scene.root} fails and may take more with it`;
  if (rules.mode === "observe") return stay(s, `Would scale up ${standby}, as ${cause}; only observing`);
  return go("preparing", `Scaling up ${standby}, as ${cause}`, {
    orders: [{ kind: "capacity", region: standby, want: "full" }],
    patch: { prepared: true },
  });
}

export function prepare(s: Standing, scene: Scene): Turn {
  const { rules, primary, standby } = scene;
  const aside: readonly string[] = s.request?.overrule ?? [];
  const unmet = scene.blockers.filter((id) => !aside.includes(id));
  const asked = s.request?.kind === "failover" ? asAsked(s.request, s, scene) : null;
  if (unmet.length === 0 && asked?.phase !== "shifting") {
    const approved = s.request?.kind === "approve" ? `, approved by ${s.request.by}` : "";
    return leave(s, scene, "ungraceful", null, {
      why: `Users in ${primary} are hurt and ${standby} can take them${approved}`,
      overruled: scene.blockers,
    });
  }
  if (asked) return asked;
  if (s.steady >= rules.forgiveRounds) {
    return go("home", `All has been calm for ${s.steady} rounds; ${standby} goes back to its normal size`, {
      orders: [{ kind: "capacity", region: standby, want: "normal" }],
      patch: { prepared: false, request: null },
    });
  }
  if (s.strikes === 0)
    return stay(s, `${users(scene)}, so nobody moves; ${standby} is ready or being made so`);
  const late = scene.now - s.since > rules.prepareMs ? `, for longer than ${span(rules.prepareMs)}` : "";
  return stay(s, `Users in ${primary} are hurt but stay${late}: ${scene.inTheWay(unmet)}`);
}

/** A person has asked for the move: their word stands for the rules that say whether to leave, never for those that
 *  say whether the standby can take users. */
function asAsked(asked: Request, s: Standing, scene: Scene): Turn {
  const { rules, primary, standby, home, now } = scene;
  const aside: readonly string[] = asked.overrule ?? [];
  const well = isFit(home, rules) && s.strikes === 0;
  const manner = asked.manner ?? (well ? "graceful" : "ungraceful");
  const unmet = scene.blockers.filter((id) => alwaysAsked.includes(id) && !aside.includes(id));
  const waits = unmet.length > 0 ? [scene.inTheWay(unmet)] : [];
  if (manner === "graceful") {
    if (!well) waits.push(`${primary} is not well, and a graceful move was asked for`);
    const lag = aside.includes("recovery-point") ? null : copyLags(standby, scene.away, scene);
    if (lag !== null && !unmet.includes("recovery-point")) waits.push(lag);
  }
  if (waits.length === 0) {
    const how =
      manner === "graceful"
        ? "Graceful: both regions are well"
        : `Ungraceful: ${well ? "asked for as such" : `${primary} is not well`}`;
    return leave(s, scene, manner, asked, {
      why: `Moving users to ${standby}, as ${asked.by} asked: ${asked.reason}. ${how}`,
      overruled: scene.blockers,
    });
  }
  if (now - asked.at <= rules.requestPatienceMs)
    return stay(s, `Asked to move to ${standby}; waiting: ${waits.join("; ")}`);
  return go("doubting", `Gave up the move asked for by ${asked.by}: ${waits.join("; ")}`, {
    patch: { request: null },
  });
}

function leave(
  s: Standing,
  { now, primary }: Scene,
  manner: Manner,
  asked: Request | null,
  said: { why: string; overruled: readonly string[] },
): Turn {
  return go("shifting", said.why, {
    by: asked?.by ?? "rules",
    overruled: said.overruled,
    orders: [{ kind: "drain", region: primary, drained: true, manner }],
    patch: {
      ...moved(s, now, manner, asked ? "operator" : "holdfast"),
      drained: primary,
      request: null,
    },
  });
}

/** Route 53 moves by itself on a hard failure. Users are over there already; the latch keeps them from being sent
 *  back and forth as the failing region comes and goes. Not while people work on it: who restarts a region wants to
 *  see users come back to it. */
export function movedByItself(s: Standing, scene: Scene): Turn | null {
  const { primary, standby, rules, now } = scene;
  if (s.drained !== null || rules.mode === "observe" || !scene.leadsTo(standby)) return null;
  if (!isFit(scene.away, rules) || openWindows(s.windows, now).length > 0) return null;
  return go(
    "verifying",
    `Route 53 moved users to ${standby} by itself; latched, so that they are not sent back`,
    {
      by: "route53",
      orders: [
        { kind: "drain", region: primary, drained: true, manner: "ungraceful" },
        ...(s.prepared ? [] : [{ kind: "capacity", region: standby, want: "full" } as const]),
      ],
      patch: { ...moved(s, now, "ungraceful", "route53"), drained: primary, prepared: true, request: null },
    },
  );
}

export function followShift(s: Standing, scene: Scene): Turn {
  const { standby, rules } = scene;
  if (scene.leadsTo(standby))
    return go("verifying", `The name leads to ${standby}; waiting to see users there`);
  const late = scene.now - s.since > rules.verifyMs ? `, for longer than ${span(rules.verifyMs)}` : "";
  if (scene.leverPending) return stay(s, `Pulling the lever; it has not been seen to hold yet${late}`);
  return stay(s, `The lever is pulled; waiting for the name to lead to ${standby}${late}`);
}

export function verify(s: Standing, scene: Scene): Turn {
  const { standby, rules } = scene;
  if (s.steady >= rules.verifyRounds) return go("away", `Users are served in ${standby}`);
  const late = scene.now - s.since > rules.verifyMs ? `, for longer than ${span(rules.verifyMs)}` : "";
  return stay(s, `Waiting for users to arrive in ${standby}${late}`);
}
