/** analyzer · pure. The edges laid out over the regions there are: who stands next to whom, by number, so that a thousand
 *  nodes are walked in a millisecond. Laid out once for each list of edges and regions. */
import { nodeOf } from "../../store/records.ts";
import { type Edge, globalHomes, nowhere, type Stage } from "../dependencies.ts";

export const minuteMs = 60_000;

export type Link = {
  from: number;
  to: number;
  edge: Edge;
  /** The first bite after a failure; null for an edge that only bites in recovery. */
  first: Stage | null;
  /** Ms after the cause until which any stage may still bite; -Infinity for none. */
  lastMs: number;
  /** Nobody has seen or written it. */
  isGuess: boolean;
  /** Only the control plane is hurt. */
  isControl: boolean;
};

export type Graph = {
  /** By number: `service@region`, or `service@global`. */
  names: readonly string[];
  numberOf: ReadonlyMap<string, number>;
  /** By a cause's number: what it hurts. */
  out: readonly (readonly Link[])[];
  links: readonly Link[];
  /** By a victim's number: the places in `links` of what hurts it. */
  into: readonly (readonly number[])[];
  /** Those with a stage that has a reason to come late. */
  late: readonly Link[];
};

const laidOut = new WeakMap<readonly Edge[], Map<string, Graph>>();

export function graphOf(edges: readonly Edge[], regions: readonly string[]): Graph {
  const key = [...new Set(regions)].filter((r) => r !== nowhere).sort();
  const known = laidOut.get(edges) ?? new Map<string, Graph>();
  laidOut.set(edges, known);
  const graph = known.get(key.join()) ?? layOut(edges, key);
  known.set(key.join(), graph);
  return graph;
}

/** Services that have no region. */
export function globalsOf(edges: readonly Edge[]): Set<string> {
  return new Set([
    ...Object.keys(globalHomes),
    ...edges.flatMap((e) => (e.reach === "global" ? [e.to] : [])),
  ]);
}

function layOut(edges: readonly Edge[], regions: readonly string[]): Graph {
  const globals = globalsOf(edges);
  const names: string[] = [];
  const numberOf = new Map<string, number>();
  const number = (name: string) => {
    const known = numberOf.get(name);
    if (known !== undefined) return known;
    numberOf.set(name, names.length);
    return names.push(name) - 1;
  };
  const links = edges.flatMap((edge): Link[] => {
    const isGlobal = globals.has(edge.from);
    const causes = isGlobal ? [nowhere] : regions.filter((r) => edge.in === undefined || r === edge.in);
    return causes.flatMap((region) =>
      hurtIn(edge, region, regions, isGlobal).map((there) => ({
        from: number(nodeOf(edge.from, region)),
        to: number(nodeOf(edge.to, there)),
        edge,
        first: edge.stages.find((s) => s.after !== "recovery") ?? null,
        lastMs: lastMs(edge),
        isGuess: edge.grade === "plausible",
        isControl: edge.plane === "control",
      })),
    );
  });
  const out: Link[][] = names.map(() => []);
  const into: number[][] = names.map(() => []);
  links.forEach((link, place) => {
    out[link.from]?.push(link);
    into[link.to]?.push(place);
  });
  const late = links.filter(({ edge }) => edge.stages.some((s) => s.when && s.after !== "recovery"));
  return { names, numberOf, out, links, into, late };
}

function hurtIn(
  edge: Edge,
  region: string,
  regions: readonly string[],
  isGlobal: boolean,
): readonly string[] {
  if (edge.reach === "global") return [nowhere];
  const all =
    edge.reach === "everywhere" || (isGlobal && edge.reach === undefined)
      ? regions
      : edge.reach === "elsewhere"
        ? regions.filter((r) => r !== region)
        : [region];
  const { only } = edge;
  return only ? all.filter((r) => only.includes(r)) : all;
}

/** A single event gave most figures: what follows is looked for until three minutes, or a quarter of the delay, later. */
export const looseMs = (delayMs: number): number => Math.max(3 * minuteMs, delayMs / 4);

function lastMs(edge: Edge): number {
  const delays = edge.stages.filter((s) => s.after !== "recovery").map((s) => s.minutes[1] * minuteMs);
  return Math.max(-Infinity, ...delays.map((ms) => ms + looseMs(ms)));
}

export function split(node: string): [service: string, region: string] {
  const at = node.lastIndexOf("@");
  return [node.slice(0, at), node.slice(at + 1)];
}
