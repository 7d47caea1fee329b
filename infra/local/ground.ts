/** infra/local · effects. Where the regions stand: three loopback addresses each, as a load balancer has one in each
 *  zone, all on one port so that a plain URL works whichever address the name answers. A machine that has only
 *  127.0.0.1 (macOS) gives each address a port of its own, and `roads` tells where an address really is. */
import { createServer, type Server } from "node:http";
import type { Address } from "../../probes/edge.ts";
import { BadInput } from "../../store/records.ts";
import { listenTcp, NoSuchAddress } from "./listening.ts";

const triesMax = 20; // free ports tried until one is free on every address

export type Gate = { server: Server; at: Address };
export type Ground = {
  /** The port in every URL of the world. */
  port: number;
  /** What the name server answers for a region. */
  addresses: Record<string, string[]>;
  gates: Record<string, Gate[]>;
  /** Where an address really is, when it is not where it says. Empty where every address can be had. */
  roads: ReadonlyMap<string, Address>;
};

/** Listens for every region. `single` forces what macOS needs. Port 0 takes a free one. */
export async function takeGround(options: {
  regions: readonly string[];
  port: number;
  flag: string;
  single: boolean;
}): Promise<Ground> {
  const { regions, port, flag } = options;
  const addresses = Object.fromEntries(
    regions.map((region, i) => [region, [1, 2, 3].map((zone) => `127.0.${i + 1}.${zone}`)]),
  );
  if (options.single) return crowded(addresses, port, flag);
  for (let tries = 1; ; tries++) {
    try {
      return await spread(addresses, port, flag);
    } catch (error) {
      if (error instanceof NoSuchAddress) return crowded(addresses, port, flag);
      if (port !== 0 || !(error instanceof BadInput) || tries === triesMax) throw error;
    }
  }
}

/** Every address on the same port. */
function spread(addresses: Record<string, string[]>, port: number, flag: string): Promise<Ground> {
  return takeAll(addresses, flag, (address, first) => ({ host: address, port: first ?? port }));
}

/** Every address on 127.0.0.1, on ports of their own; only the first can be chosen. */
async function crowded(addresses: Record<string, string[]>, port: number, flag: string): Promise<Ground> {
  const ground = await takeAll(addresses, flag, (_, first) => ({
    host: "127.0.0.1",
    port: first ? 0 : port,
  }));
  const roads = new Map<string, Address>();
  for (const [region, gates] of Object.entries(ground.gates))
    gates.forEach((gate, i) => {
      const address = addresses[region]?.[i];
      if (address) roads.set(address, gate.at);
    });
  return { ...ground, roads };
}

async function takeAll(
  addresses: Record<string, string[]>,
  flag: string,
  place: (address: string, firstPort: number | undefined) => Address,
): Promise<Ground> {
  const gates: Record<string, Gate[]> = {};
  const all: Gate[] = [];
  try {
    for (const [region, hosts] of Object.entries(addresses))
      for (const address of hosts) {
        const { host, port } = place(address, all[0]?.at.port);
        const server = createServer();
        const gate = { server, at: { host, port: await listenTcp(server, host, port, flag) } };
        gates[region] = [...(gates[region] ?? []), gate];
        all.push(gate);
      }
  } catch (error) {
    await Promise.all(all.map((gate) => shut(gate)));
    throw error;
  }
  return { port: all[0]?.at.port ?? 0, addresses, gates, roads: new Map() };
}

/** Listens no more, and cuts every connection. */
export function shut({ server }: Gate): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
