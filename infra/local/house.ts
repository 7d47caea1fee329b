/** infra/local · wiring. The whole of Holdfast in one process over the local world: a prober at each vantage point,
 *  one analyzer, the dashboard. On AWS the same parts stand in Lambdas, and the same tick decides. Each part is fetched
 *  from where it lies, not through its room's door: behind the doors stand the other commands too, and to load those
 *  took a third of the start. */
import type { AddressInfo } from "node:net";
import type { Edge } from "../../analyzer/dependencies.ts";
import { incidentRules } from "../../analyzer/incidents.ts";
import type { Rules } from "../../analyzer/rules.ts";
import { type Past, tick } from "../../analyzer/tick.ts";
import { createDashboard, type DashboardOptions } from "../../dashboard/app.ts";
import { nodeEdge } from "../../probes/edge/node.ts";
import { round } from "../../probes/round.ts";
import type { Decision } from "../../store/records.ts";
import { sqlite } from "../../store/sqlite.ts";
import type { Channel } from "../notify/channel.ts";
import { notifier } from "../notify/notifier.ts";
import { oddities } from "../oddities.ts";
import { beat } from "./beat.ts";
import { catchUp } from "./catchup.ts";
import { closed, serveHere } from "./serving.ts";
import { startWorld } from "./world.ts";

export type HouseOptions = {
  /** Where the store and the world's memory are kept. */
  dir: string;
  /** Ports of the dashboard, the name server and the regions; 0 takes a free one. */
  port: number;
  dnsPort: number;
  appPort: number;
  rules: Rules;
  /** The dependency graph with the workload's own parts; the shipped one when left out. */
  edges?: readonly Edge[];
  /** Who is told of incidents; nobody when left out. */
  channels?: readonly Channel[];
  /** By which names the dashboard may be reached, by whom, and what anybody may see; by this machine's own, by all on it, when left out. */
  door?: Door;
  /** Each decision as it is made. */
  decided?: (decision: Decision) => void;
  /** What went wrong without ending anything. */
  trouble: (what: string, error: unknown) => void;
};

export type Door = Pick<DashboardOptions, "access" | "hosts" | "status">;

export type House = {
  dashboard: string;
  nameServer: string;
  workload: string;
  stop(): Promise<void>;
};

/** Rounds and voices older than this are forgotten: enough for a restart. */
const keptMs = 15 * 60_000;
/** What lines over time are drawn of is small, and is asked for longer. */
const pointsKeptMs = 6 * 60 * 60_000;
/** A question may take this long; a third of the crowd's patience is left for the answer to be of use. */
const probeTimeoutMs = 2_500;
/** What telling all channels may take; the loop does not wait for it. */
const channelPatienceMs = 5_000;
/** What chance in the local world grows from: the same seed gives the same jitter. */
const seed = 1;

export async function openHouse(options: HouseOptions): Promise<House> {
  const { dir, rules, trouble } = options;
  await using stack = new AsyncDisposableStack();
  const store = sqlite(dir);
  stack.defer(() => store.close());
  const world = await startWorld({
    dir,
    dnsPort: options.dnsPort,
    appPort: options.appPort,
    seed,
    wire: nodeEdge(),
    trouble: (error) => trouble("the local world", error),
  });
  stack.defer(() => world.stop());

  const { topology } = world;
  const dashboard = createDashboard({
    store,
    topology,
    rules,
    now: Date.now,
    playground: world.playground,
    ...options.door,
  });
  const server = await serveHere(dashboard.app.fetch, options.port);
  stack.defer(() => {
    dashboard.close();
    return closed(server);
  });

  const leaving = new AbortController();
  for (const [i, vantage] of topology.vantages.entries()) {
    const edge = world.edge(vantage.id);
    const ask = async () => {
      const heard = await round({
        vantage,
        targets: topology.targets,
        edge,
        timeoutMs: probeTimeoutMs,
        signal: leaving.signal,
      });
      if (!leaving.signal.aborted) await store.addRound(heard);
    };
    const prober = beat(ask, {
      everyMs: rules.cadenceMs,
      delayMs: (i * rules.cadenceMs) / topology.vantages.length,
      abreast: Math.ceil(probeTimeoutMs / rules.cadenceMs) + 1, // a slow region must not slow the beat
      failed: (error) => trouble(`the prober in ${vantage.id}`, error),
    });
    stack.defer(() => prober.stop());
  }

  const { odd, done } = catchUp(oddities(), {
    between: store.roundsBetween,
    since: Date.now() - keptMs,
    now: Date.now,
    signal: leaving.signal,
    failed: (error) => trouble("what was heard before", error),
  });
  stack.defer(() => done);
  let before: Past | null = await store.lastReport();
  let told = (await store.decisions(1))[0]?.id;
  const desk = notifier({
    workload: topology.workload.name,
    channels: options.channels ?? [],
    rules: incidentRules(rules.cadenceMs),
    store,
    now: Date.now,
    withinMs: channelPatienceMs,
    trouble,
  });
  const graph = options.edges ? { edges: options.edges } : {};
  const turn = async () => {
    await store.addVoices(world.voices());
    const { traffic } = world;
    const ticked = await tick({ store, topology, rules, now: Date.now, odd, traffic, ...graph }, before);
    before = ticked;
    for (const { what, why } of ticked.undone) trouble(what, why);
    const newest = (await store.decisions(1))[0];
    if (newest && newest.id !== told) options.decided?.(newest);
    told = newest?.id;
    const standing = await store.standing();
    const { assessment, readiness } = ticked;
    if (ticked.outcome === "remembered" && standing)
      await desk.see({
        now: assessment.at,
        looked: { assessment, standing, decision: newest ?? null, readiness, topology },
        undone: ticked.undone,
        unconfirmed: await store.unconfirmed(),
        beats: {}, // one process is all three regions here: it cannot miss itself
      });
    await store.forget(Date.now() - keptMs, Date.now() - pointsKeptMs);
  };
  const analyzer = beat(turn, {
    everyMs: rules.cadenceMs,
    failed: (error) => trouble("the analyzer", error),
  });
  stack.defer(() => analyzer.stop());
  stack.defer(() => leaving.abort());

  const own = stack.move();
  return {
    dashboard: `http://localhost:${(server.address() as AddressInfo).port}`,
    nameServer: world.playground.nameServer,
    workload: topology.workload.url,
    stop: () => own.disposeAsync(),
  };
}
