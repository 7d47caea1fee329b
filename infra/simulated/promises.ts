/** infra/simulated · pure. The nine promises of the design, by number and name, each held against what the stage truly
 *  is and what truly happened on it, after every step. A watch keeps what it has to remember between two steps. */
import type { Rules } from "../../analyzer/rules.ts";
import type { Decision, Order, Region, Report, Standing, Topology } from "../../store/records.ts";
import { primary, standby } from "./kinds.ts";
import type { Call } from "./stage.ts";

/** One run of an analyzer within a step. */
export type Run = {
  who: string;
  outcome: "remembered" | "stood-down" | "killed";
  /** Each write it tried: the version it came from, and whether the store took it. */
  writes: readonly { from: number; kept: boolean }[];
  /** When it ran, by its own clock. */
  at: number;
};

/** What a vantage point's newest round said of the workload in a region. */
export type Said = "well" | "bad" | "nothing";

/** Everything that can be known after a step, by one who sees the whole stage. */
export type Moment = {
  at: number;
  runs: readonly Run[];
  calls: readonly Call[];
  standing: Standing | null;
  /** Made in this step, oldest first. */
  decisions: readonly Decision[];
  unconfirmed: readonly Order[];
  report: Report | null;
  /** What truly is. */
  drained: Region | null;
  tasks: ReadonlyMap<string, number>;
  /** How far the standby's copy of the data is behind. */
  lagMs: number | null;
  /** Where the name leads. */
  usersIn: Region;
  /** Whether users of the primary were truly hurt at some step that the rules still look back at. */
  hurtLately: boolean;
  /** Whether the primary has truly answered nobody at some step within the hold-down. */
  deadWithinHoldDown: boolean;
  /** Vantage points that were wrong at once, at most, in the same time. */
  wrongVantages: number;
  /** What the vantage points outside the standby said of it, this step. */
  ofStandby: readonly { from: Region; said: Said }[];
  /** Rounds that arrived, those of them that were none, the refusals so far, and rounds kept. */
  border: { sent: number; garbled: number; refused: readonly string[]; kept: number };
  /** Vantage points from which nothing that can be read has come for longer than silence is borne. */
  unheard: readonly string[];
};

/** What is broken about a promise in a moment; null while it holds. */
type Look = (moment: Moment) => string | null;
export type Promised = {
  number: number;
  name: string;
  watch: (house: { rules: Rules; topology: Topology }) => Look;
};

const pulls = (d: Decision) => d.orders.some((o) => o.kind === "drain" && o.drained);
const returns = (d: Decision) => d.orders.some((o) => o.kind === "drain" && !o.drained);

export const promises: readonly Promised[] = [
  {
    number: 1,
    name: "some region always takes traffic; both are never drained",
    watch: () => {
      const away = new Set<Region>();
      return ({ calls, standing, usersIn }) => {
        for (const { does, about, took } of calls) {
          if (does === "drain" && took) away.add(about);
          if (does === "undrain" && took) away.clear();
          if (does === "drain" && about !== primary) return `${about} was drained`;
        }
        if (away.has(primary) && away.has(standby)) return "both regions are drained";
        if (standing && standing.drained !== null && standing.drained !== primary)
          return `${standing.drained} is to be drained`;
        return usersIn === primary || usersIn === standby ? null : `users are sent to ${usersIn}`;
      };
    },
  },
  {
    number: 2,
    name: "users are never sent to a region that is unknown, unfit, too small or too far behind",
    watch: ({ topology, rules }) => {
      const full = topology.regions.find((r) => r.region === standby)?.capacity?.full ?? 1;
      let wasDoubted = false;
      return ({ decisions, ofStandby, tasks, lagMs }) => {
        const ofWitness = ofStandby.filter((w) => w.from !== primary);
        const isDoubted =
          ofWitness.some((w) => w.said === "bad") && ofWitness.every((w) => w.said !== "well");
        const doubted = wasDoubted && isDoubted; // reads may be a round old
        wasDoubted = isDoubted;
        const move = decisions.find(pulls);
        if (!move) return null;
        const well = ofStandby.filter((w) => w.said === "well").length;
        const bad = ofStandby.filter((w) => w.said === "bad").length;
        if (well + bad === 0) return `nobody had heard of ${standby} when users were sent there`;
        if (bad > well) return `${bad} of ${well + bad} vantage points said that ${standby} was not well`;
        if (move.by !== "route53" && doubted)
          return `only ${primary}, which is being left, said that ${standby} was well`;
        const running = tasks.get(standby) ?? 0;
        if (move.by !== "route53" && running < full) return `${running} of ${full} tasks ran in ${standby}`;
        if (move.by === "rules" && (lagMs ?? Number.POSITIVE_INFINITY) > rules.recoveryPointMs)
          return `the data in ${standby} was ${lagMs} ms behind`;
        return null;
      };
    },
  },
  {
    number: 3,
    name: "one blind, lying or lost vantage point moves nobody, and neither does silence",
    watch: () => {
      let led = Number.NEGATIVE_INFINITY; // when the name last led to the standby
      return ({ at, decisions, hurtLately, wrongVantages, usersIn, drained }) => {
        if (usersIn === standby && drained === null) led = at;
        const move = decisions.find((d) => pulls(d) && d.to !== "away" && isOwn(d));
        if (!move || hurtLately || wrongVantages > 1) return null;
        if (move.by === "route53" && led > Number.NEGATIVE_INFINITY) return null;
        return `users were moved although none were hurt: ${move.why}`;
      };
    },
  },
  {
    number: 4,
    name: "a crash repeats an order or leaves it undone; none is lost, and no change is done by half",
    watch: ({ topology }) => {
      const pending = new Map<string, Order>();
      let last: { phase: string; drained: Region | null; version: number } = {
        phase: "home",
        drained: null,
        version: 0,
      };
      return ({ decisions, unconfirmed, standing, tasks, drained }) => {
        for (const { orders } of decisions)
          for (const order of orders) pending.set(`${order.kind} ${order.region}`, order);
        for (const [about, order] of pending)
          if (isDone(order, { tasks, drained }, topology)) pending.delete(about);
        for (const order of pending.values()) {
          if (!unconfirmed.some((o) => o.id === order.id))
            return `the order ${order.id} is neither carried out nor kept`;
        }
        if (!standing) return null;
        const before = last;
        last = standing;
        if (standing.version < before.version) return "the standing went back to an older version";
        let phase = before.phase;
        for (const d of decisions) {
          if (d.from !== phase) return `the journal goes from ${phase} on with ${d.from} -> ${d.to}`;
          phase = d.to;
        }
        if (phase !== standing.phase)
          return `the journal ends in ${phase}, the standing says ${standing.phase}`;
        const ordered = decisions.some((d) => d.orders.some((o) => o.kind === "drain"));
        if (standing.drained !== before.drained && !ordered)
          return "what is drained changed without an order";
        return null;
      };
    },
  },
  {
    number: 5,
    name: "of two analyzers one wins each step, and the other stands down",
    watch: () => {
      const won = new Set<number>();
      return ({ runs, calls }) => {
        for (const { writes } of runs) {
          for (const { from, kept } of writes) {
            if (kept && won.has(from)) return `two steps were both taken from version ${from}`;
            if (kept) won.add(from);
          }
        }
        for (const { who, writes } of runs) {
          const call = calls.find((c) => c.who === who);
          // A schedule that fires twice runs the same one twice: it may have won once.
          const wonOnce = runs.some((r) => r.who === who && r.writes.some((w) => w.kept));
          if (call && writes.length > 0 && !wonOnce)
            return `${who} lost the step and called ${call.does} ${call.about} all the same`;
        }
        return null;
      };
    },
  },
  {
    number: 6,
    name: "no more moves than the budget allows, and no return of its own before the hold-down",
    watch: ({ rules }) => {
      let moves: number[] = [];
      return ({ decisions, deadWithinHoldDown }) => {
        for (const d of decisions) {
          const drains = d.orders.some((o) => o.kind === "drain");
          if (!drains) continue;
          const spent = moves.filter((at) => d.at - at < rules.flipBudgetMs);
          const since = d.at - (moves.at(-1) ?? Number.NEGATIVE_INFINITY);
          moves = [...spent, d.at];
          if (d.by !== "rules" || !isOwn(d)) continue;
          const own = (pulls(d) && d.to === "shifting") || returns(d);
          if (own && spent.length >= rules.flipBudget)
            return `move ${spent.length + 1} of ${rules.flipBudget}`;
          if (own && since < rules.cooldownMs)
            return `moved ${Math.round(since / 1000)} s after the last move`;
          if (returns(d) && rules.failback === "approve") return "users were brought home unasked";
          if (returns(d) && deadWithinHoldDown)
            return `users were brought home although ${primary} was down within the hold-down`;
        }
        return null;
      };
    },
  },
  {
    number: 7,
    name: "from decision to moved traffic nothing is asked of a control plane, or of the region being left",
    watch: () => {
      let moving = false;
      return ({ calls, decisions, drained }) => {
        const touches = calls.find((c) => c.to === primary);
        if (touches) return `${touches.does} was asked of ${primary}`;
        const wasMoving = moving;
        const pull = decisions.find((d) => pulls(d) && d.to === "shifting");
        // Where the lever never took, Route 53 may have moved users in its place: then the way home ends the move.
        moving = (moving || pull !== undefined) && drained !== primary && !decisions.some(returns);
        if (!wasMoving && !pull) return null;
        const mine = pull ? pull.orders.filter((o) => o.kind !== "drain") : [];
        if (mine.length > 0) return "the decision to move also ordered capacity";
        const slow = wasMoving && moving ? calls.find((c) => c.plane === "control") : undefined;
        return slow ? `waiting for the lever, ${slow.does} went to a control plane` : null;
      };
    },
  },
  {
    number: 8,
    name: "every decision, and every decision not to, can be read with its reasons",
    watch: ({ rules }) => {
      let before: Pick<Standing, "phase" | "drained"> = { phase: "home", drained: null };
      return ({ decisions, standing, report, runs }) => {
        for (const d of decisions) {
          if (d.why.trim() === "") return `decision ${d.id} does not say why`;
          const lines = [...d.for, ...d.against];
          if (d.for.length === 0 || d.against.length === 0 || lines.some((l) => !l.says || !l.value))
            return `decision ${d.id} does not say by which rules`;
          if (d.to === "shifting" && d.by === "rules" && !allows(d))
            return `decision ${d.id} moves users against its own rules`;
        }
        if (!standing) return null;
        const changed = standing.phase !== before.phase || standing.drained !== before.drained;
        before = standing;
        if (changed && decisions.length === 0) return `${standing.phase} was entered without a record`;
        const done = runs.filter((r) => r.outcome === "remembered");
        if (done.length === 0 || runs.some((r) => r.outcome === "killed")) return null;
        if (!report || !done.some((r) => r.at === report.assessment.at) || report.why.trim() === "")
          return "the last tick left no report";
        const wants = standing.phase === "doubting" || standing.phase === "preparing";
        if (wants && standing.strikes > rules.consecutiveFailuresThreshold && allows(report))
          return "users are hurt, nobody moves, and no rule is named that keeps them";
        return null;
      };
    },
  },
  {
    number: 9,
    name: "what cannot be parsed is refused, counted and shown, and nothing else is lost",
    watch: () => {
      let counted = 0;
      return ({ border, report, unheard, runs }) => {
        const refused = border.refused.slice(counted);
        counted = border.refused.length;
        if (refused.length !== border.garbled)
          return `${border.garbled} rounds were none, ${refused.length} were refused`;
        const unclear = refused.find((why) => !/^Cannot read round: ./.test(why));
        if (unclear !== undefined) return `a refusal does not say what was wrong: ${unclear}`;
        if (border.kept !== border.sent - border.garbled)
          return `${border.sent - border.garbled} good rounds arrived, ${border.kept} were kept`;
        if (!report || !runs.some((r) => r.outcome === "remembered" && r.at === report.assessment.at))
          return null;
        const hidden = unheard.find((v) => !report.assessment.blind.some((b) => b.vantage === v));
        return hidden ? `nothing of ${hidden} could be read, and it is not shown` : null;
      };
    },
  },
];

/** Whether Holdfast, or Route 53, decided it, and not a person. */
const isOwn = (d: Decision) => d.by === "rules" || d.by === "route53";

const allows = (a: Pick<Decision, "for" | "against">) =>
  a.for.every((l) => l.met === true) && a.against.every((l) => l.met === false);

function isDone(
  order: Order,
  { tasks, drained }: Pick<Moment, "tasks" | "drained">,
  topology: Topology,
): boolean {
  if (order.kind === "drain") return (drained === order.region) === order.drained;
  const size = topology.regions.find((r) => r.region === order.region)?.capacity;
  return tasks.get(order.region) === size?.[order.want];
}
