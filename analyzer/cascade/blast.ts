/** analyzer · pure. Everything that a failure reaches, and when. */
import type { Edge, Stage } from "../dependencies.ts";
import { type Graph, graphOf, type Link, minuteMs, split } from "./graph.ts";

export type Bite = {
  because: string;
  /** Earliest and latest instant, from the delays along the way. */
  from: number;
  until: number;
  edge: Edge;
  stage: Stage;
};

export type Reach = {
  node: string;
  /** Null for the root itself. */
  because: string | null;
  from: number;
  until: number;
  edge: Edge | null;
  stage: Stage | null;
  /** Whether every edge on the way has been seen or written down; a guess anywhere makes it advice. */
  known: boolean;
  /** Where it is bitten once more, later and by another mechanism. */
  again: Bite[];
};

/** What a failure of `root` at `since` reaches, in order of time. Cycles end by themselves: a node is entered once, by
 *  its earliest road. Regions are those that global causes and effects are spread over; the root's own is one. */
export function blast(
  root: string,
  since: number,
  edges: readonly Edge[],
  regions: readonly string[] = [],
): Reach[] {
  return reachOf(root, since, graphOf(edges, [...regions, split(root)[1]]));
}

export function reachOf(root: string, since: number, graph: Graph): Reach[] {
  const start = graph.numberOf.get(root);
  const alone = { because: null, from: since, until: since, edge: null, stage: null, known: true, again: [] };
  if (start === undefined) return [{ node: root, ...alone }];
  const walk = walkFrom(start, graph);
  const name = (n: number) => graph.names[n] ?? "";
  const reach = walk.order.map((n): Reach => {
    const road = walk.via[n];
    if (!road) return { node: root, ...alone };
    return {
      node: name(n),
      because: name(road.from),
      from: since + (walk.from[n] ?? 0),
      until: since + (walk.until[n] ?? 0),
      edge: road.edge,
      stage: road.first,
      known: walk.known[n] === 1,
      again: [],
    };
  });
  const of = new Map(reach.map((r, i) => [walk.order[i] ?? -1, r]));
  for (const { link, stage, from, until } of walk.later) {
    const because = name(link.from);
    of.get(link.to)?.again.push({
      because,
      from: since + from,
      until: since + until,
      edge: link.edge,
      stage,
    });
  }
  return reach.sort((a, b) => a.from - b.from || a.until - b.until);
}

/** A walk over the graph, by number, in ms after its root fails; what was not reached has `from` Infinity. */
export type Walk = {
  /** As they are reached. */
  order: number[];
  from: Float64Array;
  until: Float64Array;
  known: Uint8Array;
  /** 1 where what it does is hurt, and not only what can be made or changed. */
  works: Uint8Array;
  /** The link that each was reached by; none for the root. */
  via: (Link | undefined)[];
  /** Later bites between reached nodes, each for a reason of its own. */
  later: readonly { link: Link; stage: Stage; from: number; until: number }[];
};

/** Walks do not depend on when they begin, and the same few roots are weighed tick after tick. */
const walked = new WeakMap<Graph, Map<number, Walk>>();
const walksKept = 128;

/** Whoever is hurt in its control plane alone still does its work, and so hurts only what would have it make or change
 *  something: each node is walked as two, numbered 2n (control) and 2n + 1 (data). */
export function walkFrom(start: number, graph: Graph): Walk {
  const known = walked.get(graph) ?? new Map<number, Walk>();
  walked.set(graph, known);
  if (known.size >= walksKept) known.clear();
  const walk = known.get(start) ?? walkAnew(start, graph);
  known.set(start, walk);
  return walk;
}

function walkAnew(start: number, graph: Graph): Walk {
  const size = graph.names.length;
  const from = new Float64Array(2 * size).fill(Infinity);
  const until = new Float64Array(2 * size).fill(Infinity);
  const known = new Uint8Array(2 * size);
  const via: (Link | undefined)[] = new Array(2 * size);
  const done = new Uint8Array(2 * size);
  const entered: number[] = [];
  const heap = new Heap();
  const root = 2 * start + 1;
  from[root] = until[root] = 0;
  known[root] = 1;
  heap.push(0, root);
  for (let here = heap.pop(); here !== undefined; here = heap.pop()) {
    if (done[here] === 1) continue;
    done[here] = 1;
    entered.push(here);
    const hereFrom = from[here] ?? 0;
    const hereUntil = until[here] ?? 0;
    for (const link of graph.out[here >> 1] ?? []) {
      const { first, isControl } = link;
      if (first === null || (here % 2 === 0 && !isControl) || link.to === start) continue;
      const to = 2 * link.to + (isControl ? 0 : 1);
      if (done[to] === 1) continue;
      const earliest = hereFrom + first.minutes[0] * minuteMs;
      const before = from[to] ?? Infinity;
      if (before < earliest) continue;
      const latest = hereUntil + first.minutes[1] * minuteMs;
      const sure = link.isGuess ? 0 : (known[here] ?? 0);
      // Of two roads as early as each other the one that is known wins, then the one that is sooner over.
      const other = known[to] ?? 0;
      if (before === earliest && (other > sure || (other === sure && (until[to] ?? 0) <= latest))) continue;
      from[to] = earliest;
      until[to] = latest;
      known[to] = sure;
      via[to] = link;
      heap.push(earliest, to);
    }
  }
  const walk = folded(entered, { from, until, known, via }, size);
  return { ...walk, later: [...laterBites(walk, graph), ...directBites(start, walk, graph)] };
}

/** Each node once: as whichever of its two was reached first. */
function folded(entered: readonly number[], of: Omit<Walk, "order" | "works" | "later">, size: number) {
  const whole: Omit<Walk, "later"> = {
    order: [],
    from: new Float64Array(size).fill(Infinity),
    until: new Float64Array(size).fill(Infinity),
    known: new Uint8Array(size),
    works: new Uint8Array(size),
    via: new Array(size),
  };
  for (const here of entered) {
    const n = here >> 1;
    if (here % 2 === 1) whole.works[n] = 1;
    const [at, sure] = [of.from[here] ?? Infinity, of.known[here] ?? 0];
    const before = whole.from[n] ?? Infinity;
    if (before < at || (before === at && (whole.known[n] ?? 0) >= sure)) continue;
    if (before === Infinity) whole.order.push(n);
    whole.from[n] = at;
    whole.until[n] = of.until[here] ?? Infinity;
    whole.known[n] = sure;
    whole.via[n] = of.via[here];
  }
  return whole;
}

function laterBites(walk: Omit<Walk, "later">, graph: Graph) {
  const found: { link: Link; stage: Stage; from: number; until: number }[] = [];
  for (const link of graph.late) {
    const cause = walk.from[link.from] ?? Infinity;
    const hurt = walk.from[link.to] ?? Infinity;
    if (cause === Infinity || !walk.via[link.to]) continue;
    if (!link.isControl && walk.works[link.from] === 0) continue;
    for (const stage of link.edge.stages) {
      const from = cause + stage.minutes[0] * minuteMs;
      const isFirst = link === walk.via[link.to] && stage === link.first;
      if (stage.after === "recovery" || !stage.when || isFirst || from <= hurt) continue;
      found.push({ link, stage, from, until: (walk.until[link.from] ?? 0) + stage.minutes[1] * minuteMs });
    }
  }
  return found;
}

/** What is known of the root itself is not hidden by a sooner road through others: DynamoDB took Connect with it after 32
 *  minutes, whatever Lambda may do to Connect before. Late stages with a reason are told as those of any node. */
function directBites(start: number, walk: Omit<Walk, "later">, graph: Graph) {
  return (graph.out[start] ?? []).flatMap((link) => {
    const stage = link.first;
    if (stage === null || stage.when || stage.assumed || link.isGuess || link === walk.via[link.to])
      return [];
    const [from, until] = [stage.minutes[0] * minuteMs, stage.minutes[1] * minuteMs];
    return from > (walk.until[link.to] ?? Infinity) ? [{ link, stage, from, until }] : [];
  });
}

/** A binary heap of numbers by key, smallest first. */
class Heap {
  #keys: number[] = [];
  #values: number[] = [];

  push(key: number, value: number): void {
    const keys = this.#keys;
    const values = this.#values;
    let i = keys.push(key) - 1;
    values.push(value);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if ((keys[up] ?? 0) <= key) break;
      keys[i] = keys[up] ?? 0;
      values[i] = values[up] ?? 0;
      i = up;
    }
    keys[i] = key;
    values[i] = value;
  }

  pop(): number | undefined {
    const keys = this.#keys;
    const values = this.#values;
    const top = values[0];
    const key = keys.pop();
    const value = values.pop();
    if (key === undefined || value === undefined || keys.length === 0) return top;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= keys.length) break;
      const least = left + 1 < keys.length && (keys[left + 1] ?? 0) < (keys[left] ?? 0) ? left + 1 : left;
      if ((keys[least] ?? 0) >= key) break;
      keys[i] = keys[least] ?? 0;
      values[i] = values[least] ?? 0;
      i = least;
    }
    keys[i] = key;
    values[i] = value;
    return top;
  }
}
