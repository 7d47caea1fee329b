/** analyzer · pure. A root that is well again, and what must be seen well before it is over: launches, load balancers and
 *  queues, not the root alone. */
import { type Assessment, type Cascade, nodeOf, type ServiceHealth } from "../store/records.ts";
import { type Graph, minuteMs, split } from "./graph.ts";
import { type Wave, waves } from "./waves.ts";

export type Aftermath = NonNullable<Cascade["aftermath"]>;

/** What was hurt must have been well for this long: of the delays that are known, none lies between 60 and 94 minutes. */
const quietMs = 60 * minuteMs;

export type Past = {
  before: Pick<Assessment, "cascade" | "services"> | null;
  /** Nodes that are asked to do their work; that a name has an address says nothing of launches. */
  proven: ReadonlySet<string>;
};

export type Afterwards = {
  aftermath: Aftermath | null;
  /** What may be hurt yet. */
  due: readonly Wave[];
};

/** Of the root that was known before and of the one that has just ended, the one that will be over last. */
export function afterwards(
  { before, proven }: Past,
  services: readonly ServiceHealth[],
  graph: Graph,
  now: number,
): Afterwards {
  const over: Afterwards = { aftermath: null, due: [] };
  if (!before) return over;
  const { aftermath: known, root } = before.cascade;
  if (!known && root === null) return over;
  const cells = new Map(services.map((s) => [nodeOf(s.service, s.region) as string, s]));
  const ended = [
    ...(known ? [known] : []),
    ...(root !== null && root !== known?.root ? endOf(root, before.cascade, cells, now) : []),
  ];
  return ended
    .map((end) => outlook(end, cells, proven, graph, now))
    .reduce((a, b) => ((b.aftermath?.until ?? 0) > (a.aftermath?.until ?? 0) ? b : a), over);
}

type Cells = ReadonlyMap<string, ServiceHealth>;
type End = { root: string; beganAt: number; endedAt: number };

/** When a root ended, if it has: when it answers again, or, where nobody asks it, when nothing fails any more. */
function endOf(root: string, { fallen }: Cascade, cells: Cells, now: number): End[] {
  const own = cells.get(root);
  const isWell = own ? own.verdict === "up" : ![...cells.values()].some((s) => s.verdict === "down");
  if (!isWell) return [];
  const began = fallen.find((f) => f.node === root)?.since ?? Math.min(now, ...fallen.map((f) => f.since));
  return [{ root, beganAt: began, endedAt: own?.since ?? now }];
}

function outlook(
  { root, beganAt, endedAt }: End,
  cells: Cells,
  proven: ReadonlySet<string>,
  graph: Graph,
  now: number,
) {
  const nothing: Afterwards = { aftermath: null, due: [] };
  if (cells.get(root)?.verdict === "down") return nothing; // it is back, and no longer an aftermath
  // Where nobody asks the root, it has ended when nothing failed any more, so what outlasts it has ended too.
  const isAsked = cells.has(root);
  const due = waves(root, beganAt, endedAt, graph).filter(
    (w) => w.until >= now && (isAsked || w.kind === "wave"),
  );
  const waitingFor = [...new Set(due.map((w) => w.node))].filter((node) => {
    const cell = cells.get(node);
    if (!cell) return false; // nobody asks it, so nobody would see it well
    if (cell.verdict !== "up" || !proven.has(node)) return true;
    return now - Math.max(cell.since, endedAt) < quietMs;
  });
  if (waitingFor.length === 0) return nothing;
  const names = waitingFor.map((n) => split(n)[0]).join(", ");
  const aftermath = {
    root,
    beganAt,
    endedAt,
    until: Math.max(...due.map((w) => w.until)),
    waitingFor,
    says: `${split(root)[0]} is well again, but a second wave has been seen to follow: not over before ${names} are seen well`,
  };
  return { aftermath, due };
}
