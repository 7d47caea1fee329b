/** infra/simulated · the simulator. Lets seeded days of trouble happen to the real loop, and says what became of them:
 *  which promise broke, with the smallest story that breaks it, and how every loss of the users' ended. */
import { availableParallelism } from "node:os";
import type { Rules } from "../../analyzer/rules.ts";
import { blockDays, type Plan, planOf } from "./block.ts";
import { type Lived, liveAll } from "./crew.ts";
import type { Incident } from "./kinds.ts";
import type { Loss } from "./ledger.ts";
import type { LifeOptions } from "./life.ts";
import { type Spread, shareBetween, spread } from "./measure.ts";
import { promises } from "./promises.ts";
import { type Rival, rivals } from "./rivals.ts";
import { shrink } from "./shrink.ts";

export type SimulateOptions = {
  days: number;
  seed: number;
  /** Lives only from this day on, to see again what happened on it. */
  fromDay?: number;
  /** Ms between ticks. */
  cadenceMs?: number;
  incidentsPerDay?: number;
  wrongVantagesMax?: number;
  rules?: Partial<Rules>;
  /** A history of one's own, in order of its beginnings, instead of one from the seed. */
  incidents?: readonly Incident[];
  /** Whether the naive rule and Route 53 alone live through the same days. */
  compare?: boolean;
  /** Threads; as many as there are processors when left out. The report is the same for any number. */
  workers?: number;
  mutant?: LifeOptions["mutant"];
  signal?: AbortSignal;
  /** Told of the days lived so far. */
  progress?: (days: number) => void;
};

export type Violation = {
  /** Its number and name in the design. */
  promise: number;
  name: string;
  what: string;
  seed: number;
  /** Days and ticks from the start of the simulation. */
  day: number;
  tick: number;
  /** The smallest history found that still breaks it; empty for all but the first few. */
  story: string[];
  /** What to run to see it break again; null where the history or the loop was not the usual one. */
  again: string | null;
};

/** How one who moves users did. */
export type Result = {
  /** Times in which users of the primary were hurt for over ten minutes, with a standby that could take them and the
   *  means to move them. */
  realLosses: number;
  /** Those in which users were moved; of them, so many only once a cooldown or a budget had run out. */
  moved: number;
  movedLate: number;
  /** Not moved, as a rule said stay: users had moved too lately or too often. */
  heldBack: number;
  missed: number;
  /** 95 % interval of the share of real losses that are missed. */
  missedShareBetween: [number, number];
  /** Hurt of over ten minutes in which something kept everybody from moving users. */
  outOfReach: number;
  moves: number;
  wrongMoves: number;
  /** 95 % interval of the share of moves that are wrong. */
  wrongShareBetween: [number, number];
  /** Ticks from the first bad one to doubt, to the decision, and to users being elsewhere; without losses in which a
   *  rule said wait. */
  detectTicks: Spread;
  moveTicks: Spread;
  arriveTicks: Spread;
  /** Mean over days, of the share of users that were hurt times how long they were. */
  hurtMinutesPerDay: number;
};

export type Report = {
  days: number;
  seed: number;
  cadenceSeconds: number;
  ticks: number;
  violations: Violation[];
} & Result & {
    /** Of the real losses, by what caused them. */
    causes: Record<string, { realLosses: number; moved: number; missed: number; moveTicks: Spread }>;
    /** The same days under others; null unless asked for. */
    compare: Record<Rival, Result> | null;
  };

/** Stories are made small for so many violations only: each takes as long as dozens of blocks. */
const storiesMax = 3;
const minute = 60_000;

export async function simulate(options: SimulateOptions): Promise<Report> {
  const plan: Plan = {
    days: options.days,
    fromDay: options.fromDay ?? 0,
    seed: options.seed,
    cadenceMs: options.cadenceMs ?? minute,
    incidentsPerDay: options.incidentsPerDay ?? 5,
    wrongVantagesMax: options.wrongVantagesMax ?? 1,
    rules: options.rules ?? {},
    incidents: options.incidents ?? null,
    compare: options.compare ?? false,
  };
  const lived = await liveAll(plan, {
    workers: options.mutant ? 1 : (options.workers ?? availableParallelism()),
    mutant: options.mutant,
    signal: options.signal,
    lived: (blocks) => options.progress?.(Math.min(plan.days - plan.fromDay, blocks * blockDays)),
  });
  const blocks = [...lived].sort(([a], [b]) => a - b);
  const lives = blocks.map(([, life]) => life);
  const ticks = lives.reduce((sum, life) => sum + life.ticks, 0);
  const losses = lives.flatMap((life) => life.account.losses);
  const days = (ticks * plan.cadenceMs) / (24 * 60 * minute);
  return {
    days,
    seed: plan.seed,
    cadenceSeconds: plan.cadenceMs / 1000,
    ticks,
    violations: await violationsOf(plan, blocks, options.mutant),
    ...resultOf(lives, days, plan.cadenceMs),
    causes: causesOf(losses),
    compare: plan.compare
      ? (Object.fromEntries(
          rivals.map((rival) => [
            rival,
            resultOf(
              lives.flatMap((life) => {
                const own = life.rivals?.[rival];
                return own ? [{ account: own, moves: own.moves, wrongMoves: own.wrongMoves }] : [];
              }),
              days,
              plan.cadenceMs,
            ),
          ]),
        ) as Record<Rival, Result>)
      : null,
  };
}

function resultOf(
  lives: readonly Pick<Lived, "account" | "moves" | "wrongMoves">[],
  days: number,
  cadenceMs: number,
): Result {
  const sum = (of: (life: (typeof lives)[number]) => number) =>
    lives.reduce((all, life) => all + of(life), 0);
  const losses = lives.flatMap((life) => life.account.losses);
  const still = losses.filter((l) => l.moved === null);
  const free = losses.filter((l) => !l.heldBack);
  const missed = still.filter((l) => !l.heldBack).length;
  const moves = sum((life) => life.moves);
  const wrongMoves = sum((life) => life.wrongMoves);
  return {
    realLosses: losses.length,
    moved: losses.length - still.length,
    movedLate: losses.filter((l) => l.heldBack && l.moved !== null).length,
    heldBack: still.length - missed,
    missed,
    missedShareBetween: shareBetween(missed, losses.length),
    outOfReach: sum((life) => life.account.outOfReach),
    moves,
    wrongMoves,
    wrongShareBetween: shareBetween(wrongMoves, moves),
    detectTicks: spread(free.flatMap((l) => l.detected ?? [])),
    moveTicks: spread(free.flatMap((l) => l.moved ?? [])),
    arriveTicks: spread(free.flatMap((l) => l.arrived ?? [])),
    hurtMinutesPerDay: days === 0 ? 0 : (sum((life) => life.account.hurtTicks) * cadenceMs) / minute / days,
  };
}

function causesOf(losses: readonly Loss[]): Report["causes"] {
  const causes = [...new Set(losses.map((l) => l.cause))].sort();
  return Object.fromEntries(
    causes.map((cause) => {
      const own = losses.filter((l) => l.cause === cause);
      return [
        cause,
        {
          realLosses: own.length,
          moved: own.filter((l) => l.moved !== null).length,
          missed: own.filter((l) => l.moved === null && !l.heldBack).length,
          moveTicks: spread(own.flatMap((l) => (l.heldBack ? [] : (l.moved ?? [])))),
        },
      ];
    }),
  );
}

/** The block alone: nothing that happened before it matters. */
function againBy({ days, seed, cadenceMs }: Plan, block: number): string {
  const until = Math.min(days, (block + 1) * blockDays);
  const cadence = cadenceMs === minute ? "" : ` --cadence ${cadenceMs / 1000}`;
  return `npx holdfast simulate --from-day ${block * blockDays} --days ${until} --seed ${seed}${cadence}`;
}

async function violationsOf(
  plan: Plan,
  blocks: readonly (readonly [number, Lived])[],
  mutant: LifeOptions["mutant"],
): Promise<Violation[]> {
  const ticksPerDay = (24 * 60 * minute) / plan.cadenceMs;
  const all: Violation[] = [];
  for (const [block, { broken }] of blocks) {
    for (const { promise, what, tick } of broken) {
      const lifeOptions = { ...planOf(plan, block), ...(mutant ? { mutant } : {}) };
      const story = all.length < storiesMax ? await shrink(lifeOptions, promise, tick) : null;
      const ticksBefore = block * blockDays * ticksPerDay;
      all.push({
        promise,
        name: promises.find((p) => p.number === promise)?.name ?? "",
        what,
        seed: plan.seed,
        day: Math.floor((ticksBefore + tick) / ticksPerDay),
        tick: ticksBefore + tick,
        story: story?.lines ?? [],
        again: mutant || plan.incidents ? null : againBy(plan, block),
      });
    }
  }
  return all;
}
