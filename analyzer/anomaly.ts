/** analyzer · pure. Watches many series at once and names those that behave oddly, in words for people on call.
 *  One odd reading is noted; a run of them is said aloud. It advises; it never moves traffic. */

import { type Anomaly, BadInput } from "../store/records.ts";
import { leading } from "./anomaly/leading.ts";
import { createSeries, type SavedSeries, type Series, type SeriesOptions } from "./anomaly/series.ts";
import { grainOf, say } from "./anomaly/words.ts";
import type { Reading } from "./features.ts";
import { createStream } from "./forest/stream.ts";
import type { Explanation } from "./forest.ts";

export type { Reading } from "./features.ts";

export type WatchOptions = Partial<SeriesOptions> & {
  /** Series watched at most; readings of further ones are counted and left. 1,000 when left out. */
  seriesMax?: number;
  /** What all of them may take together, in MB: the more series, the smaller each one's forest. 400 when left out. */
  memoryMb?: number;
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

/** For health series: a reading every second to every minute, half a dozen numbers each. */
const watchDefaults = {
  seed: 1,
  warmUp: 30, // half a minute on a laptop at a reading a second, five minutes in an account
  falseAlertDays: 7,
  surelyCuts: 2,
  confirm: 2, // one lost packet wakes nobody
  holdReadings: 5,
  quietMs: 60 * 60_000,
  motion: false,
  relearnReadings: 600,
};

/** Forests from large to small; a series gets the largest that its share of the memory holds. */
const smallest = { trees: 8, sample: 64, window: 256, turn: 64 };
const sizes = [
  { trees: 25, sample: 256, window: 512, turn: 128 },
  { trees: 8, sample: 128, window: 256, turn: 64 },
  smallest,
];

/** What goes with every series: limits, seasons, and what the collector has not collected yet. Measured. */
const aside = 28_000;

/** About what a series takes: nodes of 14 bytes, remembered rows, and the rest. */
const bytesOf = ({ trees, sample, window, turn }: typeof smallest, columns: number) =>
  trees * sample * 14 + (window + turn + 1) * (columns + 1) * 8 + aside;

export function createWatch(options: WatchOptions = {}): Watch {
  const { seriesMax = 1_000, memoryMb = 400, from, ...wanted } = options;
  const share = (memoryMb * 1e6) / seriesMax;
  const rulesOf = new Map<number, SeriesOptions>(); // by width, shared by all series that have it
  const rulesFor = (columns: number): SeriesOptions => {
    const size = sizes.find((size) => bytesOf(size, columns) <= share) ?? smallest;
    const rules = rulesOf.get(columns) ?? { ...watchDefaults, ...size, ...wanted };
    rulesOf.set(columns, rules);
    return rules;
  };
  const start = (series: string, names: readonly string[], state?: SavedSeries) => {
    const rules = rulesFor(names.length);
    return createSeries(names.length, names.map(grainOf), rules, createStream, state, phaseOf(series));
  };
  const watched = new Map<string, About & { judge: Series }>();
  let left = 0;
  if (from) {
    if (from.version !== 3)
      throw new BadInput(`Cannot restore a watch: expected version 3; got ${from.version}`);
    for (const { state, ...about } of from.series)
      watched.set(about.series, { ...about, judge: start(about.series, about.names, state) });
  }

  const meet = ({ series, node, vantage, features }: Reading) => {
    if (watched.size >= seriesMax) return null;
    const names = Object.keys(features);
    const met = { series, node, vantage, names, now: null, judge: start(series, names) };
    watched.set(series, met);
    return met;
  };

  return {
    see(readings) {
      for (const reading of readings) {
        const one = watched.get(reading.series) ?? meet(reading);
        if (!one) left++;
        else if (reading.at > one.judge.lastAt) {
          const values = valuesOf(reading, one.names);
          const told = one.judge.judge(reading.at, values);
          if (!told.alerting || !told.why) one.now = null;
          else if (told.odd || !one.now) one.now = anomaly(one, reading.at, values, told.why);
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
      version: 3,
      series: [...watched.values()].map(({ judge, ...about }) => ({ ...about, state: judge.save() })),
    }),
  };
}

// Room for one reading's values: thousands a second must not leave thousands of arrays behind.
let room = new Float64Array(8);

function valuesOf({ features }: Reading, names: readonly string[]): Float64Array {
  if (room.length < names.length) room = new Float64Array(names.length);
  for (let q = 0; q < names.length; q++) room[q] = features[names[q] ?? ""] ?? Number.NaN;
  return room;
}

/** By its name, so that it is the same after a restart. FNV-1a. */
function phaseOf(series: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < series.length; i++) sum = Math.imul(sum ^ series.charCodeAt(i), 0x01000193);
  return (sum >>> 0) / 2 ** 32;
}

/** The alert, with the columns that made it one, strongest first. */
function anomaly(
  one: About & { judge: Series },
  at: number,
  values: ArrayLike<number>,
  why: Explanation,
): Anomaly {
  const { series, node, vantage, names } = one;
  const features = leading(why.parts, names.length).map(({ column, direction, share }) => {
    const name = names[column] ?? "";
    return {
      name,
      direction,
      share,
      says: say(name, values[column] ?? Number.NaN, one.judge.remembered(column)),
    };
  });
  return { series, node, vantage, at, score: why.score, features };
}
