/** analyzer · pure. One series under watch: scored by its own past before it learns, alarming when the score is rarer
 *  than people want to be woken for, and then quiet until it is over or gets worse. */

import { scoreOfPath } from "../forest/paths.ts";
import { createStream, type SavedStream, type Stream, type StreamOptions } from "../forest/stream.ts";
import type { Explanation } from "../forest.ts";
import { type Alarm, type AlarmRules, newAlarm, sound } from "./alarm.ts";
import { createLimit, type SavedLimit } from "./limit.ts";
import { createMotion, type SavedMotion, type Strange } from "./motion.ts";
import { askMore, forgive, newPatience, timesRarer } from "./patience.ts";
import { learnSeason, newLevel, newSeason, remainder, type Season } from "./season.ts";

export type SeriesOptions = AlarmRules & {
  /** The forest's seed. */
  seed: number;
  /** Readings before anything may be called odd; an alarm sooner would be about the watch, not about the service. */
  warmUp: number;
  /** At most about one false alert per series in so many days. */
  falseAlertDays: number;
  /** A reading set apart by so few cuts on average is odd at once, however wild the past was; 1 is the fewest. */
  surelyCuts: number;
  /** Whether it is judged how the first value moves, too; of an answer's latency that would say nothing. */
  motion: boolean;
  /** Odd for this many readings on end is the new normal: what was before is forgotten. */
  relearnReadings: number;
  /** The forest: see `StreamOptions`. */
  trees: number;
  sample: number;
  window: number;
  turn: number;
};

/** Starts the detector underneath, or goes on from a saved one. */
export type StartStream = (options: StreamOptions, from?: SavedStream) => Stream;

export type Verdict = {
  /** Of this reading, 0..1, as the forest gives it; null before there is anything to compare with. */
  score: number | null;
  /** One number to rank by, 0..1: below 0.5 how unsettled things are, above it how seldom such news comes. */
  rank: number;
  /** Still learning what is usual; nothing is called odd. */
  warming: boolean;
  odd: boolean;
  /** This reading is worth waking somebody for. */
  raised: boolean;
  /** An alert is on. */
  alerting: boolean;
  /** What is strange about how the first value moves. */
  strange: Strange | null;
  /** Of an odd reading, or one that leans to the odd side and was asked about. */
  why: Explanation | null;
};

export type SavedSeries = {
  stream: SavedStream;
  limitOwn: SavedLimit;
  limitLately: SavedLimit;
  season: Season;
  lastAt: number;
  cadenceMs: number;
  mean: number;
  /** Of each column, how large its values usually are. */
  sizes: number[];
  lately: number;
  oddFor: number;
  alarm: Alarm;
  /** How much rarer than its limit a reading must be, after the alerts there were. */
  patience: number;
  news: Alarm;
  motion: SavedMotion | null;
  strange: boolean;
  pending: { clock: number; row: (number | null)[] }[];
};

type Kept = { clock: number; row: Float64Array };

export interface Series {
  readonly warming: boolean;
  readonly lastAt: number;
  /** Judges a reading by what was before it, then learns from it. `values` are NaN where missing, always in the same
   *  order; the first is the one whose time of day is followed. The explanation has one column more than that, for
   *  what the time of day leaves of it. `clock` is the time on the reading when that differs from when it came;
   *  `why` asks for the explanation of every reading that leans to the odd side. */
  judge(at: number, values: ArrayLike<number>, clock?: number, why?: boolean): Verdict;
  remembered(column: number): number[];
  save(): SavedSeries;
}

const dayMs = 24 * 60 * 60_000;
/** Readings whose scores are taken together: one alone is weather. */
const latelyOf = 3;
/** A change by less than this share of what the values usually are is no news, however still they were. */
const noNews = 0.01;
/** Readings behind "usually" in that. */
const sizeOf = 200;
/** Readings behind the mean in `steady`. */
const meanOf = 20;
/** What comes once in so many days is news, if not yet worth waking anybody. */
const newsDays = 1;
/** The score of an ordinary reading. */
const leaning = 0.5;
/** How unsettled a series is at least whose value moves strangely. */
const surelyUnsettled = 0.9;

/** Above 0.5 by how seldom it comes: 0.62 once a day, 0.74 once a week, 0.8 once a month. */
const rankOf = (days: number): number => 1 - 0.5 / (1 + Math.log10(1 + days));
/** Readings that waited are learned so many at a time, so that the end of an outage costs no moment more than others. */
const catchUp = 4;
/** Readings of one incident whose scores the limits learn. */
const oddLearned = 5;
/** When many series change for good at once, they are grown anew within this share of `relearnReadings`. */
const relearnSpread = 0.1;

/** With a `phase` of its own, 0 to 1, each of many series does its costly work at another moment. */
export function createSeries(
  columns: number,
  grains: readonly number[],
  rules: SeriesOptions,
  start: StartStream = createStream,
  from?: SavedSeries,
  phase = 0,
): Series {
  const { seed, trees, sample, window, turn } = rules;
  const forest = { columns: columns + 1, seed, trees, sample, window, turn, phase };
  const stream = start(forest, from?.stream);
  const limitOwn = createLimit(phase, from?.limitOwn);
  const limitLately = createLimit(phase, from?.limitLately);
  const season = newSeason(from?.season);
  const row = new Float64Array(columns + 1);
  const grain = new Float64Array(columns + 1);
  const sizes = Float64Array.from({ length: columns }, (_, q) => from?.sizes[q] ?? 0);
  let { lastAt, cadenceMs, mean, lately, oddFor, patience } = from ?? {
    lastAt: 0,
    cadenceMs: 0,
    mean: 0.5,
    lately: 0.5,
    oddFor: 0,
    patience: newPatience(),
  };
  const alarm = { ...(from?.alarm ?? newAlarm()) };
  const news = { ...(from?.news ?? newAlarm()) };
  const motion = rules.motion ? createMotion(phase, from?.motion ?? undefined) : null;
  let strangely = from?.strange ?? false; // at the last reading
  let pending: Kept[] = (from?.pending ?? []).map(({ clock, row }) => ({
    clock,
    row: Float64Array.from(row, (x) => x ?? Number.NaN),
  }));

  const pace = (at: number): void => {
    const step = at - lastAt;
    if (lastAt > 0 && step > 0) patience = forgive(patience, step, rules.falseAlertDays * dayMs);
    // A gap counts as three steps at most, or one night off would make every series look slow.
    if (lastAt > 0 && step > 0)
      cadenceMs = cadenceMs === 0 ? step : cadenceMs + (Math.min(step, cadenceMs * 3) - cadenceMs) * 0.1;
    lastAt = Math.max(lastAt, at);
  };

  const learn = (clock: number, values: Float64Array, how: "learn" | "take" = "learn"): void => {
    const first = values[0] ?? Number.NaN;
    values[columns] = remainder(season, clock, first); // the level may have moved since it was judged
    stream[how](values);
    learnSeason(season, clock, first, dayMs / Math.max(1, cadenceMs));
  };

  /** What stays odd is the new normal. */
  const relearn = (): void => {
    newLevel(season);
    for (const { clock, row } of pending) learn(clock, row, "take");
    stream.forget(pending.length);
    pending = [];
    oddFor = 0;
    alarm.on = false;
  };

  /** An odd reading waits: an outage must not become ordinary halfway through. A blip that passed is learned, as part
   *  of what happens here. */
  const put = (odd: boolean, clock: number): void => {
    if (odd) {
      pending.push({ clock, row: row.slice() });
      if (pending.length > rules.window) pending.shift();
      if (++oddFor >= rules.relearnReadings * (1 + relearnSpread * phase)) relearn();
      return;
    }
    if (!alarm.on) {
      oddFor = 0;
      if (pending.length > 0) {
        pending.push({ clock, row: row.slice() });
        for (const waiting of pending.splice(0, catchUp)) learn(waiting.clock, waiting.row);
        return;
      }
    }
    learn(clock, row);
  };

  // Plain fields, not accessors: of these there may be ten thousand.
  const series: { -readonly [K in keyof Series]: Series[K] } = {
    warming: stream.learned < rules.warmUp,
    lastAt,
    judge(at, values, clock = at, asked = false) {
      pace(at);
      for (let q = 0; q < columns; q++) row[q] = values[q] ?? Number.NaN;
      for (let q = 0; q < columns; q++) grain[q] = Math.max(grains[q] ?? 0, (sizes[q] ?? 0) * noNews);
      grain[columns] = grain[0] ?? 0;
      row[columns] = remainder(season, clock, values[0] ?? Number.NaN);
      const none = row.every(Number.isNaN); // which says nothing of values
      const score = none ? null : stream.score(row, grain);
      const warming = stream.learned < rules.warmUp;
      const surely = scoreOfPath(rules.surelyCuts, stream.expected);
      if (score !== null) lately += (score - lately) / latelyOf;
      // A reading may be odd by itself or in its company. One false alert in six may come of the first: what lasts is
      // more often true.
      const seldom =
        score === null
          ? 0
          : Math.max(limitOwn.seldom(score) / 6, limitLately.seldom(Math.min(score, lately)) / 1.2);
      const days = warming ? 0 : (seldom * Math.max(1, cadenceMs)) / dayMs;
      const enoughDays = rules.falseAlertDays * timesRarer(patience);
      const odd = !warming && score !== null && (days >= enoughDays || score >= surely);

      const readings = (rules.falseAlertDays * dayMs) / Math.max(1, cadenceMs);
      const strange = motion?.see(at, values[0] ?? Number.NaN, readings) ?? null;
      const fresh = strange !== null && !strangely && !warming && at >= alarm.quietUntil;
      const struck = fresh && (strange.kind === "missing" || !alarm.on); // that what was odd stays as odd is no news
      strangely = strange !== null;
      if (struck) alarm.quietUntil = at + rules.quietMs;
      const raised = (score !== null && sound(alarm, at, odd, score, rules)) || struck;
      if (raised) patience = askMore(patience);
      const newsworthy = score !== null && sound(news, at, days >= newsDays, score, rules);

      const why =
        score !== null && (odd || alarm.on || (asked && score >= leaning))
          ? stream.explain(row, grain)
          : null;
      for (let q = 0; q < columns; q++) {
        const [size, magnitude] = [sizes[q] ?? 0, Math.abs(values[q] ?? Number.NaN)];
        if (!Number.isNaN(magnitude)) sizes[q] = size + (magnitude - size) / (size === 0 ? 1 : sizeOf);
      }
      if (!none) put(odd, clock);
      if (score !== null) {
        // Also odd ones, as what recurs must come to count as usual; but of one long incident only its beginning, or
        // what is far worse would be usual before it is over.
        if (oddFor <= oddLearned) {
          limitOwn.learn(score);
          limitLately.learn(lately);
        }
        mean += (score - mean) / meanOf;
      }
      series.lastAt = lastAt;
      series.warming = stream.learned < rules.warmUp;
      const unsettled = Math.max(((score ?? mean) + mean) / 2, strange ? surelyUnsettled : 0);
      const seldomDays = struck ? Math.max(days, rules.falseAlertDays) : days;
      return {
        score,
        rank: warming ? 0 : raised || newsworthy ? rankOf(seldomDays) : unsettled / 2,
        warming,
        odd,
        raised,
        alerting: alarm.on || (strangely && !warming),
        strange,
        why,
      };
    },
    remembered: (column) => stream.remembered(column),
    save: () => ({
      stream: stream.save(),
      limitOwn: limitOwn.save(),
      limitLately: limitLately.save(),
      season: newSeason(season),
      lastAt,
      cadenceMs,
      mean,
      sizes: [...sizes],
      lately,
      oddFor,
      alarm: { ...alarm },
      patience,
      news: { ...news },
      motion: motion?.save() ?? null,
      strange: strangely,
      pending: pending.map(({ clock, row }) => ({
        clock,
        row: Array.from(row, (x) => (Number.isNaN(x) ? null : x)),
      })),
    }),
  };
  return series;
}
