/** analyzer · pure. Decides where traffic should go; moves nothing itself.
 *  Like a night nurse: one odd reading is noted, a run of them wakes the doctor, and nobody is moved to a bed that
 *  has not been looked at.
 *
 *      home -> doubting -> preparing -> shifting -> verifying -> away -> returning -> home        held, from anywhere
 *
 *  - `failover/scene.ts`      how things stand, as the phases ask for it
 *  - `failover/counting.ts`   strikes and steady rounds
 *  - `failover/leaving.ts`    the way out, and Route 53 moving by itself; `returning.ts` the way home
 *  - `failover/people.ts`     what people ask for; `windows.ts` their maintenance
 *  - `failover/record.ts`     the record of why */
import type { Decision, Order, Standing, Topology } from "../store/records.ts";
import type { Argument } from "./argue.ts";
import { count } from "./failover/counting.ts";
import { doubt, followShift, movedByItself, prepare, verify, watch } from "./failover/leaving.ts";
import { obey } from "./failover/people.ts";
import { recordOf } from "./failover/record.ts";
import { sitOut, waitToReturn, welcomeHome } from "./failover/returning.ts";
import { look, type News, type Scene, weigh } from "./failover/scene.ts";
import { stay, type Turn } from "./failover/turn.ts";
import type { Rules } from "./rules.ts";

export type { News } from "./failover/scene.ts";

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

/** State and news in, state and orders out. An order says what should be true, so repeating one is harmless. */
export function step(before: Standing, news: News, rules: Rules, topology: Topology): Outcome {
  const view = look(news, rules, topology);
  const counted = count(before, news.assessment, view);
  const scene = weigh(counted, view, news);
  const request = news.requests[0];

  const turn = told(before, request ? obey(request, counted, scene) : consider(counted, scene), scene);
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
  const behind = request ?? counted.request;
  return {
    standing,
    orders,
    decision: worthRecording
      ? recordOf(before, standing, turn, orders, scene, news.assessment, behind)
      : null,
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

/** A window that ended by itself is told once, beside whatever else happens. */
function told(before: Standing, turn: Turn, { now }: Scene): Turn {
  const over = before.windows.filter((w) => w.until <= now);
  if (over.length === 0) return turn;
  const whose = [...new Set(over.map((w) => w.by))].join(" and ");
  return { ...turn, why: `The maintenance of ${whose} is over. ${turn.why}`, record: true };
}
