/** probes · monitor. Keeps what is usual for each target while we watch, and remarks on what is not. */
import type { Round, Target } from "../../store/records.ts";
import { type Baseline, compare, disagreements, learn, outside, type Remark } from "../baseline.ts";
import type { Expected } from "../prefixes.ts";

/** Called with each round in turn; gives the remarks on it. */
export function noticer(targets: readonly Target[], expected: Expected | null): (round: Round) => Remark[] {
  const baselines = new Map<string, Baseline>();
  return ({ observations }) => {
    const alone = observations.flatMap((seen) => {
      const before = baselines.get(seen.target) ?? [];
      baselines.set(seen.target, learn(before, seen));
      return [...compare(before, seen), ...(expected && seen.kind === "dns" ? outside(seen, expected) : [])];
    });
    return [...alone, ...disagreements(targets, observations)];
  };
}
