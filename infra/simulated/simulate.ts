/** infra/simulated · the simulator. Lets a history happen to the real loop on virtual time, with Route 53's own rules
 *  between the lever and the users, and looks after every tick whether what was promised still holds. */
import type { Rules } from "../../analyzer/rules.ts";
import { tick } from "../../analyzer/tick.ts";
import { memory } from "../../store/mod.ts";
import type { Decision } from "../../store/records.ts";
import { chance } from "../local/chance.ts";
import * as route53 from "../route53.ts";
import { history, type Incident } from "./history.ts";
import { theatre } from "./stage.ts";

export type SimulateOptions = {
  days: number;
  seed: number;
  /** Ms between ticks. */
  cadenceMs?: number;
  incidentsPerDay?: number;
  wrongVantagesMax?: number;
  rules?: Partial<Rules>;
  /** A history of one's own, in order of its beginnings, instead of one from the seed. */
  incidents?: readonly Incident[];
  /** Told of each simulated day. */
  day?: (day: number) => void;
};

export type Violation = { promise: string; tick: number; day: number; story: string[] };

export type Report = {
  days: number;
  seed: number;
  ticks: number;
  violations: Violation[];
  /** Times in which users of the primary were hurt for over ten minutes, with a standby that could take them. */
  realLosses: number;
  moved: number;
  /** Losses in which a rule said stay: users had moved too lately or too often. */
  heldBack: number;
  missed: number;
  wrongMoves: number;
  /** Ticks from the first bad one to doubt, and to the pulled lever. */
  detectTicks: Spread;
  moveTicks: Spread;
};
export type Spread = { p50: number | null; p95: number | null };

const primary = "us-east-1";
const standby = "us-west-2";
const minute = 60_000;
const checkers = ["a", "b", "c", "d", "e"];
/** In these users of the primary are hurt. A move is wrong when there was none for as long as the window looks back. */
const hurtingKinds = new Set(["loss", "grey", "slow"]);

export async function simulate(options: SimulateOptions): Promise<Report> {
  const { days, seed, cadenceMs = minute, incidentsPerDay = 4, wrongVantagesMax = 1 } = options;
  const ticksPerDay = (24 * 60 * minute) / cadenceMs;
  const dense = { days, ticksPerDay, incidentsPerDay, wrongVantagesMax };
  const incidents = options.incidents ?? history(chance(seed, "history"), dense);
  const show = theatre({ cadenceMs, ...options.rules }, memory({ checked: false }), chance(seed, "requests"));
  const names = nameService(show, chance(seed, "checkers"), cadenceMs);
  const violations: Violation[] = [];
  const losses = lossesOf(incidents, cadenceMs);
  let ahead: Loss[] = losses; // those not yet over, in order
  let wrongMoves = 0;
  let lastDecision = "";
  let wasDrained = false;
  let next = 0;
  let open: Incident[] = [];

  for (let t = 0; t < days * ticksPerDay; t++) {
    open = open.filter((i) => i.until > t);
    for (let due = incidents[next]; due && due.from <= t; due = incidents[++next]) open.push(due);
    set(show, open);
    names.answer();
    if (t % ticksPerDay === 0) options.day?.(t / ticksPerDay);
    if (open.some((i) => i.kind === "monitor-dead")) {
      show.sleep();
      continue;
    }
    await show.advance();
    if (open.some((i) => i.kind === "two-monitors")) {
      await Promise.all([tick(show.world, null), tick(show.world, null)]);
    }
    const standing = await show.store.standing();
    const newest = (await show.store.decisions(1))[0];
    if (!standing) continue;

    const broken = (promise: string) =>
      violations.push({
        promise,
        tick: t,
        day: Math.floor(t / ticksPerDay),
        story: open
          .map((i) => `${i.kind} ${i.where} since tick ${i.from}`)
          .concat(newest ? [newest.why] : []),
      });
    if (standing.drained !== null && standing.drained !== primary) broken("never drains but the primary");
    const drained = standing.drained === primary;
    if (newest && newest.id !== lastDecision) {
      lastDecision = newest.id;
      if (newest.to === "shifting" && newest.by === "rules") {
        const hurt = incidents.some(
          (i) => hurtingKinds.has(i.kind) && i.from <= t && i.until > t - show.rules.windowRounds,
        );
        if (!hurt) wrongMoves++;
        for (const promise of brokenBy(newest)) broken(promise);
        if (budgetSpent(standing.moves, newest.at, show.rules))
          broken("no more moves than the budget allows");
      }
    }
    if (wasDrained && !drained && newest?.by === "rules" && newest.from === "returning") {
      broken("nobody is brought home unasked");
    }
    if (ahead[0] && ahead[0].until <= t) ahead = ahead.slice(1);
    for (const loss of ahead) {
      if (t < loss.from) break;
      if (t === loss.from) loss.usersThere = !wasDrained;
      if (standing.phase !== "home") loss.detectedAt ??= t;
      if (drained) loss.movedAt ??= t;
      if (standing.blockers.some((b) => b === "cooldown" || b === "budget")) loss.heldBack = true;
    }
    wasDrained = drained;
    await people(show, standing.phase, standing.wellSince);
    if (t % 60 === 0) await show.store.forget(show.now() - 60 * cadenceMs);
  }
  return reportOf(options, days * ticksPerDay, violations, wrongMoves, losses);
}

/** What the stage is like under the incidents of the moment. */
function set(show: ReturnType<typeof theatre>, open: readonly Incident[]): void {
  const { stage } = show;
  for (const broken of [stage.wrong, stage.blind, stage.silent, stage.lying, stage.sluggish]) broken.clear();
  stage.leverBroken = false;
  stage.capacityComes = true;
  for (const { kind, where } of open) {
    if (kind === "loss" || kind === "blip") stage.wrong.set(`app@${primary}`, "timeout");
    else if (kind === "grey" || kind === "slow") stage.wrong.set(`app@${primary}`, kind);
    else if (kind === "standby-loss") stage.wrong.set(`app@${standby}`, "timeout");
    else if (kind === "service") stage.wrong.set(where, "nodata");
    else if (kind === "lever-broken") stage.leverBroken = true;
    else if (kind === "no-capacity") stage.capacityComes = false;
    else if (kind === "blind" || kind === "silent" || kind === "lying" || kind === "sluggish")
      stage[kind].add(where);
  }
}

/** Route 53 between the lever and the users: its checkers ask every ten seconds, its alarm judges every minute. */
function nameService(show: ReturnType<typeof theatre>, draw: () => number, cadenceMs: number) {
  const intervalMs = 10_000;
  const plan = route53.failoverPlan({
    primary,
    standby,
    checkers,
    intervalMs,
    failureThreshold: 3,
    alarmPeriodMs: minute,
  });
  let state = route53.begin(plan);
  const passes = (region: string) => {
    const wrong = show.stage.wrong.get(`app@${region}`);
    return wrong === undefined || (wrong === "grey" && draw() >= 1 / 3);
  };
  return {
    answer() {
      const now = show.now();
      const drain = route53.checkIds(primary).drain;
      state = route53.publish(state, drain, now, show.stage.drained === primary ? 1 : 0);
      for (let asked = 0; asked < Math.max(1, cadenceMs / intervalMs); asked++) {
        for (const region of [primary, standby]) {
          const check = route53.checkIds(region).endpoint;
          for (const checker of checkers) state = route53.hear(plan, state, check, checker, passes(region));
        }
      }
      state = route53.judge(plan, state, now + cadenceMs);
      const targets = Object.fromEntries(
        [primary, standby].map((region) => {
          const healthy = show.stage.tasks.get(region) ?? 0;
          return [region, { registered: healthy, healthy }];
        }),
      );
      show.stage.route53 = route53.answer(plan, state, targets).region;
    },
  };
}

/** The people on call: they bring users home once the rules say that they may. */
async function people(
  show: ReturnType<typeof theatre>,
  phase: string,
  wellSince: number | null,
): Promise<void> {
  if (phase !== "away" || wellSince === null || show.now() - wellSince < show.rules.holdDownMs) return;
  const id = `failback ${wellSince}`;
  await show.store.ask({
    id,
    at: show.now(),
    by: "people",
    kind: "failback",
    reason: "it has been well for long",
  });
}

type Loss = {
  from: number;
  until: number;
  detectedAt?: number;
  movedAt?: number;
  heldBack?: boolean;
  usersThere?: boolean;
};

/** Hurt of over ten minutes in which nothing else keeps users from being moved. */
function lossesOf(incidents: readonly Incident[], cadenceMs: number): Loss[] {
  const long = Math.max(10, (10 * minute) / cadenceMs);
  const inTheWay = new Set(["standby-loss", "no-capacity", "lever-broken", "monitor-dead"]);
  return incidents
    .filter((i) => hurtingKinds.has(i.kind) && i.until - i.from > long)
    .filter((i) => {
      // A vantage point outside that is not itself leaves one: too few to say anything for certain.
      const clear = (o: Incident) =>
        !inTheWay.has(o.kind) && !(["blind", "silent", "sluggish"].includes(o.kind) && o.where !== primary);
      const before = 30; // trouble just before leaves its traces in the window
      return incidents.every((o) => o === i || o.until + before < i.from || o.from > i.until || clear(o));
    })
    .map(({ from, until }) => ({ from, until }));
}

function* brokenBy(move: Decision): Generator<string> {
  if (move.for.some((l) => l.met !== true)) yield "moves only when every rule for it is met";
  if (move.against.some((l) => l.met !== false)) yield "moves only when no rule against it is met";
  if ((move.scores[standby] ?? 0) < 0.7) yield "never sends users to a region that is unknown or unfit";
}

const budgetSpent = (moves: readonly number[], at: number, rules: Rules) =>
  moves.filter((m) => m < at && at - m < rules.flipBudgetMs).length >= rules.flipBudget;

function reportOf(
  { days, seed }: SimulateOptions,
  ticks: number,
  violations: Violation[],
  wrongMoves: number,
  losses: readonly Loss[],
): Report {
  const known = losses.filter((l) => l.until <= ticks && l.usersThere);
  const moved = known.filter((l) => l.movedAt !== undefined);
  const still = known.filter((l) => l.movedAt === undefined);
  return {
    days,
    seed,
    ticks,
    violations,
    realLosses: known.length,
    moved: moved.length,
    heldBack: still.filter((l) => l.heldBack).length,
    missed: still.filter((l) => !l.heldBack).length,
    wrongMoves,
    detectTicks: spread(known.flatMap((l) => (l.detectedAt === undefined ? [] : [l.detectedAt - l.from]))),
    moveTicks: spread(moved.flatMap((l) => (l.movedAt === undefined ? [] : [l.movedAt - l.from]))),
  };
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (p: number) => sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? null;
  return { p50: at(0.5), p95: at(0.95) };
}
