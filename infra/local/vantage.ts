/** infra/local · effects. A vantage point's platform: the real edge, on this world's roads, and with an uplink that can
 *  be cut. */
import { type Address, type Edge, EdgeError } from "../../probes/edge.ts";

export function vantageEdge(options: {
  id: string;
  wire: Edge;
  /** Whether the uplink is cut right now. */
  blind: () => boolean;
  /** Where an address really is. */
  road: (to: Address) => Address;
}): Edge {
  const { id, wire, blind, road } = options;
  const sending = <T>(send: () => Promise<T>): Promise<T> =>
    blind() ? Promise.reject(new EdgeError("unreachable", `${id} has lost its uplink`)) : send();
  return {
    resolver: wire.resolver,
    udp: (packet, to, accept, signal) => sending(() => wire.udp(packet, to, accept, signal)),
    tcp: (packet, to, signal) => sending(() => wire.tcp(packet, to, signal)),
    http: (ask, signal) => sending(() => wire.http({ ...ask, address: road(ask.address) }, signal)),
    connect: (to, signal) => sending(() => wire.connect(road(to), signal)),
    tls: (to, serverName, signal) => sending(() => wire.tls(road(to), serverName, signal)),
    now: () => wire.now(),
    clock: () => wire.clock(),
    random16: () => wire.random16(),
  };
}
