/** analyzer · pure. The record of why: what was known when a step was taken, and which rules spoke. */
import type { Assessment, Decision, Order, Phase, Request, Standing } from "../../store/records.ts";
import { hasCopy } from "../assess/instruments.ts";
import { askedRecovery, proving, recovery } from "../recovery.ts";
import type { Scene } from "./scene.ts";
import type { Turn } from "./turn.ts";

/** `request`: the one this step answered or carries on; null when no person is behind it. */
export function recordOf(
  before: Standing,
  after: Standing,
  turn: Turn,
  orders: Order[],
  scene: Scene,
  a: Assessment,
  request: Request | null,
): Decision {
  const { topology } = scene;
  const moving = after.phase !== "home" && after.phase !== "held";
  const copied = a.regions.filter((r) => hasCopy(r.region, topology));
  return {
    id: `${after.version}`,
    at: scene.now,
    from: before.phase,
    to: after.phase,
    by: turn.by,
    why: turn.why,
    for: scene.argument.for,
    against: scene.argument.against,
    orders,
    scores: Object.fromEntries(a.regions.map((r) => [r.region, r.score])),
    root: scene.root,
    scope: a.scope,
    evidenceAt: a.evidenceAt,
    votes: scene.home?.votes ?? [],
    lagMs: Object.fromEntries(copied.map((r) => [r.region, r.lagMs])),
    vetoes: after.blockers,
    overruled: [...(turn.overruled ?? [])],
    manner: after.drained !== null || after.phase === "returning" ? after.manner : null,
    leverHeldAt: after.leverHeldAt,
    request,
    estimate: moving ? estimateOf(after.phase, request, scene, a) : [],
  };
}

/** How long the move was expected to take, until it is proved. */
function estimateOf(phase: Phase, request: Request | null, { rules, topology }: Scene, a: Assessment) {
  if (phase === "returning") return askedRecovery("home", a, rules, topology);
  if (request?.kind === "failover") return askedRecovery("away", a, rules, topology);
  return [...recovery(a, rules, topology), proving(rules)];
}
