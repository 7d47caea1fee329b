/** analyzer · pure. Works out which failure explains the others, and what falls next.
 *  Like a doctor at the bedside: of all the complaints, which one would bring the rest with it? */
import type { Cascade, ServiceHealth } from "../store/records.ts";
import { type Edge, ground } from "./dependencies.ts";

const minuteMs = 60_000;
/** A victim may be heard of this much before its cause: rounds interleave, and a cause can hide in a retry. */
const slackMs = 2 * minuteMs;
/** The region's own network is only suspected when several services fail together, and then only believed when it
 *  explains more than any one of them: it can explain everything, so it is the last resort. */
const groundShareMin = 0.3;
const groundServicesMin = 3;
const groundBelief = 0.9;
/** How much a failing service and an expected one weigh in a region's risk. Expected is not certain: of the
 *  services that depend on a fallen one, the summaries of 2015–2025 name about half as hurt. */
const expectedWeight = 0.5;

type Reach = { node: string; because: string | null; from: number; until: number; edge: Edge | null };

/** Everything a failure of `root` at `since` reaches, with the earliest and latest expected instants, in order
 *  of time. Cycles end by themselves: a node is entered once, by its earliest road. */
export function blast(root: string, since: number, edges: readonly Edge[]): Reach[] {
  const [service, region] = split(root);
  const best = new Map<string, Reach>([
    [service, { node: root, because: null, from: since, until: since, edge: null }],
  ]);
  const queue = [service];
  const done = new Set<string>();
  while (queue.length) {
    queue.sort((a, b) => (best.get(b)?.from ?? 0) - (best.get(a)?.from ?? 0));
    const here = queue.pop();
    const reach = here === undefined ? undefined : best.get(here);
    if (here === undefined || !reach || done.has(here)) continue;
    done.add(here);
    for (const edge of edges) {
      const first = edge.stages[0];
      if (edge.from !== here || !first || done.has(edge.to)) continue;
      const from = reach.from + first.minutes[0] * minuteMs;
      const known = best.get(edge.to);
      if (known && known.from <= from) continue;
      const until = reach.until + first.minutes[1] * minuteMs;
      best.set(edge.to, { node: `${edge.to}@${region}`, because: reach.node, from, until, edge });
      queue.push(edge.to);
    }
  }
  return [...best.values()].sort((a, b) => a.from - b.from || a.until - b.until);
}

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

/** The cascade as it stands at `now`, from the service × region matrix. Silence proves nothing: a service that was
 *  not heard neither supports nor weakens a root. */
export function cascade(services: readonly ServiceHealth[], edges: readonly Edge[], now: number): Cascade {
  const failing = services.filter((s) => s.verdict === "down");
  const risk = Object.fromEntries([...new Set(services.map((s) => s.region))].map((r) => [r, 0]));
  if (failing.length === 0) return nothingFalls(risk);
  const ranked = candidates(failing, services)
    .map((node) => judge(node, failing, services, edges, now))
    .sort((a, b) => b.score - a.score || b.reach.length - a.reach.length || a.since - b.since);
  const root = ranked[0];
  if (!root) return nothingFalls(risk);

  const fallenNodes = new Map(failing.map((s) => [`${s.service}@${s.region}`, s]));
  const reach = new Map(root.reach.map((r) => [r.node, r]));
  const fallen = [...fallenNodes]
    .map(([node, s]) => ({
      node,
      since: s.since,
      because: node === root.node ? null : (reach.get(node)?.because ?? null),
      says: s.reason ?? "fails",
    }))
    .sort((a, b) => Number(b.node === root.node) - Number(a.node === root.node) || a.since - b.since);
  const next = root.reach.flatMap((r) => {
    if (!r.edge || !r.because || fallenNodes.has(r.node) || r.until < now) return [];
    const { says, grade, source } = r.edge;
    return [
      {
        node: r.node,
        because: r.because,
        says,
        from: r.from,
        until: r.until,
        when: r.edge.stages[0]?.when ?? null,
        grade,
        source,
      },
    ];
  });
  // Risk asks every failing service, not only the likeliest root: one more failure never makes a region safer.
  const expected = new Set(
    failing.flatMap((f) => expectedOf(`${f.service}@${f.region}`, f.since, edges, now)),
  );
  for (const region of Object.keys(risk)) risk[region] = riskOf(region, services, expected);
  const { node, score: confidence, evidence } = root;
  return { ...nothingFalls(risk), root: node, confidence, evidence, fallen, next };
}

/** Every failing service may be the root; so may the ground of a region in which most of what is watched fails. */
function candidates(failing: readonly ServiceHealth[], services: readonly ServiceHealth[]): string[] {
  const nodes = failing.map((s) => `${s.service}@${s.region}`);
  for (const region of new Set(failing.map((s) => s.region))) {
    const down = failing.filter((s) => s.region === region).length;
    const heard = services.filter((s) => s.region === region && s.verdict !== "unknown").length;
    if (down >= groundServicesMin && down / heard >= groundShareMin) nodes.push(`${ground}@${region}`);
  }
  return nodes;
}

/** How well one root explains what is seen: the failures it accounts for, less those that should have followed by
 *  now and are seen to be well. 0..1. */
function judge(
  node: string,
  failing: readonly ServiceHealth[],
  services: readonly ServiceHealth[],
  edges: readonly Edge[],
  now: number,
) {
  const [service, region] = split(node);
  const here = failing.filter((s) => s.region === region);
  const since = here.find((s) => s.service === service)?.since ?? Math.min(...here.map((s) => s.since), now);
  const reach = blast(node, since, edges);
  const reached = new Map(reach.map((r) => [r.node, r]));
  const explained = failing.filter((s) => {
    const r = reached.get(`${s.service}@${s.region}`);
    return r !== undefined && s.since >= r.from - slackMs;
  });
  const absent = services.filter((s) => {
    const r = reached.get(`${s.service}@${s.region}`);
    return s.verdict === "up" && r?.edge?.plane === "data" && r.until + slackMs < now;
  });
  const share = explained.length / failing.length;
  const belief = service === ground ? groundBelief : 1;
  const score = Math.max(0, share - (0.5 * absent.length) / Math.max(1, reach.length)) * belief;
  const evidence = [
    `${service} in ${region} explains ${explained.length} of ${failing.length} failing services`,
    ...absent.map((s) => `against: ${s.service} should have followed by now and is up`),
  ];
  return { node, since, reach, score, evidence };
}

const expectedOf = (node: string, since: number, edges: readonly Edge[], now: number): string[] =>
  blast(node, since, edges)
    .filter((r) => r.until >= now)
    .map((r) => r.node);

/** Share of what is watched in a region that has fallen or, at half weight, is expected to. */
function riskOf(region: string, services: readonly ServiceHealth[], expected: ReadonlySet<string>): number {
  const watched = services.filter((s) => s.region === region);
  if (watched.length === 0) return 0;
  const weight = watched.reduce((sum, s) => {
    if (s.verdict === "down") return sum + 1;
    return sum + (expected.has(`${s.service}@${s.region}`) ? expectedWeight : 0);
  }, 0);
  return Math.min(1, weight / watched.length);
}

function split(node: string): [service: string, region: string] {
  const at = node.lastIndexOf("@");
  return [node.slice(0, at), node.slice(at + 1)];
}
