/** analyzer · pure. Whose trouble is no news: what follows from a known root does not alert again. It is measured, shown
 *  and counted as before; only the alarm is the root's. */
import type { Reach } from "./blast.ts";
import type { Root } from "./roots.ts";

export type Suppressed = { node: string; because: string };

/** A root that explains less than this is no known root. */
const knownScore = 0.6;

/** Of the troubled nodes, those that the root explains. Only what was seen or written down silences anybody: a guess
 *  does not, nor does a root that is no better than its rivals. A root that is well again silences those alone that it
 *  had taken down. */
export function suppress(
  root: (Pick<Root, "node" | "score" | "isOver" | "explains"> & { reach: readonly Reach[] }) | null,
  troubled: Iterable<string>,
  now: number,
): Suppressed[] {
  if (!root || root.score < knownScore) return [];
  const begun = new Set(root.reach.filter((r) => r.edge && r.known && r.from <= now).map((r) => r.node));
  return [...new Set(troubled)]
    .filter((node) => node !== root.node && begun.has(node) && (!root.isOver || root.explains.has(node)))
    .sort()
    .map((node) => ({ node, because: root.node }));
}
