/** tests · bench. Health series that never were, but might have been: what cloud metrics look like on quiet days, and
 *  what goes wrong with them, with the true faults written down. Seeded; two sets, one to tune on and one only ever
 *  reported, which has shapes and faults that the first has not. */
import { below, type Chance, chance } from "../../analyzer/forest/chance.ts";

export type Fault = { kind: string; from: number; to: number }; // rows, `to` excluded
export type Labelled = {
  name: string;
  /** Epoch ms; not always evenly spaced, nor always rising. */
  times: number[];
  /** NaN where the row is there and the value is not. */
  values: number[];
  faults: Fault[];
};

export type Split = "tune" | "report";

const minute = 60_000;
const day = 24 * 60 * minute;
const began = Date.UTC(2024, 2, 4); // a Monday

/** `count` series of one set. */
export function labelledSeries(set: Split, count: number, seed = 1): Labelled[] {
  return Array.from({ length: count }, (_, i) =>
    one(set, i, chance(seed, i + (set === "tune" ? 0 : 1_000_000))),
  );
}

function one(set: Split, index: number, draw: Chance): Labelled {
  const u = () => draw() / 2 ** 32;
  const kinds = Object.keys(shapes[set]);
  const kind = kinds[index % kinds.length] ?? "";
  const stepMs = pick(draw, [5, 5, 5, 5, 1, 10, 30]) * minute;
  const days = stepMs === minute ? 3 : stepMs >= 30 * minute ? 40 : 14;
  const rows = Math.round((days * day) / stepMs);
  const perDay = day / stepMs;
  const normal = normals(u);
  const shape = shapes[set][kind]?.({ u, normal, perDay }) ?? (() => 0);
  const values = Array.from({ length: rows }, (_, t) => shape(t));

  const sorted = values.toSorted((a, b) => a - b);
  const spread = (sorted[Math.floor(rows * 0.95)] ?? 0) - (sorted[Math.floor(rows * 0.05)] ?? 0) || 1;
  const middle = sorted[rows >> 1] ?? 0;
  const world = { u, normal, perDay, values, spread, middle, low: sorted[0] ?? 0 };

  const faults: Fault[] = [];
  const wanted = pick(draw, [0, 1, 1, 2, 2, 3]);
  const names = Object.keys(breaks[set]);
  for (let k = 0; k < wanted; k++) {
    // After a quiet start, one in each part of the rest, so that they do not run into each other.
    const part = (rows * 0.8) / wanted;
    const from = Math.floor(rows * 0.2 + part * (k + 0.15 + 0.5 * u()));
    const name = names[below(draw, names.length)] ?? "";
    const length = breaks[set][name]?.(world, from, Math.floor(part * 0.3)) ?? 0;
    faults.push({ kind: name, from, to: Math.min(rows, from + Math.max(1, length)) });
  }
  return { name: `${kind}-${index}`, faults, ...disturbed(values, stepMs, draw) };
}

// ---- quiet days --------------------------------------------------------------------------------------------

type Ground = { u: () => number; normal: () => number; perDay: number };
type Shape = (ground: Ground) => (t: number) => number;

const wave = (t: number, perDay: number, peak: number) => Math.sin(2 * Math.PI * (t / perDay - peak));
/** A working day: quiet nights, two humps. */
const busy = (t: number, perDay: number) => {
  const hour = ((t % perDay) / perDay) * 24;
  return Math.exp(-((hour - 11) ** 2) / 8) + 0.8 * Math.exp(-((hour - 16) ** 2) / 10);
};
const weekend = (t: number, perDay: number) => Math.floor(t / perDay) % 7 >= 5;

const common: Record<string, Shape> = {
  /** Processor share of a service with daily load. */
  cpu: ({ u, normal, perDay }) => {
    const [base, swing, noise, peak] = [20 + 30 * u(), 5 + 15 * u(), 1 + 3 * u(), u()];
    let drift = 0;
    return (t) => {
      drift = drift * 0.99 + normal() * 0.2;
      return Math.max(0, base + swing * wave(t, perDay, peak) + drift + noise * normal());
    };
  },
  /** Requests per interval: counts, daily and weekly. */
  requests: ({ u, normal, perDay }) => {
    const [base, swing, calm] = [20 + 200 * u(), 200 + 3000 * u(), 0.3 + 0.5 * u()];
    return (t) => {
      const mean = (base + swing * busy(t, perDay)) * (weekend(t, perDay) ? calm : 1);
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * (1 + 2 * u()) * normal()));
    };
  },
  /** Latency: skewed, with slow answers now and then. */
  latency: ({ u, normal, perDay }) => {
    const [base, skew, slow] = [5 + 100 * u(), 0.1 + 0.3 * u(), 0.002 + 0.01 * u()];
    return (t) =>
      base * Math.exp(skew * normal()) * (1 + 0.2 * busy(t, perDay)) * (u() < slow ? 2 + 3 * u() : 1);
  },
  /** An idle machine that wakes for its cron job every so often. */
  cron: ({ u, normal, perDay }) => {
    const [base, height, every, lasts] = [
      0.5 + 3 * u(),
      10 + 60 * u(),
      perDay / pick2(u, [1, 4, 24]),
      1 + 4 * u(),
    ];
    return (t) =>
      Math.max(0, base + 0.1 * base * normal() + (t % every < lasts ? height * (1 + 0.1 * normal()) : 0));
  },
  /** Bytes: heavy bursts over a quiet floor. */
  bytes: ({ u, normal }) => {
    const [base, often, heavy] = [1e4 + 1e6 * u(), 0.01 + 0.1 * u(), 0.8 + 0.6 * u()];
    return () =>
      Math.round(
        base * Math.exp(0.1 * normal()) * (u() < often ? Math.exp(heavy * Math.abs(normal()) + 1) : 1),
      );
  },
  /** Errors: mostly none. */
  errors: ({ u }) => {
    const often = 0.01 + 0.05 * u();
    return () => (u() < often ? 1 + Math.floor(3 * u()) : 0);
  },
  /** A level that never moves much. */
  level: ({ u, normal }) => {
    const [base, noise, grain] = [100 * u(), 0.02 + 0.5 * u(), pick2(u, [0.001, 0.1])];
    return () => Math.round((base + noise * normal()) / grain) * grain;
  },
};

const shapes: Record<Split, Record<string, Shape>> = {
  tune: common,
  report: {
    ...common,
    /** Memory that fills and is swept. */
    sawtooth: ({ u, normal, perDay }) => {
      const [base, height, every, noise] = [
        20 * u(),
        10 + 40 * u(),
        (perDay / 24) * (1 + 10 * u()),
        0.2 + u(),
      ];
      return (t) => base + height * ((t % every) / every) + noise * normal();
    },
    /** A load that wanders. */
    wander: ({ u, normal, perDay }) => {
      const [pull, noise, swing] = [0.01 + 0.05 * u(), 0.5 + u(), 3 * u()];
      let at = 0;
      return (t) => {
        at += -pull * at + noise * normal();
        return 50 + at + swing * wave(t, perDay, 0.3);
      };
    },
    /** Two regimes, day and night, with a sharp edge. */
    shift: ({ u, normal, perDay }) => {
      const [night, more, noise] = [10 + 10 * u(), 20 + 40 * u(), 0.5 + 2 * u()];
      return (t) => {
        const hour = ((t % perDay) / perDay) * 24;
        return night + (hour > 7 && hour < 19 && !weekend(t, perDay) ? more : 0) + noise * normal();
      };
    },
  },
};

// ---- what goes wrong ---------------------------------------------------------------------------------------

type Broken = Ground & { values: number[]; spread: number; middle: number; low: number };
/** Breaks `values` from a row on, for at most so many rows; gives how many it took. */
type Break = (world: Broken, from: number, most: number) => number;

const change = (world: Broken, from: number, length: number, to: (x: number, k: number) => number) => {
  for (let k = 0; k < length; k++) world.values[from + k] = to(world.values[from + k] ?? 0, k);
  return length;
};
const hours = (world: Broken, from: number, to: number, most: number) =>
  Math.max(2, Math.min(most, Math.round((world.perDay / 24) * (from + (to - from) * world.u()))));

const usualBreaks: Record<string, Break> = {
  spike: (w, from) => change(w, from, 1 + Math.floor(3 * w.u()), (x) => x + w.spread * (1.5 + 3 * w.u())),
  dip: (w, from) =>
    change(w, from, 1 + Math.floor(4 * w.u()), (x) => Math.max(0, x - w.spread * (1 + 2 * w.u()))),
  zero: (w, from, most) => change(w, from, hours(w, 0.5, 4, most), () => 0),
  plateau: (w, from, most) => {
    const by = w.spread * (0.7 + 1.5 * w.u());
    return change(w, from, hours(w, 1, 8, most), (x) => x + by);
  },
  /** A deploy: a new level that stays. The fault is the change; the rest of the series is the new normal. */
  step: (w, from) => {
    const by = w.spread * (0.6 + 1.5 * w.u()) * (w.u() < 0.7 ? 1 : -1);
    change(w, from, w.values.length - from, (x) => Math.max(0, x + by));
    return Math.round(w.perDay / 8);
  },
  leak: (w, from, most) => {
    const [length, by] = [hours(w, 8, 30, most), w.spread * (1 + 2 * w.u())];
    return change(w, from, length, (x, k) => x + (by * k) / length);
  },
};

const breaks: Record<Split, Record<string, Break>> = {
  tune: {
    ...usualBreaks,
    /** The last hour's reading served again and again. */
    frozen: (w, from, most) => {
      const at = w.values[from - 1] ?? 0;
      return change(w, from, hours(w, 2, 10, most), () => at);
    },
    /** Noise dies to a twentieth, the level stays. */
    faint: (w, from, most) => {
      const about = w.values.slice(Math.max(0, from - 12), from);
      const middle = about.reduce((sum, x) => sum + x, 0) / Math.max(1, about.length);
      return change(w, from, hours(w, 3, 10, most), (x) => middle + (x - middle) / 20);
    },
    /** Readings that swing up and down. */
    rough: (w, from, most) =>
      change(w, from, hours(w, 2, 6, most), (x, k) =>
        Math.max(0, x + w.spread * (0.3 + 0.4 * w.u()) * (k % 2 ? 1 : -1)),
      ),
    lost: (w, from, most) => change(w, from, hours(w, 1, 5, most), () => Number.NaN),
  },
  report: {
    ...usualBreaks,
    stuck: (w, from, most) => {
      const at = w.values[from] ?? 0;
      return change(w, from, hours(w, 3, 12, most), () => at);
    },
    noisy: (w, from, most) =>
      change(w, from, hours(w, 2, 8, most), (x) => Math.max(0, x + w.spread * (0.5 + w.u()) * w.normal())),
    /** A day's peak that does not come, or comes at night: ordinary values at the wrong time. */
    wrongTime: (w, from, most) => {
      const [length, back] = [hours(w, 3, 10, most), Math.round(w.perDay / 2)];
      const other = w.values.slice(Math.max(0, from - back), Math.max(0, from - back) + length);
      return change(w, from, length, (x, k) => other[k] ?? x);
    },
    silence: (w, from, most) => change(w, from, hours(w, 1, 6, most), () => Number.NaN),
  },
};

// ---- what is only untidy -----------------------------------------------------------------------------------

/** Rows lost, stretches lost, clocks that jitter or are set back: nothing of it is a fault. */
function disturbed(values: readonly number[], stepMs: number, draw: Chance) {
  const u = () => draw() / 2 ** 32;
  const jitterMs = u() < 0.3 ? stepMs * 0.2 : 0;
  const setBackAt = u() < 0.15 ? Math.floor(values.length * (0.3 + 0.6 * u())) : -1;
  let shiftMs = 0;
  const times = values.map((_, t) => {
    if (t === setBackAt) shiftMs = -60 * minute;
    return Math.round(began + t * stepMs + shiftMs + jitterMs * u());
  });
  const lose = u() < 0.5 ? 0.01 : 0;
  return { times, values: values.map((x) => (u() < lose ? Number.NaN : x)) };
}

const pick = <T>(draw: Chance, of: readonly T[]): T => of[below(draw, of.length)] as T;
const pick2 = <T>(u: () => number, of: readonly T[]): T => of[Math.floor(u() * of.length)] as T;

function normals(u: () => number) {
  return () => Math.sqrt(-2 * Math.log(u() + 1e-12)) * Math.cos(2 * Math.PI * u());
}
