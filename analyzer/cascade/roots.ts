/** analyzer · pure. Which failure explains the others: each that may is tried as the root, with what speaks for it and
 *  against it. Silence proves nothing: what was not heard neither supports nor weakens a root. */
import type { ServiceHealth } from "../../store/records.ts";
import { ground } from "../dependencies.ts";
import { walkFrom } from "./blast.ts";
import { type Cells, cellsOf } from "./cells.ts";
import { type Graph, looseMs, minuteMs, split } from "./graph.ts";

export type Root = {
  node: string;
  since: number;
  /** How many nodes it reaches in all. */
  reaches: number;
  /** Failing nodes that it explains. */
  explains: ReadonlySet<string>;
  score: number;
  /** It is well again, and what it took down is not. */
  isOver: boolean;
  for: string[];
  against: string[];
};

/** A victim may be heard of this much before its cause: rounds interleave, and a cause can hide in a retry. */
export const slackMs = 2 * minuteMs;
/** What nobody asks is suspected only when this many of its own victims fail; a region's network, which can explain
 *  everything, only when they are this share of what is heard there as well. */
const victimsMin = 3;
const groundShareMin = 0.3;
/** Belief in a root that nobody asks, in an explanation by a guessed edge, and in a victim that comes later than seen. */
const unaskedBelief = 0.9;
/** The same in a root that is well again, while what it took down is not. */
const overBelief = 0.9;
const guessBelief = 0.8;
const lateBelief = 0.5;
/** What it costs when all that should have followed by now is well. */
const absentCost = 0.5;
/** Roots tried; of a thousand failures most have an earlier one above them. */
const triedMost = 8;

/** Roots that may explain what fails, likeliest first. `left`: what the root named before had taken down. */
export function roots(
  services: readonly ServiceHealth[],
  graph: Graph,
  now: number,
  left: Left | null = null,
): Root[] {
  const { cells, failing } = cellsOf(services);
  const anew = [...asked(failing, graph), ...unasked(failing, cells, graph)].map((node) =>
    judge(node, failing, cells, graph, now),
  );
  const before = outlasting(left, failing, cells, graph);
  // A victim is no root for having outlasted its own.
  const others = before?.isOver
    ? anew.filter((r) => ![...r.explains].every((n) => before.explains.has(n)))
    : anew;
  return [...others, ...(before ? [before] : [])]
    .sort((a, b) => b.score - a.score || a.since - b.since || b.reaches - a.reaches)
    .filter((root, i, all) => all.findIndex((r) => r.node === root.node) === i);
}

/** A root named before, and the nodes that it took down and that have not been well since. */
export type Left = { root: string; took: ReadonlySet<string> };

/** The root named before, where it does not fail itself (any more): what it took down is still its doing. In 2025 it
 *  had been well for twenty-five hours when the last of it was (minutes 172 and 1697). */
function outlasting(left: Left | null, failing: Cells, cells: Cells, graph: Graph): Root | null {
  if (!left || failing.has(left.root) || left.took.size === 0) return null;
  const { root: node, took } = left;
  const [service, region] = split(node);
  const isOver = cells.get(node)?.verdict === "up";
  const rest = [...failing.keys()].filter((n) => !took.has(n));
  const start = graph.numberOf.get(node);
  return {
    node,
    since: Math.min(...[...took].map((n) => failing.get(n)?.since ?? Infinity)),
    reaches: start === undefined ? 1 : walkFrom(start, graph).order.length,
    explains: took,
    score: (took.size / failing.size) * (isOver ? overBelief : unaskedBelief),
    isOver,
    for: [
      `${service} in ${region} ${isOver ? "is well again, and took down" : "explains"} ${took.size} of ${failing.size} failing services`,
    ],
    against: [
      ...(isOver ? [] : ["nobody asks it: it is only inferred"]),
      ...(rest.length > 0 ? [`it does not explain ${words(rest, region)}`] : []),
    ],
  };
}

/** Failing nodes, those with the fewest failing causes of their own and the earliest first. */
function asked(failing: Cells, graph: Graph): string[] {
  if (failing.size <= triedMost) return [...failing.keys()];
  const causes = new Map<string, number>();
  for (const { from, to, edge } of graph.links) {
    const [cause = "", hurt = ""] = [graph.names[from], graph.names[to]];
    if (edge.grade === "plausible" || cause === hurt || !failing.has(cause) || !failing.has(hurt)) continue;
    causes.set(hurt, (causes.get(hurt) ?? 0) + 1);
  }
  const of = (node: string) => causes.get(node) ?? 0;
  return [...failing]
    .sort(([a, x], [b, y]) => of(a) - of(b) || x.since - y.since)
    .slice(0, triedMost)
    .map(([node]) => node);
}

/** Causes that nobody asks, or that could not be asked, with enough failing victims. */
function unasked(failing: Cells, cells: Cells, graph: Graph): string[] {
  const victims = new Map<string, Set<number>>();
  const places = [...failing.keys()].flatMap((node) => graph.into[graph.numberOf.get(node) ?? -1] ?? []);
  for (const place of Uint32Array.from(places).sort()) {
    const link = graph.links[place];
    const cause = graph.names[link?.from ?? -1] ?? "";
    if (!link || (cells.get(cause)?.verdict ?? "unknown") !== "unknown") continue;
    const { to, edge } = link;
    if (edge.grade === "plausible" && split(cause)[0] !== ground) continue;
    const known = victims.get(cause) ?? new Set();
    victims.set(cause, known.add(to));
  }
  return [...victims]
    .filter(([cause, { size }]) => {
      if (size < victimsMin) return false;
      const [service, region] = split(cause);
      if (service !== ground) return true;
      const here = [...cells.values()].filter((s) => s.region === region && s.verdict !== "unknown");
      return here.filter((s) => s.verdict === "down").length / here.length >= groundShareMin;
    })
    .sort(([, a], [, b]) => b.size - a.size)
    .slice(0, triedMost)
    .map(([cause]) => cause);
}

/** How well one root explains what is seen, 0..1: the share of the failures it accounts for, less the share of what
 *  should have followed by now and is seen to be well. */
function judge(node: string, failing: Cells, cells: Cells, graph: Graph, now: number): Root {
  const own = failing.get(node);
  const start = graph.numberOf.get(node);
  const first = own ? own.since : firstVictim(start, failing, graph, now);
  const explains = new Set<string>(own ? [node] : []);
  const absent: string[] = [];
  let weight = explains.size;
  let due = 1; // itself
  let guesses = 0;
  const walk = start === undefined ? null : walkFrom(start, graph);
  for (const n of walk?.order ?? []) {
    const road = walk?.via[n];
    const name = graph.names[n] ?? "";
    const cell = cells.get(name);
    if (!walk || !road || !cell || cell.verdict === "unknown") continue;
    const [from, until, isKnown] = [walk.from[n] ?? 0, walk.until[n] ?? 0, walk.known[n] === 1];
    const isOverdue = first + until + looseMs(until) + slackMs < now;
    if (cell.verdict === "down") {
      const after = cell.since - first;
      if (after < from - slackMs) continue;
      const bites = [{ from, until }, ...walk.later.filter((b) => b.link.to === n)];
      const inTime = bites.some(
        (b) => after >= b.from - slackMs && after <= b.until + looseMs(b.until) + slackMs,
      );
      weight += (isKnown ? 1 : guessBelief) * (inTime ? 1 : lateBelief);
      explains.add(name);
      guesses += Number(!isKnown);
      due += Number(isOverdue);
    } else if (isOverdue && isKnown && road.edge.plane !== "control") {
      const cause = graph.names[road.from] ?? "";
      if (cause !== node && cells.get(cause)?.verdict === "up") continue; // its own cause did not fail
      absent.push(name);
      due++;
    }
  }
  const share = weight / failing.size;
  const penalty = (absentCost * absent.length) / due;
  return {
    node,
    since: first,
    reaches: walk?.order.length ?? 1,
    explains,
    score: Math.max(0, share - penalty) * (own ? 1 : unaskedBelief),
    isOver: false,
    ...evidence(node, first, explains, absent, guesses, failing),
  };
}

function evidence(
  node: string,
  first: number,
  explains: ReadonlySet<string>,
  absent: readonly string[],
  guesses: number,
  failing: Cells,
) {
  const [service, region] = split(node);
  const isAsked = failing.has(node);
  const later = [...explains].filter((n) => (failing.get(n)?.since ?? 0) > first + slackMs);
  const rest = [...failing.keys()].filter((n) => !explains.has(n));
  return {
    for: [
      isAsked && failing.size === 1
        ? `${service} in ${region} is all that fails`
        : `${service} in ${region} explains ${explains.size} of ${failing.size} failing services`,
      ...(isAsked && later.length > 0 ? [`it failed before ${words(later, region)}`] : []),
    ],
    against: [
      ...(isAsked ? [] : ["nobody asks it: it is only inferred"]),
      ...(guesses > 0 ? [`that ${guesses} of them should follow is only a guess`] : []),
      ...absent.map((n) => `${split(n)[0]} should have followed by now and is up`),
      ...(rest.length > 0 ? [`it does not explain ${words(rest, region)}`] : []),
    ],
  };
}

function firstVictim(start: number | undefined, failing: Cells, graph: Graph, now: number): number {
  const out = graph.out[start ?? -1] ?? [];
  return out.reduce(
    (least, { to }) => Math.min(least, failing.get(graph.names[to] ?? "")?.since ?? least),
    now,
  );
}

/** Up to three of them by name, with the region where it is another. */
function words(nodes: readonly string[], home: string): string {
  const named = nodes.slice(0, 3).map((n) => {
    const [service, region] = split(n);
    return region === home ? service : `${service} in ${region}`;
  });
  const more = nodes.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
