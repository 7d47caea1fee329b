/** analyzer · pure. A root that is well again, and what must be seen well before it is over: launches, load balancers and
 *  queues, not the root alone. */
import type { Assessment, Cascade, ServiceHealth } from "../../store/records.ts";
import { type Cells, cellsOf } from "./cells.ts";
import { type Graph, minuteMs, split } from "./graph.ts";
import { lastedMinMs, type Wave, waves, wavesOf } from "./waves.ts";

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
  /** Nodes over which a wave hangs, whether its root is well again, fails anew, or has not ended at all: a root that goes
   *  on failing is no safer than one that is over. */
  looming: ReadonlySet<string>;
};

/** Of the root that was known before and of the one that has just ended, the one that will be over last. */
export function afterwards(
  { before, proven }: Past,
  services: readonly ServiceHealth[],
  graph: Graph,
  now: number,
): Afterwards {
  const over = { aftermath: null, due: [], looming: new Set<string>() };
  if (!before) return over;
  const { aftermath: known, root } = before.cascade;
  if (!known && root === null) return over;
  const { cells } = cellsOf(services);
  const last = root !== null && root !== known?.root ? lifeOf(root, before.cascade, cells, now) : null;
  const ended = [
    ...(known ? [known] : []),
    ...(last && last.endedAt !== null ? [{ ...last, endedAt: last.endedAt }] : []),
  ];
  const outlooks = ended.map((end) => outlook(end, cells, proven, graph, now));
  const going =
    last && last.endedAt === null && now - last.beganAt >= lastedMinMs ? wavesOf(last.root, graph) : [];
  const latest = outlooks
    .filter((o) => o.aftermath && cells.get(o.aftermath.root)?.verdict !== "down") // else it is back
    .reduce<Outlook | null>(
      (a, b) => (!a || (b.aftermath?.until ?? 0) > (a.aftermath?.until ?? 0) ? b : a),
      null,
    );
  return {
    aftermath: latest?.aftermath ?? null,
    due: latest?.due ?? [],
    looming: new Set([...outlooks.flatMap((o) => o.aftermath?.waitingFor ?? []), ...going]),
  };
}

type End = { root: string; beganAt: number; endedAt: number };

/** When a root began, and when it ended if it has: when it answers again, or, where nobody asks it, when nothing fails
 *  any more. */
function lifeOf(root: string, { fallen }: Cascade, cells: Cells, now: number) {
  const own = cells.get(root);
  const isWell = own ? own.verdict === "up" : ![...cells.values()].some((s) => s.verdict === "down");
  const beganAt = fallen.find((f) => f.node === root)?.since ?? Math.min(now, ...fallen.map((f) => f.since));
  return { root, beganAt, endedAt: isWell ? (own?.since ?? now) : null };
}

type Outlook = Pick<Afterwards, "aftermath" | "due">;

function outlook(
  { root, beganAt, endedAt }: End,
  cells: Cells,
  proven: ReadonlySet<string>,
  graph: Graph,
  now: number,
): Outlook {
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
  if (waitingFor.length === 0) return { aftermath: null, due: [] };
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
