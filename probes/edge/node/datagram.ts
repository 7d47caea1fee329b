/** probes · edge, Node. One DNS message out, one back, on connected sockets: the kernel drops what comes from elsewhere
 *  and tells when nobody listens (Deno tells the latter by silence only).
 *
 *  Opening a socket costs more than asking, so questions asked at the same time share a few. What a forger who cannot
 *  see our packets must guess stays the same: the port, of some 28,000, and the id, of 65,536, of the one question that
 *  his answer repeats (RFC 5452 section 4). Sharing only helps him who finds a port out, which takes its time: each port
 *  serves few questions and a second at most, and which of them a question goes by is left to chance. */
import type { Address, Edge } from "../../edge.ts";
import { asStopped } from "./faults.ts";
import { idOf, type Line, openLine } from "./line.ts";

/** An edge's `udp`, with the sockets it shares. */
export function datagrams(): Edge["udp"] {
  const pools = new WeakMap<Address, Line[]>(); // lines that take questions; a server is known by its one object

  const lineTo = (to: Address, id: number): Line => {
    const pool = pools.get(to) ?? [];
    if (pool.length === 0) pools.set(to, pool);
    for (let i = 0; i < pool.length; i++) {
      const line = pool[(id + i) % pool.length]; // ids are random, so the line is
      if (line?.fits(id)) return line;
    }
    const fresh = openLine(to, () => void pool.splice(pool.indexOf(fresh), 1));
    pool.push(fresh);
    return fresh;
  };

  return (packet, to, accept, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(asStopped(signal));
      const id = idOf(packet);
      lineTo(to, id).take({ id, packet, accept, resolve, reject, signal, sentMs: Number.POSITIVE_INFINITY });
    });
}
