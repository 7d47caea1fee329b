/** analyzer · pure. What may still come once a root is well again. In 2025 the root lasted 172 minutes of 872, and "fully
 *  mitigated" came 115 minutes before the load balancers' wave: it is the return that loads what stood still. */

import type { Edge, Stage } from "../dependencies.ts";
import { type Reach, reachOf } from "./blast.ts";
import { type Graph, minuteMs } from "./graph.ts";

/** One node that may stay hurt, or be hurt anew, between two instants after the root's end. */
export type Wave = {
  node: string;
  because: string;
  /** `tail`: not well yet. `wave`: hurt anew. */
  kind: "tail" | "wave";
  from: number;
  until: number;
  edge: Edge;
  stage: Stage | null;
};

/** A root that lasted less has set off no second wave that anyone has told of. */
export const lastedMinMs = 10 * minuteMs;

/** Waves after a root that lasted from `since` to `ended`, in order of time. A tail is as long as the one that was seen,
 *  and shorter in proportion where the root was shorter. Only what was observed counts; nobody guesses here. */
export function waves(root: string, since: number, ended: number, graph: Graph): Wave[] {
  const lasted = ended - since;
  if (lasted < lastedMinMs) return [];
  const found = new Map<string, Wave>();
  const recovers = new Map<string, { from: number; until: number }>([[root, { from: ended, until: ended }]]);
  const hurt = reachOf(root, since, graph).filter((r) => r.edge && r.known && r.from <= ended);
  for (const r of hurt) {
    const cause = recovers.get(r.because ?? "");
    if (!cause || !r.edge || !r.because) continue;
    const tail = tailMs(r, lasted);
    recovers.set(r.node, { from: cause.from, until: cause.until + tail });
    if (tail > 0)
      found.set(r.node, {
        node: r.node,
        because: r.because,
        kind: "tail",
        ...{ from: ended, until: cause.until + tail },
        edge: r.edge,
        stage: r.stage,
      });
  }
  for (const [node, window] of [...recovers]) anew(node, window, lasted, found, graph);
  return [...found.values()].sort((a, b) => a.from - b.from || a.until - b.until);
}

/** Whom the end of a root may hurt, when it has lasted long enough; known once for each graph, as it is asked each tick. */
export function wavesOf(root: string, graph: Graph): readonly string[] {
  const known = looming.get(graph) ?? new Map<string, readonly string[]>();
  looming.set(graph, known);
  const nodes = known.get(root) ?? waves(root, 0, dayMs, graph).map((w) => w.node);
  known.set(root, nodes);
  return nodes;
}
const looming = new WeakMap<Graph, Map<string, readonly string[]>>();
const dayMs = 24 * 60 * minuteMs;

/** Whom a node's return hurts, and who follows from those. */
function anew(
  node: string,
  back: { from: number; until: number },
  lasted: number,
  found: Map<string, Wave>,
  graph: Graph,
): void {
  for (const { to, edge } of linksOf(node, graph)) {
    const stage = edge.stages.find((s) => s.after === "recovery");
    const name = graph.names[to] ?? "";
    if (!stage || edge.grade === "plausible" || found.has(name)) continue;
    const from = back.from + stage.minutes[0] * minuteMs;
    const until = back.until + stage.minutes[1] * minuteMs;
    const tail = edge.tail
      ? edge.tail.minutes * minuteMs * Math.min(1, lasted / (edge.tail.of * minuteMs))
      : 0;
    found.set(name, { node: name, because: node, kind: "wave", from, until: until + tail, edge, stage });
    for (const { node: hurt, bite } of reachOf(name, from, graph).flatMap(stepsFrom(name))) {
      if (found.has(hurt)) continue;
      found.set(hurt, {
        node: hurt,
        because: name,
        kind: "wave",
        from: bite.from,
        until: until + tail + bite.stage.minutes[1] * minuteMs,
        edge: bite.edge,
        stage: bite.stage,
      });
    }
  }
}

/** What a node does to another itself: one step, as further ones have not been seen. */
const stepsFrom = (cause: string) => (r: Reach) => {
  const first =
    r.edge && r.because && r.stage ? [{ ...r, because: r.because, edge: r.edge, stage: r.stage }] : [];
  const bite = [...first, ...r.again].find((b) => b.because === cause);
  return bite && r.node !== cause && r.known ? [{ node: r.node, bite }] : [];
};

function tailMs({ edge }: Reach, lasted: number): number {
  if (!edge?.tail) return 0;
  return edge.tail.minutes * minuteMs * Math.min(1, lasted / (edge.tail.of * minuteMs));
}

const linksOf = (node: string, graph: Graph) => graph.out[graph.numberOf.get(node) ?? -1] ?? [];
