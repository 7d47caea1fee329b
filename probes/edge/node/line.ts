/** probes · edge, Node. One connected socket to one name server, and the questions that wait on it. */
import { createSocket, type RemoteInfo } from "node:dgram";
import { type Address, EdgeError, type Heard } from "../../edge.ts";
import { familyOf } from "./family.ts";
import { asEdgeError, asStopped, codeOf } from "./faults.ts";
import { atTurnsEnd } from "./turn.ts";

/** A question on its way. */
export type Asked = {
  id: number;
  packet: Uint8Array;
  accept: (packet: Uint8Array) => boolean;
  resolve(heard: Heard): void;
  reject(why: unknown): void;
  signal: AbortSignal;
  /** Monotonic ms; infinity until it is sent, for what comes before is no answer. */
  sentMs: number;
};

export type Line = {
  /** Takes a question, and sends it when the turn ends, or later once it is connected. */
  take(asked: Asked): void;
  /** Whether it can take one more with that id. */
  fits(id: number): boolean;
};

const waitingMax = 64; // whose answers the socket's buffer holds: some 90 of the longest
const usesMax = 512; // then a new port: what was learned of the old one is worth nothing
const ageMsMax = 1_000; // the same; ports are found out at about a thousand a second

/** The number that a message and its answer share. */
export const idOf = (packet: Uint8Array) => ((packet[0] ?? 0) << 8) | (packet[1] ?? 0);

/** Opens a socket. `retire` is called when it takes no more questions; it closes when none waits on it. */
export function openLine(to: Address, retire: () => void): Line {
  const socket = createSocket(familyOf(to.host) === 6 ? "udp6" : "udp4");
  const waiting = new Map<number, Asked>();
  const stops = new Map<AbortSignal, () => void>(); // many questions share a signal; one listener is enough
  let early: Asked[] | null = []; // until it is connected
  let uses = 0;
  let isRetired = false;

  const retireOnce = () => {
    if (isRetired) return;
    isRetired = true;
    clearTimeout(aged);
    retire();
  };
  const aged = setTimeout(retireOnce, ageMsMax);
  const settle = (id: number) => {
    waiting.delete(id);
    if (waiting.size === 0) close();
  };
  const close = () => {
    retireOnce();
    for (const [signal, stop] of stops) signal.removeEventListener("abort", stop);
    socket.removeAllListeners("message"); // errors that the kernel has queued still find a listener
    socket.close();
  };
  /** The kernel hands a refusal to whichever question is sent next, so it counts for all of them. */
  const fail = (error: unknown) => {
    for (const asked of [...waiting.values()]) {
      settle(asked.id);
      asked.reject(unheard(error));
    }
  };
  const sent = (error: Error | null) => (error ? fail(error) : undefined);
  const heed = (signal: AbortSignal) => {
    const stop = () => {
      stops.delete(signal);
      for (const asked of [...waiting.values()]) {
        if (asked.signal !== signal) continue;
        settle(asked.id);
        asked.reject(asStopped(signal));
      }
    };
    stops.set(signal, stop);
    signal.addEventListener("abort", stop, { once: true });
  };
  const send = (questions: Asked[]) => {
    for (const asked of questions) {
      if (waiting.get(asked.id) !== asked) continue; // stopped before it left
      asked.sentMs = performance.now();
      socket.send(asked.packet, sent);
    }
  };
  const leave = atTurnsEnd((questions: Asked[]) => (early ? early.push(...questions) : send(questions)));
  const hear = ({ message, atMs }: Arrival) => {
    const asked = waiting.get(idOf(message)) ?? alone(waiting);
    if (!asked || atMs < asked.sentMs || !asked.accept(message)) return;
    settle(asked.id);
    asked.resolve({ message, tookMs: atMs - asked.sentMs });
  };
  const arrive = atTurnsEnd((arrivals: Arrival[]) => arrivals.forEach(hear));

  socket.on("message", (message: Buffer, from) => {
    if (isFrom(to, from)) arrive({ message, atMs: performance.now() });
  });
  socket.on("error", fail);
  try {
    socket.connect(to.port, to.host, (error?: Error) => {
      if (error) return fail(error);
      send(early ?? []);
      early = null;
    });
  } catch (error) {
    queueMicrotask(() => fail(error));
  }
  return {
    take(asked) {
      waiting.set(asked.id, asked);
      leave(asked);
      if (!stops.has(asked.signal)) heed(asked.signal);
      if (++uses >= usesMax) retireOnce();
    },
    fits: (id) => waiting.size < waitingMax && !waiting.has(id),
  };
}

/** What came, and when, monotonic ms. */
type Arrival = { message: Buffer; atMs: number };

/** A question that waits alone hears every stray, and counts them. */
function alone(waiting: Map<number, Asked>): Asked | undefined {
  if (waiting.size !== 1) return undefined;
  const [asked] = waiting.values();
  return asked;
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
