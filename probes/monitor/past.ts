/** probes · monitor. What came before this round: each target's latencies, and what it was. */
import type { Observation, Round } from "../../store/records.ts";

export type Past = {
  /** The last latencies in ms, oldest first, this round's included; null where no answer came. */
  latencies: ReadonlyMap<string, readonly (number | null)[]>;
  /** What a target was in the round before, as `up` or `down nodata`; only those that are now something else. */
  was: ReadonlyMap<string, string>;
};

const kept = 12; // as many as a narrow terminal has room for

export const stateOf = ({ verdict, reason }: Pick<Observation, "verdict" | "reason">) =>
  reason === null ? verdict : `${verdict} ${reason}`;

/** Called with each round in turn. */
export function rememberer(): (round: Round) => Past {
  const latencies = new Map<string, (number | null)[]>();
  const states = new Map<string, string>();
  return ({ observations }) => {
    const was = new Map<string, string>();
    for (const seen of observations) {
      latencies.set(seen.target, [...(latencies.get(seen.target) ?? []), seen.latencyMs].slice(-kept));
      const before = states.get(seen.target);
      if (before !== undefined && before !== stateOf(seen)) was.set(seen.target, before);
      states.set(seen.target, stateOf(seen));
    }
    return { latencies, was };
  };
}

const bars = "▁▂▃▄▅▆▇█";

/** Latencies as a line of bars, from nothing to the slowest of them; a dot where no answer came. Empty for fewer than
 *  two: one is no line. */
export function sparkline(latencies: readonly (number | null)[]): string {
  if (latencies.length < 2) return "";
  const slowest = Math.max(...latencies.map((ms) => ms ?? 0));
  return latencies
    .map((ms) => (ms === null ? "·" : (bars[Math.min(7, Math.floor((ms / (slowest || 1)) * 8))] ?? "")))
    .join("");
}
