/** probes · edge, Node. One DNS message out, one back, on connected sockets: the kernel drops what comes from elsewhere
 *  and tells when nobody listens (Deno tells the latter by silence only).
 *
 *  Opening a socket costs more than asking, so questions asked at the same time share a few. What a forger who cannot
 *  see our packets must guess stays the same: the port, of some 28,000, and the id, of 65,536, of the one question that
 *  his answer repeats (RFC 5452 section 4). Sharing only helps him who finds a port out, which takes its time: each port
 *  serves few questions and a second at most, and which of them a question goes by is left to chance. */
import { createSocket, type RemoteInfo } from "node:dgram";
import { type Address, type Edge, EdgeError } from "../../edge.ts";
import { familyOf } from "./family.ts";
import { asEdgeError, asStopped, codeOf } from "./faults.ts";

const waitingMax = 64; // on one socket, whose buffer holds some 90 of the longest answers
const usesMax = 512; // then a new port: what was learned of the old one is worth nothing
const ageMsMax = 1_000; // the same; ports are found out at about a thousand a second

type Waiting = {
  accept: (packet: Uint8Array) => boolean;
  resolve(packet: Uint8Array): void;
  reject(why: unknown): void;
  signal: AbortSignal;
};
type Line = {
  ask(id: number, packet: Uint8Array, waiting: Waiting): void;
  /** Whether it can take one more with that id. */
  fits(id: number): boolean;
};

const idOf = (packet: Uint8Array) => ((packet[0] ?? 0) << 8) | (packet[1] ?? 0);

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
      lineTo(to, id).ask(id, packet, { accept, resolve, reject, signal });
    });
}

/** A socket to one server. `retire` is called when it takes no more questions; it closes when none waits on it. */
function openLine(to: Address, retire: () => void): Line {
  const socket = createSocket(familyOf(to.host) === 6 ? "udp6" : "udp4");
  const waiting = new Map<number, Waiting>();
  const stops = new Map<AbortSignal, () => void>(); // many questions share a signal; one listener is enough
  let uses = 0;
  let retired = false;
  let unsent: Uint8Array[] | null = []; // until it is connected

  const retireOnce = () => {
    if (retired) return;
    retired = true;
    clearTimeout(aged);
    retire();
  };
  const aged = setTimeout(retireOnce, ageMsMax);
  const settle = (id: number): Waiting | undefined => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) close();
    return one;
  };
  const close = () => {
    retireOnce();
    for (const [signal, stop] of stops) signal.removeEventListener("abort", stop);
    socket.removeAllListeners("message"); // errors that the kernel has queued still find a listener
    socket.close();
  };
  /** The kernel hands a refusal to whichever question is sent next, so it counts for all of them. */
  const fail = (error: unknown) => {
    for (const id of [...waiting.keys()]) settle(id)?.reject(unheard(error));
  };
  const sent = (error: Error | null) => (error ? fail(error) : undefined);
  const heed = (signal: AbortSignal) => {
    if (stops.has(signal)) return;
    const stop = () => {
      stops.delete(signal);
      for (const [id, one] of [...waiting]) if (one.signal === signal) settle(id)?.reject(asStopped(signal));
    };
    stops.set(signal, stop);
    signal.addEventListener("abort", stop, { once: true });
  };

  socket.on("message", (message: Buffer, from) => {
    if (!isFrom(to, from)) return;
    let id = idOf(message);
    if (!waiting.has(id) && waiting.size === 1) [id = id] = waiting.keys(); // alone, it hears every stray and counts them
    if (waiting.get(id)?.accept(message)) settle(id)?.resolve(message);
  });
  socket.on("error", fail);
  try {
    socket.connect(to.port, to.host, (error?: Error) => {
      if (error) return fail(error);
      for (const packet of unsent ?? []) socket.send(packet, sent);
      unsent = null;
    });
  } catch (error) {
    queueMicrotask(() => fail(error));
  }
  return {
    ask(id, packet, one) {
      uses++;
      waiting.set(id, one);
      heed(one.signal);
      if (unsent) unsent.push(packet);
      else socket.send(packet, sent);
      if (uses >= usesMax) retireOnce();
    },
    fits: (id) => waiting.size < waitingMax && !waiting.has(id),
  };
}

/** Node's kernel has seen to this; Deno's `connect` only remembers where to send. IPv6 addresses are not compared as
 *  text: one has many spellings. */
const isFrom = (to: Address, from: RemoteInfo) =>
  from.port === to.port && (from.family === "IPv6" || from.address === to.host);

/** ICMP "port unreachable" arrives as a refused connection: nobody heard the question. */
const unheard = (error: unknown) =>
  codeOf(error) === "ECONNREFUSED"
    ? new EdgeError("unreachable", "unreachable: nobody listens on that port", { cause: error })
    : asEdgeError(error);
