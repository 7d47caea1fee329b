/** analyzer · pure. Decides where traffic should go; moves nothing itself.
 *  Like a night nurse: one odd reading is noted, a run of them wakes the doctor, and nobody is moved to a bed that
 *  has not been looked at.
 *
 *      home -> doubting -> preparing -> shifting -> verifying -> away -> returning -> home        held, from anywhere
 */
import {
  type Assessment,
  type Decision,
  type Health,
  type Manner,
  type Order,
  type Phase,
  type Region,
  type Request,
  regionOf,
  type Standing,
  type Topology,
} from "../store/records.ts";
import {
  type Argument,
  alwaysAsked,
  argue,
  blockers,
  healthOf,
  isFit,
  objections,
  quorum,
  span,
} from "./argue.ts";
import { whyNot } from "./phases.ts";
import type { Rules } from "./rules.ts";

/** What the reducer hears: how things stand, what people have asked for, oldest first, and which orders are not yet
 *  seen to be true. */
export type News = { assessment: Assessment; requests: readonly Request[]; unconfirmed: readonly Order[] };

export type Outcome = {
  standing: Standing;
  orders: Order[];
  /** Null when nothing worth recording happened. */
  decision: Decision | null;
  /** Requests dealt with by this step. */
  handled: string[];
  argument: Argument;
  why: string;
};

/** Before anything has happened. */
export const atHome = (now: number): Standing => ({
  version: 0,
  phase: "home",
  since: now,
  drained: null,
  prepared: false,
  strikes: 0,
  steady: 0,
  evidenceAt: 0,
  wellSince: null,
  blockers: [],
  moves: [],
  movedBy: null,
  request: null,
  held: null,
  windows: [],
  manner: null,
  leverHeldAt: null,
});

type Intent =
  | { kind: "capacity"; region: Region; want: "normal" | "full" }
  | { kind: "drain"; region: Region; drained: boolean; manner: Manner };

/** What one phase makes of the news. `by`: "rules", "route53", or a person. */
type Turn = {
  phase: Phase;
  why: string;
  by: string;
  orders?: Intent[];
  patch?: Partial<Standing>;
  /** Worth a record although the phase stays. */
  record?: boolean;
};

type Scene = {
  now: number;
  rules: Rules;
  primary: Region;
  standby: Region;
  home: Health | undefined;
  away: Health | undefined;
  argument: Argument;
  blockers: string[];
  /** Most of all vantage points find the workload's name leading there, and served. */
  leadsTo: (region: Region) => boolean;
  /** The users' own voice says that enough of them are served there; null when they were not heard. */
  arrivedIn: (region: Region) => boolean | null;
  risk: number;
  root: string | null;
  leverPending: boolean;
  /** What stands in the way, in words. */
  inTheWay: (ids: readonly string[]) => string;
};

/** State and news in, state and orders out. An order says what should be true, so repeating one is harmless. */
export function step(before: Standing, news: News, rules: Rules, topology: Topology): Outcome {
  const scene = look(before, news, rules, topology);
  const counted = count(before, news.assessment, scene);
  const request = news.requests[0];
  // The lines are argued with this round counted in, so that the third strike is seen in the round it falls.
  scene.argument = argue(counted, news.assessment, rules, topology, approved(counted.request, scene));
  scene.blockers = blockers(scene.argument);
  scene.inTheWay = (ids) => objections(scene.argument, ids, rules, topology);

  const turn = request ? obey(request, counted, scene) : consider(counted, scene);
  const wantsToMove = turn.phase === "doubting" || turn.phase === "preparing";
  const kept = wantsToMove && counted.strikes >= rules.consecutiveFailuresThreshold ? scene.blockers : [];
  const standing: Standing = {
    ...counted,
    ...(turn.phase === before.phase ? {} : { since: scene.now, steady: 0 }),
    blockers: kept,
    ...turn.patch,
    phase: turn.phase,
    version: before.version + 1,
  };
  const orders = (turn.orders ?? []).map(
    (intent): Order => ({
      ...intent,
      id: `${standing.version}-${intent.kind}-${intent.region}`,
      at: scene.now,
    }),
  );
  const keptAnew = kept.length > 0 && kept.join() !== before.blockers.join();
  const worthRecording = turn.phase !== before.phase || orders.length > 0 || turn.record || keptAnew;
  return {
    standing,
    orders,
    decision: worthRecording ? recordOf(before, standing, turn, orders, scene, news.assessment) : null,
    handled: request ? [request.id] : [],
    argument: scene.argument,
    why: turn.why,
  };
}

function consider(s: Standing, scene: Scene): Turn {
  switch (s.phase) {
    case "home":
      return movedByItself(s, scene) ?? watch(s, scene);
    case "doubting":
      return movedByItself(s, scene) ?? doubt(s, scene);
    case "preparing":
      return movedByItself(s, scene) ?? prepare(s, scene);
    case "shifting":
      return followShift(s, scene);
    case "verifying":
      return verify(s, scene);
    case "away":
      return sitOut(s, scene);
    case "returning":
      return s.drained === null ? welcomeHome(s, scene) : waitToReturn(s, scene);
    case "held":
      return stay(s, `Held by ${s.held?.by ?? "a person"}: ${s.held?.reason ?? ""}`);
  }
}

// ---- on the way out --------------------------------------------------------------------------------------

function watch(s: Standing, scene: Scene): Turn {
  if (s.strikes > 0) return go("doubting", `Users in ${scene.primary} are hurt`);
  if (scene.risk >= scene.rules.prepareRisk)
    return go("doubting", `${users(scene)}, but ${scene.root} fails`);
  return stay(s, users(scene));
}

function doubt(s: Standing, scene: Scene): Turn {
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

function prepare(s: Standing, scene: Scene): Turn {
  const { rules, primary, standby } = scene;
  const asked = s.request?.kind === "failover" ? s.request : null;
  const ids = asked ? scene.blockers.filter((id) => alwaysAsked.includes(id)) : scene.blockers;
  if (ids.length === 0) {
    return go(
      "shifting",
      asked ? asked.reason : `Users in ${primary} are hurt and ${standby} can take them`,
      {
        by: asked?.by ?? "rules",
        orders: [{ kind: "drain", region: primary, drained: true, manner: "ungraceful" }],
        patch: {
          drained: primary,
          moves: [...s.moves, scene.now],
          movedBy: asked ? "operator" : "holdfast",
          request: null,
        },
      },
    );
  }
  if (asked) {
    if (scene.now - asked.at <= rules.requestPatienceMs) {
      return stay(s, `Asked to move to ${standby}; waiting: ${scene.inTheWay(ids)}`);
    }
    return go("doubting", `Gave up the move asked for by ${asked.by}: ${scene.inTheWay(ids)}`, {
      patch: { request: null },
    });
  }
  if (s.steady >= rules.forgiveRounds) {
    return go("home", `All has been calm for ${s.steady} rounds; ${standby} goes back to its normal size`, {
      orders: [{ kind: "capacity", region: standby, want: "normal" }],
      patch: { prepared: false, request: null },
    });
  }
  if (s.strikes === 0)
    return stay(s, `${users(scene)}, so nobody moves; ${standby} is ready or being made so`);
  const late = scene.now - s.since > rules.prepareMs ? `, for longer than ${span(rules.prepareMs)}` : "";
  return stay(s, `Users in ${primary} are hurt but stay${late}: ${scene.inTheWay(ids)}`);
}

/** Route 53 moves by itself on a hard failure. Users are over there already; the latch keeps them from being sent
 *  back and forth as the failing region comes and goes. */
function movedByItself(s: Standing, scene: Scene): Turn | null {
  const { primary, standby, rules } = scene;
  if (s.drained !== null || rules.mode === "observe" || !scene.leadsTo(standby)) return null;
  if (!isFit(scene.away, rules)) return null;
  return go(
    "verifying",
    `Route 53 moved users to ${standby} by itself; latched, so that they are not sent back`,
    {
      by: "route53",
      orders: [
        { kind: "drain", region: primary, drained: true, manner: "ungraceful" },
        ...(s.prepared ? [] : [{ kind: "capacity", region: standby, want: "full" } as const]),
      ],
      patch: {
        drained: primary,
        prepared: true,
        moves: [...s.moves, scene.now],
        movedBy: "route53",
        request: null,
      },
    },
  );
}

function followShift(s: Standing, scene: Scene): Turn {
  const { standby, rules } = scene;
  if (scene.leadsTo(standby))
    return go("verifying", `The name leads to ${standby}; waiting to see users there`);
  const late = scene.now - s.since > rules.verifyMs ? `, for longer than ${span(rules.verifyMs)}` : "";
  if (scene.leverPending) return stay(s, `Pulling the lever; it has not been seen to hold yet${late}`);
  return stay(s, `The lever is pulled; waiting for the name to lead to ${standby}${late}`);
}

function verify(s: Standing, scene: Scene): Turn {
  const { standby, rules } = scene;
  if (s.steady >= rules.verifyRounds) return go("away", `Users are served in ${standby}`);
  const late = scene.now - s.since > rules.verifyMs ? `, for longer than ${span(rules.verifyMs)}` : "";
  return stay(s, `Waiting for users to arrive in ${standby}${late}`);
}

// ---- on the way home -------------------------------------------------------------------------------------

function sitOut(s: Standing, scene: Scene): Turn {
  const { primary, standby, rules, now } = scene;
  if (s.wellSince === null) return stay(s, `Users are in ${standby}; ${primary} is not known to be well`);
  const wellMs = now - s.wellSince;
  if (wellMs < rules.holdDownMs) {
    return stay(s, `${primary} has been well for ${span(wellMs)}; it must be for ${span(rules.holdDownMs)}`);
  }
  if (rules.failback === "approve" || rules.mode !== "automatic") {
    return stay(s, `${primary} has been well for ${span(wellMs)}; a person may fail back`);
  }
  const moving = scene.argument.against.filter((l) => l.met !== false);
  if (moving.length > 0)
    return stay(s, `${primary} is well, but users stay: ${moving.map((l) => l.says).join("; ")}`);
  return go("returning", `${primary} has been well for ${span(wellMs)}`);
}

function waitToReturn(s: Standing, scene: Scene): Turn {
  const { primary, rules } = scene;
  const by = s.request?.by ?? "rules";
  if (s.steady >= rules.verifyRounds) {
    return {
      phase: "returning",
      why: `${primary} is fit; bringing users home`,
      by,
      orders: [{ kind: "drain", region: primary, drained: false, manner: "graceful" }],
      patch: {
        drained: null,
        moves: [...s.moves, scene.now],
        movedBy: s.request ? "operator" : "holdfast",
        steady: 0,
      },
    };
  }
  if (scene.now - s.since > rules.requestPatienceMs) {
    return go("away", `Gave up the return: ${whyUnfit(primary, scene.home, rules)}`, {
      by,
      patch: { request: null },
    });
  }
  return stay(s, `Waiting until ${primary} is fit: ${whyUnfit(primary, scene.home, rules)}`);
}

function welcomeHome(s: Standing, scene: Scene): Turn {
  const { primary, standby, rules } = scene;
  const by = s.request?.by ?? "rules";
  if (s.steady >= rules.verifyRounds) {
    return go("home", `Users are served in ${primary} again`, {
      by,
      orders: [{ kind: "capacity", region: standby, want: "normal" }],
      patch: { prepared: false, request: null },
    });
  }
  if (s.strikes >= rules.consecutiveFailuresThreshold) {
    return go("preparing", `Users in ${primary} are hurt again`, { patch: { request: null } });
  }
  const undrainedMs = scene.now - (s.moves.at(-1) ?? s.since);
  if (undrainedMs > rules.requestPatienceMs && scene.leadsTo(standby) && isFit(scene.away, rules)) {
    return go("away", `Route 53 does not answer ${primary}; users stay in ${standby}`, {
      by,
      orders: [{ kind: "drain", region: primary, drained: true, manner: "ungraceful" }],
      patch: { drained: primary, request: null },
    });
  }
  return stay(s, `Waiting for users to arrive in ${primary}`);
}

// ---- people ----------------------------------------------------------------------------------------------

function obey(request: Request, s: Standing, scene: Scene): Turn {
  const refuse = (why: string): Turn => ({
    ...stay(s, `Refused ${request.kind} asked for by ${request.by}: ${why}`),
    by: request.by,
    record: true,
  });
  const no = whyNot(request.kind, s.phase);
  if (no) return refuse(no);
  const by = request.by;
  switch (request.kind) {
    case "failover": {
      const { primary, standby } = scene;
      if ((request.from ?? primary) !== primary || (request.to ?? standby) !== standby) {
        return refuse(`users can only be moved from ${primary} to ${standby}`);
      }
      return {
        phase: "preparing",
        why: `${by} asked to move users to ${standby}: ${request.reason}`,
        by,
        orders: [{ kind: "capacity", region: standby, want: "full" }],
        patch: { prepared: true, request },
      };
    }
    case "approve":
      if (s.phase === "away") return bringHome(request, scene);
      if (scene.rules.mode !== "approve") return refuse(`mode ${scene.rules.mode} asks for no approval`);
      return {
        phase: s.phase,
        why: `${by} approved: ${request.reason}`,
        by,
        patch: { request },
        record: true,
      };
    case "failback":
      return bringHome(request, scene);
    case "hold":
      return go("held", `Held by ${by}: ${request.reason}`, {
        by,
        patch: { held: { phase: s.phase, by, reason: request.reason } },
      });
    case "release":
      return go(s.held?.phase ?? "home", `Released by ${by}: ${request.reason}`, {
        by,
        patch: { held: null },
      });
    case "maintain":
    case "end-maintenance":
      return refuse("windows are not kept yet");
  }
}

/** An approval lapses like any request: what was right ten minutes ago may not be now. */
function approved(request: Request | null, scene: Scene): boolean {
  return request?.kind === "approve" && scene.now - request.at <= scene.rules.requestPatienceMs;
}

function bringHome(request: Request, scene: Scene): Turn {
  const { by, reason } = request;
  return go("returning", `${by} asked to bring users home to ${scene.primary}: ${reason}`, {
    by,
    patch: { request },
  });
}

// ---- counting and recording ------------------------------------------------------------------------------

function look(s: Standing, news: News, rules: Rules, topology: Topology): Scene {
  const a = news.assessment;
  const primary = regionOf(topology, "primary");
  const standby = regionOf(topology, "standby");
  const argument = argue(s, a, rules, topology, false);
  const requests = a.users.reduce((sum, v) => sum + v.requests, 0);
  return {
    now: a.at,
    rules,
    primary,
    standby,
    home: healthOf(a, primary),
    away: healthOf(a, standby),
    argument,
    blockers: blockers(argument),
    leadsTo: (region) =>
      a.routes.filter((r) => r.region === region && r.served).length * 2 > topology.vantages.length,
    arrivedIn: (region) => {
      if (requests === 0) return null;
      const there = a.users.filter((v) => v.region === region);
      const served = there.reduce((sum, v) => sum + v.requests - v.failed, 0);
      return served / requests >= rules.arrivedShare;
    },
    risk: a.cascade.risk[primary] ?? 0,
    root: a.cascade.root,
    leverPending: news.unconfirmed.some((o) => o.kind === "drain"),
    inTheWay: (ids) => ids.join(", "),
  };
}

/** Counts a round once, when most vantage points have spoken anew. */
function count(s: Standing, a: Assessment, scene: Scene): Standing {
  const { rules } = scene;
  const wellNow = isFit(scene.home, rules) && scene.risk < rules.prepareRisk;
  const fresh = a.evidenceAt - s.evidenceAt >= rules.cadenceMs / 2;
  const moves = s.moves.filter((at) => a.at - at < Math.max(rules.flipBudgetMs, rules.cooldownMs));
  const base = { ...s, moves, wellSince: wellNow ? (s.wellSince ?? a.at) : null };
  if (!fresh) return base;
  return {
    ...base,
    evidenceAt: a.evidenceAt,
    strikes: quorum(scene.home).hurt ? s.strikes + 1 : 0,
    steady: holds(s, scene, wellNow) ? s.steady + 1 : 0,
  };
}

/** What the phase waits for. */
function holds(s: Standing, scene: Scene, wellNow: boolean): boolean {
  switch (s.phase) {
    case "doubting":
    case "preparing":
      return wellNow;
    case "verifying":
      return scene.leadsTo(scene.standby) && scene.arrivedIn(scene.standby) !== false;
    case "returning":
      if (s.drained !== null) return wellNow && (scene.home?.capacity?.running ?? 0) > 0;
      return scene.leadsTo(scene.primary) && scene.arrivedIn(scene.primary) !== false;
    default:
      return false;
  }
}

function recordOf(
  before: Standing,
  after: Standing,
  turn: Turn,
  orders: Order[],
  scene: Scene,
  a: Assessment,
): Decision {
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
    evidenceAt: a.evidenceAt,
    votes: scene.home?.votes ?? [],
    lagMs: {},
    vetoes: after.blockers,
    overruled: [],
    manner: null,
    request: null,
    estimate: [],
  };
}

const go = (phase: Phase, why: string, rest: Partial<Turn> = {}): Turn => ({
  phase,
  why,
  by: "rules",
  ...rest,
});
const stay = (s: Standing, why: string): Turn => ({ phase: s.phase, why, by: "rules" });

/** How the primary's users are, never better than is known. */
function users(scene: Scene): string {
  const votes = quorum(scene.home);
  if (votes.hurt) return `Users in ${scene.primary} are hurt`;
  if (votes.couldBe || votes.of === 0) return `Nobody outside can tell how users in ${scene.primary} are`;
  return `Users in ${scene.primary} are fine`;
}

function whyUnfit(region: Region, health: Health | undefined, rules: Rules): string {
  if (health?.score == null) return `the health of ${region} is unknown`;
  if (quorum(health).hurt) return `its users would be hurt`;
  if (health.score < rules.healthThreshold)
    return `it scores ${health.score.toFixed(2)}, below ${rules.healthThreshold}`;
  return `it scores ${health.score.toFixed(2)}; watching a few rounds more`;
}
