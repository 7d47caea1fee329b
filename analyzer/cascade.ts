/** analyzer · pure. Works out which failure explains the others, and what falls next.
 *  Like a doctor at the bedside: of all the complaints, which one would bring the rest with it?
 *
 *  - `cascade/graph.ts`       the edges laid out over the regions there are; `cells.ts` the matrix by node
 *  - `cascade/roots.ts`       the causes that explain what fails, ranked; `suppress.ts` whom they silence
 *  - `cascade/blast.ts`       how far a failure reaches, and when; `risk.ts` how likely each node is to fall next
 *  - `cascade/aftermath.ts`   when a root that is well again is over; `waves.ts` what its recovery hurts */
import { type Cascade, nodeOf, type ServiceHealth } from "../store/records.ts";
import { type Afterwards, afterwards, type Past } from "./cascade/aftermath.ts";
import { type Bite, type Reach, reachOf } from "./cascade/blast.ts";
import { cellsOf } from "./cascade/cells.ts";
import { type Graph, graphOf, looseMs } from "./cascade/graph.ts";
import { expected, guessed, type Prospect, prospect } from "./cascade/risk.ts";
import { type Left, type Root, roots, slackMs } from "./cascade/roots.ts";
import { suppress } from "./cascade/suppress.ts";
import type { Edge, Stage } from "./dependencies.ts";

/** Roots shown beside the likeliest, so that one can see why not them. */
const shownMost = 5;
/** Another root has to explain this much more before it takes the place of the one that was named. */
const rootMargin = 0.1;

/** All is well. */
export const nothingFalls = (risk: Cascade["risk"] = {}): Cascade => ({
  root: null,
  confidence: null,
  evidence: [],
  candidates: [],
  risk,
  risks: {},
  suppressed: [],
  aftermath: null,
  fallen: [],
  next: [],
});

const noPast: Past = { before: null, proven: new Set() };

/** The cascade as it stands at `now`, from the service × region matrix. `odd`: nodes that behave oddly without
 *  failing. */
export function cascade(
  services: readonly ServiceHealth[],
  edges: readonly Edge[],
  now: number,
  past: Past = noPast,
  odd: Iterable<string> = [],
): Cascade {
  const failing = services.filter((s) => s.verdict === "down");
  const { before } = past;
  const wasCalm = !before || (before.cascade.root === null && before.cascade.aftermath === null);
  if (failing.length === 0 && wasCalm)
    return before?.services === services ? before.cascade : nothingFalls(noRisk(services));

  const regions = [...new Set(services.map((s) => s.region))];
  const graph = graphOf(edges, regions);
  const after = afterwards(past, services, graph, now);
  if (failing.length === 0 && !after.aftermath) return nothingFalls(noRisk(services));

  const ranked = failing.length > 0 ? roots(services, graph, now, leftBy(past, failing, after)) : [];
  const best = keptRoot(ranked, past.before?.cascade.root ?? null);
  const root = best ? { ...best, reach: reachOf(best.node, best.since, graph) } : null;
  const down = [...cellsOf(services).failing.keys()];
  const { region, nodes } = risksOf(services, graph, after, now);
  return {
    root: root?.node ?? null,
    confidence: root?.score ?? null,
    evidence: root ? [...root.for, ...root.against.map((a) => `against: ${a}`)] : [],
    candidates: [...(best ? [best] : []), ...ranked.filter((r) => r !== best)]
      .slice(0, shownMost)
      .map((r) => ({ node: r.node, score: r.score, for: r.for, against: r.against })),
    risk: region,
    risks: nodes,
    suppressed: suppress(root, [...down, ...odd], now),
    aftermath: after.aftermath,
    fallen: root ? fallenFrom(root, failing) : [],
    next: [
      ...(root && !root.isOver ? nextAfter(root, new Set(down), now) : []),
      ...nextWave(after, new Set(down), now),
    ],
  };
}

const noRisk = (services: readonly ServiceHealth[]): Cascade["risk"] =>
  Object.fromEntries(services.map((s) => [s.region, 0]));

/** The root named before, unless another explains clearly more: two that explain about as much must not take turns. */
function keptRoot(ranked: readonly Root[], before: string | null): Root | undefined {
  const best = ranked[0];
  const known = ranked.find((r) => r.node === before);
  if (!best || !known || known.isOver) return best; // what is over gives way to what fails
  return best.score - known.score < rootMargin ? known : best;
}

/** What the root named before took down and what has fallen since in the waves that follow its end. */
function leftBy({ before }: Past, failing: readonly ServiceHealth[], { due }: Afterwards): Left | null {
  const root = before?.cascade.root ?? null;
  if (!before || root === null) return null;
  const since = new Map(before.cascade.fallen.filter((f) => f.because).map((f) => [f.node, f.since]));
  const isInWave = (node: string, at: number) =>
    due.some(
      (w) =>
        w.kind === "wave" &&
        w.node === node &&
        at >= w.from - slackMs &&
        at <= w.until + looseMs(w.until - w.from),
    );
  const took = failing
    .map((s) => ({ node: nodeOf(s.service, s.region) as string, since: s.since }))
    .filter((f) => since.get(f.node) === f.since || isInWave(f.node, f.since))
    .map((f) => f.node);
  return { root, took: new Set(took) };
}

type Known = Root & { reach: readonly Reach[] };

function fallenFrom(root: Known, failing: readonly ServiceHealth[]): Cascade["fallen"] {
  const because = new Map(root.reach.map((r) => [r.node, r.because]));
  return failing
    .map((s) => {
      const node = nodeOf(s.service, s.region);
      const isExplained = node !== root.node && root.explains.has(node);
      return {
        node,
        since: s.since,
        because: isExplained ? (because.get(node) ?? root.node) : null,
        says: s.reason ?? "fails",
      };
    })
    .sort((a, b) => Number(b.node === root.node) - Number(a.node === root.node) || a.since - b.since);
}

/** What has not fallen and still may, and what has been bitten and will be again. */
function nextAfter(root: Known, down: ReadonlySet<string>, now: number): Cascade["next"] {
  return root.reach.flatMap((r) => {
    const bites = [
      ...(r.edge && r.because && !down.has(r.node)
        ? [{ ...r, because: r.because, edge: r.edge, stage: r.stage }]
        : []),
      ...r.again,
    ];
    return bites
      .map((b) => ({ ...b, until: b.until + looseMs(b.until - root.since) }))
      .filter((b) => b.until >= now)
      .map((b) => nextOf(r.node, b));
  });
}

function nextWave({ due }: Afterwards, down: ReadonlySet<string>, now: number): Cascade["next"] {
  return due
    .filter((w) => w.kind === "wave" && !down.has(w.node) && w.until >= now)
    .map((w) => nextOf(w.node, w));
}

type Coming = Omit<Bite, "stage"> & { stage: Stage | null };

const nextOf = (node: string, { because, from, until, edge, stage }: Coming): Cascade["next"][number] => ({
  node,
  because,
  says: edge.says,
  from,
  until,
  when: stage?.when ?? null,
  grade: edge.grade,
  source: edge.source,
});

/** A region's risk is the mean of its watched nodes', without what is only guessed. It asks every failing service, not
 *  only the likeliest root: one more failure never makes a region safer. */
function risksOf(services: readonly ServiceHealth[], graph: Graph, after: Afterwards, now: number) {
  const { sure, withGuesses } = prospectsOf(services, graph);
  const known = expected(sure, now);
  const guessedAt = expected(withGuesses, now);
  const sums = new Map<string, { risk: number; watched: number }>();
  const nodes: Record<string, number> = {};
  for (const [node, s] of cellsOf(services).cells) {
    const n = graph.numberOf.get(node) ?? -1;
    const wave = after.looming.has(node) ? waveRisk : 0;
    const risk = s.verdict === "down" ? 1 : Math.max(known[n] ?? 0, wave);
    const shown = risk > 0 ? risk : (guessedAt[n] ?? 0) > 0 ? guessed : 0;
    if (shown > 0) nodes[node] = shown;
    const sum = sums.get(s.region) ?? { risk: 0, watched: 0 };
    sums.set(s.region, { risk: sum.risk + risk, watched: sum.watched + 1 });
  }
  const region = Object.fromEntries([...sums].map(([r, sum]) => [r, Math.min(1, sum.risk / sum.watched)]));
  return { region, nodes };
}

/** What may follow, worked out once for each matrix. */
function prospectsOf(services: readonly ServiceHealth[], graph: Graph): Prospects {
  const known = prospects.get(services);
  if (known?.graph === graph) return known;
  const failing = [...cellsOf(services).failing].map(([node, { since }]) => ({ node, since }));
  const [sure, withGuesses] = [prospect(failing, graph, false), prospect(failing, graph, true)];
  prospects.set(services, { graph, sure, withGuesses });
  return { graph, sure, withGuesses };
}

type Prospects = { graph: Graph; sure: Prospect; withGuesses: Prospect };
const prospects = new WeakMap<readonly ServiceHealth[], Prospects>();

/** Of a node over which a second wave hangs: as of one that follows from a failure. */
const waveRisk = 0.5;
