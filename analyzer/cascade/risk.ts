/** analyzer · pure. How likely each node is to fall next, 0..1: from what fails and what is known to follow from it.
 *  One more failure never lowers it, and what is only guessed never raises a region's. */
import type { Graph } from "./graph.ts";

export type Failing = { node: string; since: number };

/** Of the services that depend on a fallen one, the summaries of 2015–2025 name about half as hurt; so each step away
 *  from a failure halves the risk. What can no longer be changed, but still runs, counts as two steps. */
const halving = 0.5;
const controlSteps = 2;
/** Steps looked ahead: a sixteenth is little to act on. */
const stepsMost = 4;
/** What a guess is shown with; it is in no region's risk. */
export const guessed = 0.1;

/** What may follow from what fails, whatever the hour: by steps away from it, which nodes are reached, and until when each
 *  may fall. As in a walk, each node is two: 2n hurt in its control plane alone, 2n + 1 in what it does. */
export type Prospect = {
  reached: readonly (readonly number[])[];
  /** By step, then by node; -Infinity where it is not reached. */
  latest: readonly Float64Array[];
};

/** `guesses` follows guessed edges too. */
export function prospect(failing: Iterable<Failing>, graph: Graph, guesses: boolean): Prospect {
  const size = 2 * graph.names.length;
  const latest = Array.from({ length: stepsMost + 1 }, () => new Float64Array(size).fill(-Infinity));
  const reached = latest.map((): number[] => []);
  const reach = (n: number, steps: number, until: number) => {
    const there = latest[steps];
    if (!there || !(until > (there[n] ?? until))) return;
    if (there[n] === -Infinity) reached[steps]?.push(n);
    there[n] = until;
  };
  for (const { node, since } of failing) {
    const n = graph.numberOf.get(node);
    if (n !== undefined) reach(2 * n + 1, 0, since);
  }
  for (let steps = 0; steps <= stepsMost; steps++) {
    for (const n of reached[steps] ?? []) {
      const until = latest[steps]?.[n] ?? -Infinity;
      for (const { to, lastMs, isGuess, isControl } of graph.out[n >> 1] ?? []) {
        if ((isGuess && !guesses) || (n % 2 === 0 && !isControl)) continue;
        reach(2 * to + (isControl ? 0 : 1), steps + (isControl ? controlSteps : 1), until + lastMs);
      }
    }
  }
  return { reached, latest };
}

/** By number: 1 where it fails, less where it is expected to at `now`, 0 elsewhere. */
export function expected({ reached, latest }: Prospect, now: number): Float64Array {
  const risk = new Float64Array((latest[0]?.length ?? 0) / 2);
  reached.forEach((nodes, steps) => {
    const there = latest[steps];
    const share = halving ** steps;
    for (const n of nodes)
      if (steps === 0 || (there?.[n] ?? -Infinity) >= now) risk[n >> 1] = Math.max(risk[n >> 1] ?? 0, share);
  });
  return risk;
}
