/** infra/local · wiring. The local world: regions, names, checkers and users over real sockets on 127.0.0.0/8, what
 *  may be broken in it, and the hands and eyes that Holdfast gets. What it cannot imitate: docs/local-world.md. */
import type { Traffic } from "../../analyzer/traffic.ts";
import type { Fault, Playground } from "../../dashboard/playground.ts";
import type { Address, Edge } from "../../probes/edge.ts";
import { BadInput, type Topology, type Voice } from "../../store/records.ts";
import { chance } from "./chance.ts";
import { runCheckers } from "./checkers.ts";
import { isHurt } from "./consequences.ts";
import { startControl } from "./control.ts";
import { gather } from "./crowd.ts";
import { type Door, doorOf } from "./door.ts";
import { has, menu, nameFault, readFault, same } from "./faults.ts";
import { flapper } from "./flapper.ts";
import { type Ground, takeGround } from "./ground.ts";
import { leverOf } from "./lever.ts";
import { keeper, recall } from "./memory.ts";
import { zonesOf } from "./names.ts";
import { startNameServer } from "./nameserver.ts";
import { capacity, primary, regions, serviceIds, standby, traffic } from "./places.ts";
import { regionHandler } from "./region.ts";
import { switchboard } from "./switchboard.ts";
import { startTasks, type Tasks } from "./tasks.ts";
import { localTimings, type Timings } from "./timings.ts";
import { localTopology } from "./topology.ts";
import { vantageEdge } from "./vantage.ts";

export type WorldOptions = {
  /** Where the world remembers what AWS would not forget. */
  dir: string;
  /** 0 takes a free port. */
  dnsPort: number;
  appPort: number;
  seed: number;
  /** The real edge that the vantage points' packets go through. */
  wire: Edge;
  /** A pace of one's own, for tests. */
  timings?: Partial<Timings>;
  /** Puts all regions on 127.0.0.1, as a machine without further loopback addresses needs. */
  single?: boolean;
  /** Told when the world's memory cannot be written. */
  trouble?: (error: Error) => void;
};

export type World = {
  topology: Topology;
  /** The platform of a vantage point, named as in the topology. */
  edge(vantageId: string): Edge;
  traffic: Traffic;
  playground: Playground;
  /** What users got since the last call. */
  voices(): Voice[];
  /** Everything closed, within a second. */
  stop(): Promise<void>;
};

/** Starts it all. Throws `BadInput` for a taken port or a memory that can't be read; then nothing is left open. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { dir, seed, wire, trouble = (error) => process.emitWarning(error) } = options;
  const timings: Timings = { ...localTimings, ...options.timings };
  const kept = await recall(dir);
  let faults: Fault[] = kept?.faults ?? [];
  const stack = new AsyncDisposableStack();
  try {
    const ground = await takeGround({
      regions,
      port: options.appPort,
      flag: "--app-port",
      single: options.single ?? false,
    });
    const doors = new Map(regions.map((region) => [region, doorOf(ground.gates[region] ?? [])]));
    stack.defer(() => every(doors, (door) => door.want(false)));

    const save = keeper(dir, () => ({
      version: 1,
      faults,
      tasks: Object.fromEntries([...tasks].map(([region, t]) => [region, t.counts()])),
      route53: route53.remembered(),
    }));
    const changed = () => void save().catch(trouble);

    const tasks = new Map<string, Tasks>();
    stack.defer(() => {
      for (const t of tasks.values()) t.stop();
    });
    for (const region of traffic) {
      const normal = capacity[region]?.normal ?? 1;
      const counts = kept?.tasks[region] ?? { running: normal, desired: normal };
      tasks.set(region, startTasks({ counts, startMs: timings.taskStartMs, changed }));
    }
    const route53 = switchboard({
      primary,
      standby,
      timings,
      remembered: kept?.route53,
      running: (region) => tasks.get(region)?.counts().running ?? 0,
      save,
      trouble,
    });

    for (const region of regions) {
      const handler = regionHandler({
        region,
        tasks: tasks.get(region) ?? null,
        mood: () => ({
          slow: has(faults, "region-slow", region),
          grey: has(faults, "grey", region),
          gone: has(faults, "standby-down", region),
          hurt: (service) => isHurt(faults, service, region, Date.now(), timings.consequenceMs),
        }),
        metrics: region === standby ? route53.metrics : null,
        chance: chance(seed, region),
        timings,
      });
      for (const { server } of ground.gates[region] ?? []) server.on("request", handler);
    }

    const zones = zonesOf({
      addresses: ground.addresses,
      leadsTo: route53.leadsTo,
      nameFault: (service, region) => nameFault(faults, service, region),
      timings,
    });
    const nameServer = await startNameServer({ port: options.dnsPort, flag: "--dns-port", zones });
    stack.defer(() => nameServer.stop());
    const control = await startControl(timings.nameTtlS);
    stack.defer(() => control.stop());

    const flap = flapper(timings.flapMs, () => void settle().catch(trouble));
    stack.defer(() => flap.stop());
    const settle = async () => {
      flap.on(faults.flatMap((f) => (f.fault === "flap" ? [f.region] : [])));
      tasks.get(standby)?.lose(has(faults, "standby-down", standby));
      await every(doors, (door, region) =>
        door.want(!has(faults, "region-down", region) && !flap.isDown(region)),
      );
    };
    await settle();

    const road = (address: string) => ground.roads.get(address) ?? { host: address, port: ground.port };
    stack.defer(save); // from here on there is a world to remember
    const leaving = new AbortController();
    const crowd = gather({
      nameServer,
      road,
      regionOf: (address) => regionOf(ground, address),
      timings,
      chance: chance(seed, "crowd"),
      signal: leaving.signal,
    });
    const checkers = runCheckers({
      regions: traffic,
      addresses: (region) => (ground.addresses[region] ?? []).map(road),
      timings,
      chance: chance(seed, "checkers"),
      now: route53.now,
      heard: route53.heard,
      signal: leaving.signal,
    });
    stack.defer(async () => {
      leaving.abort();
      await Promise.all([crowd.gone, checkers]);
    });

    const change = async (next: Fault[]) => {
      faults = next;
      await Promise.all([settle(), save()]);
    };
    const resolver = `${nameServer.host}:${nameServer.port}`;
    const topology = localTopology({ resolver, appPort: ground.port, control, timings });
    return {
      topology,
      edge(vantageId) {
        const vantage = topology.vantages.find((v) => v.id === vantageId);
        if (!vantage)
          throw new BadInput(
            `Unknown vantage point: expected one of ${regions.join(", ")}; got ${vantageId}`,
          );
        const blind = () => has(faults, "blind-vantage", vantage.region);
        return vantageEdge({ id: vantageId, wire, blind, road: (to) => onRoads(ground, to) });
      },
      traffic: leverOf({ nameServer, road, timings, chance: chance(seed, "lever") }),
      playground: {
        menu,
        regions,
        services: serviceIds,
        nameServer: resolver,
        faults: () => structuredClone(faults),
        async break(asked) {
          const fault = readFault(asked, Date.now());
          if (!faults.some((f) => same(f, fault))) await change([...faults, fault]);
        },
        async mend() {
          if (faults.length > 0) await change([]);
        },
      },
      voices: () => crowd.voices(),
      stop: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function every(
  doors: ReadonlyMap<string, Door>,
  act: (door: Door, region: string) => Promise<void>,
): Promise<void> {
  await Promise.all([...doors].map(([region, door]) => act(door, region)));
}

const regionOf = ({ addresses }: Ground, address: string): string =>
  regions.find((region) => addresses[region]?.includes(address)) ?? "nowhere";

/** Only the regions' own addresses have other roads; name servers and controls are where they say. */
const onRoads = ({ roads, port }: Ground, to: Address): Address =>
  to.port === port ? (roads.get(to.host) ?? to) : to;
