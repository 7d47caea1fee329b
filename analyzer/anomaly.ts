/** analyzer · pure. Watches many series at once and names those that behave oddly, in words for people on call.
 *  One odd reading is noted; a run of them is said aloud. It advises; it never moves traffic. */

import { type Anomaly, BadInput } from "../store/records.ts";
import { createSeries, type SavedSeries, type Series, type SeriesOptions } from "./anomaly/series.ts";
import { grainOf, say } from "./anomaly/words.ts";
import type { Reading } from "./features.ts";
import type { Part } from "./forest/explain.ts";

export type { Reading } from "./features.ts";

export type WatchOptions = SeriesOptions & {
  /** Series watched at most; readings of further ones are counted and left. */
  seriesMax?: number;
  /** Where an earlier watch, with the same options, left off. */
  from?: SavedWatch;
};

type About = { series: string; node: string; vantage: string; names: string[]; now: Anomaly | null };

/** Plain data, fit for JSON. */
export type SavedWatch = { version: number; series: (About & { state: SavedSeries })[] };

export interface Watch {
  /** Judges each reading by the past of its series, then learns from it. A reading that is not newer than the last of
   *  its series was seen already and is passed over. Gives the series that are odd now, oddest first. */
  see(readings: readonly Reading[]): Anomaly[];
  /** Series known, and how many of them are still learning what is usual. */
  readonly series: number;
  readonly warming: number;
  /** Readings left out because `seriesMax` was reached. */
  readonly left: number;
  save(): SavedWatch;
}

const seriesMaxDefault = 10_000;
/** Columns that add less than this share to an alert are not named. */
const shareNamed = 0.1;

export function createWatch({ seriesMax = seriesMaxDefault, from, ...options }: WatchOptions = {}): Watch {
  const watched = new Map<string, About & { judge: Series }>();
  let left = 0;
  if (from) {
    if (from.version !== 1)
      throw new BadInput(`Cannot restore a watch: expected version 1; got ${from.version}`);
    for (const { state, ...about } of from.series)
      watched.set(about.series, {
        ...about,
        judge: createSeries(about.names.length, about.names.map(grainOf), options, state),
      });
  }

  const meet = ({ series, node, vantage, features }: Reading) => {
    if (watched.size >= seriesMax) return null;
    const names = Object.keys(features);
    const judge = createSeries(names.length, names.map(grainOf), options);
    const met = { series, node, vantage, names, now: null, judge };
    watched.set(series, met);
    return met;
  };

  return {
    see(readings) {
      for (const reading of readings) {
        const one = watched.get(reading.series) ?? meet(reading);
        if (!one) left++;
        else if (reading.at > one.judge.lastAt) {
          const values = one.names.map((name) => reading.features[name] ?? Number.NaN);
          const told = one.judge.judge(reading.at, values);
          if (!told.alerting) one.now = null;
          else if (told.odd || !one.now) one.now = anomaly(one, reading.at, values);
        }
      }
      return [...watched.values()].flatMap((one) => one.now ?? []).sort((a, b) => b.score - a.score);
    },
    get series() {
      return watched.size;
    },
    get warming() {
      return [...watched.values()].filter((one) => one.judge.warming).length;
    },
    get left() {
      return left;
    },
    save: () => ({
      version: 1,
      series: [...watched.values()].map(({ judge, ...about }) => ({ ...about, state: judge.save() })),
    }),
  };
}

/** The alert, with the columns that made it one, strongest first. */
function anomaly(one: About & { judge: Series }, at: number, values: readonly number[]): Anomaly | null {
  const told = one.judge.explain(values);
  if (!told) return null;
  const speaking = told.parts.filter((part) => part.amount > 0).sort((a, b) => b.amount - a.amount);
  const total = speaking.reduce((sum, part) => sum + part.amount, 0);
  const features = speaking
    .map((part) => ({
      name: one.names[part.column] ?? "",
      direction: directionOf(part),
      share: part.amount / total,
      says: say(
        one.names[part.column] ?? "",
        values[part.column] ?? Number.NaN,
        one.judge.remembered(part.column),
      ),
    }))
    .filter((feature, i) => i === 0 || feature.share >= shareNamed);
  return { series: one.series, node: one.node, vantage: one.vantage, at, score: told.score, features };
}

const directionOf = ({ high, low, missing }: Part): "high" | "low" | "missing" =>
  missing > high && missing > low ? "missing" : high >= low ? "high" : "low";
