/** tests · bench. What is found, how soon, and how often people are woken for nothing, on series with known faults;
 *  ours beside three sigma, "a new record", and the two other forests on the same two features. All are causal, and
 *  all alarm by the same rule: a limit that their own scores reach once in seven days, then an hour's quiet. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createLimit } from "../../analyzer/anomaly/limit.ts";
import { learnSeason, newSeason, remainder } from "../../analyzer/anomaly/season.ts";
import { createSeries } from "../../analyzer/anomaly/series.ts";
import { npmForest } from "../../analyzer/detect/npm.ts";
import { detectDefaults } from "../../analyzer/detect/table.ts";
import { auroc } from "./auroc.ts";
import { type Labelled, labelledSeries, type Split } from "./series.ts";

/** Per row: the score, NaN where there was no value, and whether somebody was woken. */
type Judged = { scores: number[]; alerts: boolean[] };

const dayMs = 24 * 60 * 60_000;
const hourMs = 60 * 60_000;
const stepOf = ({ times }: Labelled) => ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1);

export function ours(series: Labelled): Judged {
  const judge = createSeries(1, [0], detectDefaults);
  const judged: Judged = { scores: [], alerts: [] };
  let at = 0;
  series.values.forEach((value, i) => {
    const clock = series.times[i] ?? 0;
    at = Math.max(at, clock);
    const told = judge.judge(at, [value], clock);
    judged.scores.push(Number.isNaN(value) ? Number.NaN : told.rank);
    judged.alerts.push(told.raised);
  });
  return judged;
}

/** Rows of value and remainder, for the other forests; rows without a value left out. */
function featuresOf(series: Labelled): number[][] {
  const season = newSeason();
  const perDay = dayMs / stepOf(series);
  return series.values.flatMap((value, i) => {
    if (Number.isNaN(value)) return [];
    const clock = series.times[i] ?? 0;
    const row = [value, remainder(season, clock, value)];
    learnSeason(season, clock, value, perDay);
    return [row];
  });
}

/** The rule of alarm for scores that bring none. */
function alarmed(series: Labelled, present: readonly number[]): Judged {
  const limit = createLimit();
  const judged: Judged = { scores: [], alerts: [] };
  const readings = (7 * dayMs) / stepOf(series);
  const quiet = Math.round(hourMs / stepOf(series));
  let next = 0;
  let quietTo = 0;
  series.values.forEach((value, i) => {
    const score = Number.isNaN(value) ? Number.NaN : (present[next++] ?? 0);
    judged.scores.push(score);
    const alert =
      next > detectDefaults.warmUp && i >= quietTo && score > 0 && limit.seldom(score) >= readings;
    if (alert) quietTo = i + quiet;
    judged.alerts.push(alert);
    if (!Number.isNaN(score)) limit.learn(score);
  });
  return judged;
}

export function sigma(series: Labelled, times = 3): Judged {
  const [past, judged]: [number[], Judged] = [[], { scores: [], alerts: [] }];
  let [sum, squares, quietTo] = [0, 0, 0];
  series.values.forEach((value, i) => {
    const [mean, n] = [sum / past.length, past.length];
    const z = n < 30 ? 0 : Math.abs(value - mean) / (Math.sqrt(Math.max(0, squares / n - mean ** 2)) + 1e-9);
    judged.scores.push(z);
    const alert = n > detectDefaults.warmUp && i >= quietTo && z > times;
    if (alert) quietTo = i + Math.round(hourMs / stepOf(series));
    judged.alerts.push(alert);
    if (Number.isNaN(value)) return;
    past.push(value);
    sum += value;
    squares += value ** 2;
    const old = past.length > 864 ? past.shift() : undefined; // three days of five minutes
    if (old !== undefined) {
      sum -= old;
      squares -= old ** 2;
    }
  });
  return judged;
}

/** A new record, by more than `margin` of the range so far. */
export function record(series: Labelled, margin = 0): Judged {
  let [lo, hi, seen] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const judged: Judged = { scores: [], alerts: [] };
  for (const value of series.values) {
    const by = Math.max(value - hi, lo - value) / (hi - lo);
    const fresh = ++seen > detectDefaults.warmUp && by > margin;
    judged.scores.push(Number.isNaN(value) ? Number.NaN : Number(fresh));
    judged.alerts.push(fresh);
    if (Number.isNaN(value)) continue;
    [lo, hi] = [Math.min(lo, value), Math.max(hi, value)];
  }
  return judged;
}

/** A control made as quiet as we are: its least setting that wakes at most so often for nothing on the tuned set. */
function asQuiet(control: (series: Labelled, setting: number) => Judged, settings: number[], perDay: number) {
  const tuned = labelledSeries("tune", 56);
  const quiet = settings.find(
    (setting) =>
      reckon(
        tuned,
        tuned.map((series) => control(series, setting)),
      ).falsePerDay <= perDay,
  );
  return { setting: quiet, judge: (series: Labelled) => control(series, quiet ?? Number.POSITIVE_INFINITY) };
}

function npm(series: Labelled): Judged {
  const rows = featuresOf(series);
  const scores = new Array(rows.length).fill(0);
  for (let at = 30; at < rows.length; ) {
    const to = Math.min(rows.length, at + Math.min(400, Math.max(8, at >> 3)));
    const forest = npmForest(rows.slice(Math.max(0, at - 4096), at), 30, 256);
    forest.score(rows.slice(at, to)).forEach((score, k) => {
      scores[at + k] = score;
    });
    at = to;
  }
  return alarmed(series, scores);
}

function sklearn(all: readonly Labelled[], sample: number): Judged[] {
  const out = execFileSync(
    "/usr/bin/python3",
    [join(import.meta.dirname, "peer.py"), "stream", "30", String(sample), "4096", "400"],
    {
      input: all.map((series) => `${JSON.stringify(featuresOf(series))}\n`).join(""),
      encoding: "utf8",
      maxBuffer: 1e9,
      env: { ...process.env, OMP_NUM_THREADS: "1" },
    },
  );
  const lines = out.trimEnd().split("\n");
  return all.map((series, i) => alarmed(series, JSON.parse(lines[i] ?? "[]")));
}

/** Found when an alert falls into the fault or the hour after it. */
export function reckon(all: readonly Labelled[], judged: readonly Judged[]) {
  const [narrow, wide, delays]: number[][] = [[], [], []];
  let [faults, falseAlerts, days] = [0, 0, 0];
  const kinds: Record<string, [number, number]> = {};
  all.forEach((series, i) => {
    const { scores = [], alerts = [] } = judged[i] ?? {};
    const step = stepOf(series);
    const hour = Math.round(hourMs / step);
    const about = new Set<number>();
    for (const { kind, from, to } of series.faults) {
      faults++;
      const tally = kinds[kind] ?? [0, 0];
      kinds[kind] = tally;
      tally[1]++;
      const found = alerts.indexOf(true, from);
      if (found >= 0 && found < to + hour) {
        tally[0]++;
        delays?.push(((found - from) * step) / 60_000);
      }
      for (let k = from; k < to + 3 * hour; k++) about.add(k);
    }
    alerts.forEach((alert, k) => {
      falseAlerts += Number(alert && !about.has(k));
    });
    days += (scores.length * step) / dayMs;
    if (series.faults.length === 0) return;
    const rows = scores.flatMap((score, k) => (k > scores.length * 0.15 && !Number.isNaN(score) ? [k] : []));
    const half = (0.05 * scores.length) / series.faults.length;
    const inside = (k: number, wider: boolean) =>
      Number(
        series.faults.some(({ from, to }) => (wider ? Math.abs(k - from) <= half : k >= from && k < to)),
      );
    const area = (wider: boolean) =>
      auroc(
        rows.map((k) => scores[k] ?? 0),
        rows.map((k) => inside(k, wider)),
      );
    const [exact, around] = [area(false), area(true)];
    if (!Number.isNaN(exact)) narrow?.push(exact);
    if (!Number.isNaN(around)) wide?.push(around);
  });
  const mean = (xs: number[] = []) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  return {
    narrow: mean(narrow),
    wide: mean(wide),
    found: delays?.length ?? 0,
    faults,
    delayMin: delays?.toSorted((a, b) => a - b)[(delays?.length ?? 0) >> 1] ?? Number.NaN,
    falsePerDay: falseAlerts / days,
    kinds,
  };
}

/** One in seven days, what `detect` is set to. */
const allowedPerDay = 1 / detectDefaults.falseAlertDays;

export function quality(set: Split, count: number, peers: boolean, seed = 1): void {
  const all = labelledSeries(set, count, seed);
  const loud = asQuiet(sigma, [4, 5, 6, 7, 8, 9, 10, 12, 15], allowedPerDay);
  const wide = asQuiet(record, [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2], allowedPerDay);
  const contestants: [string, () => Judged[]][] = [
    ["holdfast", () => all.map(ours)],
    ["three sigma", () => all.map((series) => sigma(series))],
    [`${loud.setting} sigma, as quiet as ours`, () => all.map(loud.judge)],
    ["new record", () => all.map((series) => record(series))],
    [`record by ${wide.setting} of the range, as quiet`, () => all.map(wide.judge)],
  ];
  if (peers) {
    contestants.push(["isolation-forest 0.0.9, adapted", () => all.map(npm)]);
    contestants.push(["scikit-learn, samples of 256", () => sklearn(all, 256)]);
    contestants.push(["scikit-learn, samples of 2,048", () => sklearn(all, 2048)]);
  }
  console.log(`${set} set: ${count} series`);
  for (const [name, run] of contestants) {
    const told = reckon(all, run());
    const kinds = Object.entries(told.kinds).map(([kind, [found, of]]) => `${kind} ${found}/${of}`);
    console.log(
      `  ${name.padEnd(34)} found ${told.found}/${told.faults} (${((100 * told.found) / told.faults).toFixed(0)} %)  median delay ${told.delayMin.toFixed(0)} min  false alerts ${told.falsePerDay.toFixed(3)} a series-day  AUROC ${told.narrow.toFixed(3)} in the fault, ${told.wide.toFixed(3)} in a window about it`,
    );
    if (name === "holdfast") console.log(`    ${kinds.join(", ")}`);
  }
}
