/** infra/simulated · one history lived through. The real loop on virtual time, Route 53's rules between the lever and the
 *  users; after every step the promises are looked at, and the account is kept of what became of each loss. */
import type { Rules } from "../../analyzer/rules.ts";
import { memory } from "../../store/mod.ts";
import type { Decision, Observation, Request } from "../../store/records.ts";
import { chance } from "../local/chance.ts";
import {
  type Incident,
  kinds,
  type Monitor,
  primary,
  standby,
  type Trouble,
  vantages,
  wellMonitor,
} from "./kinds.ts";
import { type Account, type Entry, ledger } from "./ledger.ts";
import { type Mutant, monitors } from "./monitors.ts";
import { names } from "./names.ts";
import { type Moment, promises, type Said } from "./promises.ts";
import { type Rival, type RivalAccount, rivalry } from "./rivals.ts";
import { type Border, theatre, topology } from "./stage.ts";
import { checkPassShare, hurtShare } from "./truth.ts";

const minute = 60_000;

/** Each vantage point asks two of the workload's own paths every ten seconds, whatever the cadence of rounds: one that
 *  asked a single path once a minute would find too late that a third of requests is lost (docs/simulator.md). */
const pathsAsked = (cadenceMs: number) => 2 * Math.max(1, Math.round(cadenceMs / 10_000));

/** How far the standby's copy of the data is behind on a good day. */
const usualLagMs = 200;

export type LifeOptions = {
  ticks: number;
  cadenceMs: number;
  /** What chance grows from, besides the incidents: which requests a grey region loses, where a tick dies. */
  seed: number;
  /** In order of their beginnings. */
  incidents: readonly Incident[];
  rules?: Partial<Rules>;
  mutant?: Mutant & { border?: Border };
  /** Whether the others live through the same days. */
  compare?: boolean;
  /** Answers of the workload that each round has from each region. */
  paths?: number;
  /** Stops at the first broken promise of this number. */
  untilBroken?: number;
};

export type Broken = { promise: number; what: string; tick: number };

export type Life = {
  ticks: number;
  broken: Broken[];
  account: Account;
  moves: number;
  /** Moves by the rules when no user of the primary had been hurt for as long as the rules look back. */
  wrongMoves: number;
  rivals: Record<Rival, RivalAccount> | null;
  journal: Decision[];
};

export async function live(options: LifeOptions): Promise<Life> {
  const { ticks, cadenceMs, seed, incidents } = options;
  const dice = stepDice(seed);
  const house = topology(options.paths ?? pathsAsked(cadenceMs), [standby]);
  const show = theatre(
    { cadenceMs, ...options.rules },
    memory({ checked: false }),
    dice.of("requests"),
    house,
    options.mutant?.border,
  );
  const { stage, store, rules } = show;
  const longTicks = (10 * minute) / cadenceMs;
  const lookBack = rules.windowRounds + rules.silentRounds;
  let watches = promises.map((p) => ({
    number: p.number,
    look: p.watch({ rules, topology: show.topology }),
  }));
  const checkers = dice.of("checkers");
  const named = names({
    cadenceMs,
    intervalMs: 10_000,
    passShare: (region) => checkPassShare(stage, region),
    draw: checkers,
  });
  const staff = monitors(show.analyzer, options.mutant ?? {}, dice.of("monitors"));
  const books = ledger(longTicks);
  const others = options.compare ? rivalry(stage, rules, longTicks, dice.of("rivals")) : null;
  const readsAge = incidents.some((i) => i.kind === "stale-reads");
  const broken: Broken[] = [];
  // By place in a round: the region whose workload is asked there.
  const asks = house.targets.map((target) => (target.purpose === "workload" ? target.region : null));
  const outsideStandby = vantages.filter((v) => v !== standby);
  const heard = new Map<string, number>(); // by vantage point: the last tick in which it could be read
  const last = { hurt: -Infinity, dead: -Infinity, hinder: -Infinity, wrong: -Infinity };
  let open: Playing[] = [];
  let next = 0;
  let lastDecision = "";
  let wrongMoves = 0;
  let moves = 0;
  let wasCalm = false;

  for (let t = 0; t < ticks; t++) {
    dice.roll(t);
    const ms = t * cadenceMs;
    const ended = open.filter((p) => p.incident.untilMs <= ms);
    if (ended.length > 0) open = open.filter((p) => p.incident.untilMs > ms);
    for (let due = incidents[next]; due && due.fromMs <= ms; due = incidents[++next]) {
      if (due.untilMs > ms) open.push({ incident: due, left: false, begun: false });
    }
    let standing = await store.standing();
    const isCalm = open.length === 0 && wasCalm; // nothing is wrong that has to be set or taken back
    const monitor = isCalm ? wellMonitor : set(show, open, ms, standing?.phase === "returning");
    wasCalm = open.length === 0;
    if (open.length > 0 || ended.length > 0 || standing?.phase === "away")
      await people(show, open, ended, standing?.phase, standing?.wellSince ?? null);

    stage.route53 = named.answer(show.now(), stage.drained === primary, stage.tasks);
    const before = { calls: stage.calls.length };
    await show.speak();
    const runs = await staff.step(monitor);

    // ---- what truly is ----
    standing = await store.standing();
    const homeHurt = hurtShare(stage, primary, rules.responseTimeThresholdMs);
    const awayHurt = hurtShare(stage, standby, rules.responseTimeThresholdMs);
    if (homeHurt > 0) last.hurt = t;
    if (homeHurt === 1) last.dead = t;
    if (awayHurt > 0 || open.some(hinders)) last.hinder = t;
    if (wrongVantages(open) > 1) last.wrong = t;
    const hurtLately = t - last.hurt <= lookBack;
    const said = (vantage: string, region: string) =>
      stage.sluggish.has(vantage)
        ? "nothing"
        : saidOf(show.spoken.get(vantage)?.[asks.indexOf(region)], rules);
    for (const vantage of show.topology.vantages) {
      if (show.spoken.has(vantage.id)) heard.set(vantage.id, t);
    }

    // ---- what happened ----
    const decisions = await newDecisions(store, lastDecision);
    lastDecision = decisions.at(-1)?.id ?? lastDecision;
    for (const d of decisions) {
      if (!d.orders.some((o) => o.kind === "drain" && o.drained)) continue;
      moves++;
      // Users who are over there already are not moved, as when a return that the name never followed is taken back.
      const movesThem = stage.route53 !== standby && (d.by === "rules" || d.by === "route53");
      if (!hurtLately && movesThem) wrongMoves++;
    }
    const moment: Moment = {
      at: show.now(),
      runs,
      calls: stage.calls.slice(before.calls),
      standing,
      decisions,
      unconfirmed: await store.unconfirmed(),
      report: await store.lastReport(),
      drained: stage.drained,
      tasks: stage.tasks,
      lagMs: stage.lagMs.get(standby) ?? null,
      usersIn: show.usersIn(),
      hurtLately,
      deadWithinHoldDown: t - last.dead < rules.holdDownMs / cadenceMs - 2, // clocks are off, and reads are old
      wrongVantages: t - last.wrong <= lookBack ? 2 : 1,
      ofStandby: outsideStandby.map((from) => ({ from, said: said(from, standby) })),
      border: show.border,
      unheard: show.topology.vantages
        .filter((v) => t - (heard.get(v.id) ?? -1) > rules.silentRounds + 1)
        .map((v) => v.id),
    };
    for (const { number, look } of watches) {
      const what = look(moment);
      if (what === null) continue;
      broken.push({ promise: number, what, tick: t });
      watches = watches.filter((w) => w.number !== number); // once is enough, and what follows may follow from it
    }
    stage.calls.length = 0;
    if (options.untilBroken !== undefined && broken.some((b) => b.promise === options.untilBroken)) break;

    const hurting = open.filter((p) => kinds[p.incident.kind].hurts);
    const entry: Pick<Entry, "t" | "hurt" | "means" | "cause"> = {
      t,
      hurt: homeHurt >= rules.hurtShare,
      means: t - last.hinder > rules.windowRounds,
      cause: hurting.length > 1 ? "several" : (hurting[0]?.incident.kind ?? "several"),
    };
    const usersIn = moment.usersIn === standby ? "standby" : "primary";
    const full = show.topology.regions.find((r) => r.region === standby)?.capacity?.full ?? 1;
    const crowded = 1 - Math.min(1, (stage.tasks.get(standby) ?? 0) / full);
    books.see({
      ...entry,
      doubted: standing !== null && standing.phase !== "home",
      moved: stage.drained === primary || standing?.drained === primary,
      usersIn,
      hurtShare: usersIn === "primary" ? homeHurt : Math.max(awayHurt, crowded),
      heldBack: standing?.blockers.some((b) => b === "cooldown" || b === "budget") ?? false,
    });
    others?.see({ ...entry, now: show.now(), said: said(standby, primary), hurtLately });
    if (readsAge) await staff.look(store, show.now());
    if (t % 16 === 0) await store.forget(show.now() - 2 * lookBack * cadenceMs);
  }
  books.close();
  return {
    ticks,
    broken,
    account: books.account,
    moves,
    wrongMoves,
    rivals: others?.accounts() ?? null,
    journal: (await store.decisions(100_000)).toReversed(),
  };
}

type Show = ReturnType<typeof theatre>;
/** An incident that is on, and whether the lever was pulled since. */
type Playing = { incident: Incident; left: boolean; begun: boolean };

/** Keeps a vantage point outside the primary from seeing it. */
const blinds = ({ incident }: Pick<Playing, "incident">) =>
  kinds[incident.kind].inTheWay === "outside" && incident.where !== primary;

/** Keeps users from being moved, whoever wants to. */
function hinders({ incident }: Playing): boolean {
  return kinds[incident.kind].inTheWay === "always" || blinds({ incident });
}

/** Vantage points that are not themselves. */
function wrongVantages(open: readonly Playing[]): number {
  const wrong = open.filter(({ incident }) => kinds[incident.kind].ofVantage);
  return wrong.length < 2 ? wrong.length : new Set(wrong.map(({ incident }) => incident.where)).size;
}

/** What the stage is like under the incidents of the moment, and how the monitor is. */
function set({ stage }: Show, open: readonly Playing[], ms: number, returning: boolean): Monitor {
  for (const troubled of [stage.wrong, stage.slowMs, stage.cutOff, stage.skewMs])
    if (troubled.size > 0) troubled.clear();
  for (const troubled of [
    stage.blind,
    stage.silent,
    stage.lying,
    stage.sluggish,
    stage.soothing,
    stage.garbled,
  ])
    if (troubled.size > 0) troubled.clear();
  stage.leverBroken = false;
  stage.leverMute = false;
  stage.capacityComes = true;
  stage.capacityLateMs = 0;
  stage.tasks.set(primary, 4);
  stage.lagMs.set(standby, usualLagMs);
  if (open.length === 0) return wellMonitor;
  const monitor = { ...wellMonitor };
  for (const p of open) {
    p.left ||= p.begun && stage.drained === primary;
    p.begun ||= stage.drained === null;
    const trouble: Trouble = {
      stage,
      monitor,
      incident: p.incident,
      forMs: ms - p.incident.fromMs,
      left: p.left,
      returning,
    };
    kinds[p.incident.kind].set(trouble);
  }
  return monitor;
}

/** The people on call bring users home once the rules say that they may; some hold moves for a while, or drill. */
async function people(
  show: Show,
  open: readonly Playing[],
  ended: readonly Playing[],
  phase: string | undefined,
  wellSince: number | null,
): Promise<void> {
  const ask = (kind: Request["kind"], about: number, reason: string) =>
    show.store.ask({ id: `${kind} ${about}`, at: show.now(), by: "people", kind, reason });
  for (const { incident } of open) {
    if (incident.kind === "held" && phase !== "held")
      await ask("hold", incident.fromMs, "a change is under way");
    if (incident.kind === "drill" && phase === "home") await ask("failover", incident.fromMs, "a drill");
  }
  for (const { incident } of ended)
    if (incident.kind === "held") await ask("release", incident.untilMs, "the change is done");
  if (phase !== "away" || wellSince === null || show.rules.failback === "automatic") return;
  if (show.now() - wellSince >= show.rules.holdDownMs)
    await ask("failback", wellSince, "it has been well for long");
}

/** What a round said of the workload, by its first answer. */
function saidOf(heard: Observation | undefined, rules: Rules): Said {
  if (!heard || heard.verdict === "unknown") return "nothing";
  const late = (heard.latencyMs ?? 0) > rules.responseTimeThresholdMs;
  return heard.verdict === "down" || late ? "bad" : "well";
}

async function newDecisions(store: Show["store"], known: string): Promise<Decision[]> {
  const lately = await store.decisions(12);
  const end = lately.findIndex((d) => d.id === known);
  return lately.slice(0, end < 0 ? lately.length : end).reverse();
}

/** Chance that depends on the step and not on what was drawn before, so that a history told again without some of its
 *  incidents keeps the luck of the others. */
function stepDice(seed: number) {
  let step = 0;
  const streams = new Map<string, { step: number; draw: () => number }>();
  return {
    roll(t: number) {
      step = t;
    },
    of(name: string): () => number {
      return () => {
        let stream = streams.get(name);
        if (stream?.step !== step) {
          stream = { step, draw: chance(seed, `${name} ${step}`) };
          streams.set(name, stream);
        }
        return stream.draw();
      };
    },
  };
}
