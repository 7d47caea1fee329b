/** probes · edge. Node's, and Deno's through its Node layer: real sockets, nothing reused, nothing left open. */
import { getServers } from "node:dns";
import type { Edge } from "../edge.ts";
import { parseResolver, writeResolver } from "../resolver.ts";
import { datagrams } from "./node/datagram.ts";
import { exchange } from "./node/exchange.ts";
import { handshake, knock, message } from "./node/stream.ts";

export type NodeEdgeOptions = {
  /** `host:port` of the name server to ask when a target names none; the first of the system's when left out. */
  resolver?: string;
  /** Certificates (PEM) to trust instead of the well-known ones, for a private authority. */
  ca?: string[];
};

/** Asks from this process, over real sockets. */
export function nodeEdge({ resolver, ca }: NodeEdgeOptions = {}): Edge {
  return {
    resolver: resolver ?? systemResolver(),
    udp: datagrams(),
    tcp: message,
    http: (ask, signal) => exchange(ask, ca, signal),
    connect: knock,
    tls: (to, serverName, signal) => handshake(to, serverName, ca, signal),
    now: () => Date.now(),
    clock: () => performance.now(),
    random16: dice(),
  };
}

/** Draws from the system's own chance, many at a time. */
function dice(): () => number {
  const drawn = new Uint16Array(1_024);
  let next = drawn.length;
  return () => {
    if (next === drawn.length) {
      crypto.getRandomValues(drawn);
      next = 0;
    }
    return drawn[next++] ?? 0;
  };
}

/** The first name server this machine is set up with, as `host:port`; the loopback when it is set up with none. */
export const systemResolver = (): string => writeResolver(parseResolver(getServers()[0] ?? "127.0.0.1"));
