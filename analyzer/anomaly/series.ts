/** analyzer · pure. One series under watch: scored by its own past before it learns, alarming when the score is rarer
 *  than people want to be woken for, and then quiet until it is over or gets worse. */

import { scoreOfPath } from "../forest/paths.ts";
import { createStream, type SavedStream, type Stream } from "../forest/stream.ts";
import type { Explanation } from "../forest.ts";
import { createLimit } from "./limit.ts";

export type SeriesOptions = {
  /** The forest's seed. */
  seed?: number;
  /** Readings before anything may be called odd. Half a minute on a laptop at a reading a second; an alarm sooner
   *  than that would be about the watch, not about the service. */
  warmUp?: number;
  /** At most about one false alert per series in so many days. */
  falseAlertDays?: number;
  /** Odd readings, of the latest `confirm + 1`, that make an alert: one is weather. */
  confirm?: number;
  /** An alert ends when nothing was odd for this many readings. */
  holdReadings?: number;
  /** Odd for this many readings is the new normal: what was before is forgotten. */
  relearnReadings?: number;
  trees?: number;
  sample?: number;
  window?: number;
};

export const seriesDefaults = {
  seed: 1,
  warmUp: 30,
  falseAlertDays: 7,
  confirm: 2,
  holdReadings: 5,
  relearnReadings: 600,
  trees: 25,
  sample: 256,
  window: 512,
};

export type Verdict = {
  /** 0..1; null before there is anything to compare with. */
  score: number | null;
  /** Still learning what is usual; nothing is called odd. */
  warming: boolean;
  odd: boolean;
  /** This reading raised an alert. */
  raised: boolean;
  /** An alert is on. */
  alerting: boolean;
};

export type SavedSeries = {
  stream: SavedStream;
  limit: number[];
  lastAt: number;
  cadenceMs: number;
  recent: boolean[];
  calmFor: number;
  alerting: boolean;
  pending: (number | null)[][];
  oddFor: number;
};

export interface Series {
  readonly warming: boolean;
  readonly lastAt: number;
  /** Judges a reading and learns from it. `values` are NaN where missing, always in the same order. */
  judge(at: number, values: readonly number[]): Verdict;
  explain(values: readonly number[]): Explanation | null;
  remembered(column: number): number[];
  save(): SavedSeries;
}

const dayMs = 24 * 60 * 60_000;
/** What is set apart in under two cuts always counts, however wild the past was. */
const surelyOdd = 2;

export function createSeries(
  columns: number,
  grains: readonly number[],
  options: SeriesOptions,
  from?: SavedSeries,
): Series {
  const rules = { ...seriesDefaults, ...options };
  const { seed, trees, sample, window } = rules;
  const stream: Stream = createStream({ columns, grains, seed, trees, sample, window }, from?.stream);
  const limit = createLimit(from?.limit);
  let lastAt = from?.lastAt ?? 0;
  let cadenceMs = from?.cadenceMs ?? 0;
  let recent = from?.recent ?? [];
  let calmFor = from?.calmFor ?? 0;
  let alerting = from?.alerting ?? false;
  let oddFor = from?.oddFor ?? 0;
  let pending = (from?.pending ?? []).map((row) => row.map((x) => x ?? Number.NaN));

  const isOdd = (score: number): boolean => {
    const perDays = (rules.falseAlertDays * dayMs) / Math.max(1, cadenceMs);
    return score >= Math.min(limit.once(perDays), scoreOfPath(surelyOdd, stream.expected));
  };

  return {
    get warming() {
      return stream.learned < rules.warmUp;
    },
    get lastAt() {
      return lastAt;
    },
    judge(at, values) {
      const step = at - lastAt;
      if (lastAt > 0 && step > 0)
        cadenceMs = cadenceMs === 0 ? step : cadenceMs + (Math.min(step, cadenceMs * 3) - cadenceMs) * 0.1;
      lastAt = at;
      const score = stream.score(values);
      const warming = stream.learned < rules.warmUp;
      const odd = !warming && score !== null && isOdd(score);
      recent = [...recent, odd].slice(-rules.confirm - 1);
      calmFor = odd ? 0 : calmFor + 1;
      const raised = odd && !alerting && recent.filter(Boolean).length >= rules.confirm;
      alerting = raised || (alerting && calmFor < rules.holdReadings);

      if (odd) {
        // Not learned while odd: an outage must not become ordinary halfway through. If it lasts, it is the new normal.
        oddFor++;
        pending = [...pending, [...values]].slice(-rules.sample);
        if (oddFor >= rules.relearnReadings) {
          stream.forget(1);
          for (const row of pending) stream.learn(row);
          pending = [];
          oddFor = 0;
          alerting = false;
        }
      } else {
        if (!alerting) {
          for (const row of pending) stream.learn(row); // a blip that passed is part of what happens here
          pending = [];
          oddFor = 0;
        }
        stream.learn(values);
        if (score !== null && stream.learned > 8) limit.learn(score);
      }
      return { score, warming, odd, raised, alerting };
    },
    explain: (values) => stream.explain(values),
    remembered: (column) => stream.remembered(column),
    save: () => ({
      stream: stream.save(),
      limit: limit.save(),
      lastAt,
      cadenceMs,
      recent,
      calmFor,
      alerting,
      oddFor,
      pending: pending.map((row) => row.map((x) => (Number.isNaN(x) ? null : x))),
    }),
  };
}
