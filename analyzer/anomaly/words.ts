/** analyzer · pure. What a number is called, in which unit it is said, and which difference is too small to mean
 *  anything. */
import type { Strange } from "./motion.ts";

type Measure = {
  /** One of them, several of them, and the unit after a range. */
  unit: readonly [string, string, string];
  /** Smaller differences are noise to those who use the service, however rare. */
  grain: number;
  says?: (value: number) => string;
};

const ms = (what: string): Measure => ({ unit: [`ms${what}`, `ms${what}`, " ms"], grain: 20 }); // people feel 100 ms

const measures: Record<string, Measure> = {
  latencyMs: ms(""),
  connectMs: ms(" to connect"),
  tlsMs: ms(" for TLS"),
  firstByteMs: ms(" to the first byte"),
  addresses: { unit: ["address", "addresses", ""], grain: 1 },
  ttlSeconds: { unit: ["s TTL", "s TTL", " s"], grain: 60 }, // a cached TTL counts down from answer to answer
  newAddresses: { unit: ["", "", ""], grain: 0.5, says: (x) => `${Math.round(x * 100)} % new addresses` },
  failed: { unit: ["", "", ""], grain: 0.1, says: (x) => (x > 0 ? "failed" : "answered") },
  running: { unit: ["task running", "tasks running", ""], grain: 1 },
};

export const grainOf = (feature: string): number => measures[feature]?.grain ?? 0;

/** "412 ms, usually 3 to 9 ms". `value` is NaN when there was none; `usual` holds the values remembered. */
export function say(feature: string, value: number, usual: readonly number[]): string {
  const sorted = usual.filter((x) => !Number.isNaN(x)).sort((a, b) => a - b);
  const now = Number.isNaN(value) ? `no ${noun(feature)}` : worded(feature, value);
  const lo = sorted[Math.floor(sorted.length * 0.05)];
  const hi = sorted[Math.ceil(sorted.length * 0.95) - 1];
  if (lo === undefined || hi === undefined) return `${now}, never measured before`;
  const measure = measures[feature];
  if (measure?.says)
    return lo === hi
      ? `${now}, usually ${measure.says(lo)}`
      : `${now}, usually ${measure.says(lo)} to ${measure.says(hi)}`;
  const range = short(lo) === short(hi) ? short(lo) : `${short(lo)} to ${short(hi)}`;
  return `${now}, usually ${range}${measure?.unit[2] ?? ""}`;
}

/** "stuck at 51.2 for 2 h", "no value for 35 min", "moves 6.1 times as much as usual". */
export function sayStrange({ kind, lastsMs, times }: Strange, value: number): string {
  if (kind === "restless" || kind === "faint") return `moves ${short(times)} times as much as usual`;
  const minutes = Math.round(lastsMs / 60_000);
  const lasted =
    minutes < 2
      ? `${Math.round(lastsMs / 1000)} s`
      : minutes < 120
        ? `${minutes} min`
        : `${Math.round(minutes / 60)} h`;
  return `${kind === "missing" ? "no value" : `stuck at ${short(value)}`} for ${lasted}`;
}

function worded(feature: string, value: number): string {
  const measure = measures[feature];
  if (!measure) return short(value);
  if (measure.says) return measure.says(value);
  const [one, several] = measure.unit;
  return `${short(value)} ${value === 1 ? one : several}`;
}

const noun = (feature: string) =>
  feature.endsWith("Ms") ? "time" : feature === "ttlSeconds" ? "TTL" : feature;

/** Three digits are enough to compare by. */
function short(x: number): string {
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e6 || size < 1e-3) return x.toPrecision(3);
  return String(size >= 100 ? Math.round(x) : Number(x.toPrecision(size >= 10 ? 3 : 2)));
}
