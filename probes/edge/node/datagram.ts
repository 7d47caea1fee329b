/** probes · edge, Node. One DNS message out, one back, on a connected socket: the kernel drops what comes from elsewhere
 *  and tells when nobody listens (Deno tells the latter by silence only). Each socket has a port of its own and lives
 *  as long as a question is waiting on it; questions asked at the same time share a few, because opening one costs more
 *  than asking. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { type Address, type Edge, EdgeError } from "../../edge.ts";
import { familyOf } from "./family.ts";
import { asEdgeError, asStopped, codeOf } from "./faults.ts";

const waitingMax = 32; // on one socket; a forger who finds its port has that many ids to hit, of 65,536
const usesMax = 64; // then a new port: what was learned of the old one is worth nothing

type Waiting = {
  accept: (packet: Uint8Array) => boolean;
  resolve(packet: Uint8Array): void;
  reject(why: unknown): void;
};
type Line = {
  socket: Socket;
  open: Promise<unknown>;
  uses: number;
  waiting: Map<number, Waiting>;
  /** The kernel hands a refusal to whichever question is sent next, so it counts for all of them. */
  fail(error: unknown): void;
};

const idOf = (packet: Uint8Array) => ((packet[0] ?? 0) << 8) | (packet[1] ?? 0);

/** An edge's `udp`, with the sockets it shares. */
export function datagrams(): Edge["udp"] {
  const lines = new Map<string, Line>(); // the one being filled, by server

  const lineTo = (to: Address, id: number): Line => {
    const key = `${to.host} ${to.port}`;
    const last = lines.get(key);
    const fits = last && last.uses < usesMax && last.waiting.size < waitingMax && !last.waiting.has(id);
    if (fits) return last;
    const line = openLine(to, () => {
      if (lines.get(key) === line) lines.delete(key);
    });
    lines.set(key, line);
    return line;
  };

  return async (packet, to, accept, signal) => {
    familyOf(to.host);
    if (signal.aborted) throw asStopped(signal);
    const id = idOf(packet);
    const line = lineTo(to, id);
    line.uses++;
    let stop = () => {};
    try {
      return await new Promise<Uint8Array>((resolve, reject) => {
        stop = () => reject(asStopped(signal));
        signal.addEventListener("abort", stop, { once: true });
        line.waiting.set(id, { accept, resolve, reject });
        const sent = (error: Error | null) => (error ? line.fail(error) : undefined);
        line.open
          .then(() => (line.waiting.has(id) ? line.socket.send(packet, sent) : undefined))
          .catch(line.fail);
      });
    } finally {
      signal.removeEventListener("abort", stop);
      line.waiting.delete(id);
      if (line.waiting.size === 0) line.socket.emit("idle");
    }
  };
}

/** A socket to one server. `gone` is called when it takes no more questions. */
function openLine(to: Address, gone: () => void): Line {
  const socket = createSocket(familyOf(to.host) === 6 ? "udp6" : "udp4");
  const waiting: Line["waiting"] = new Map();
  socket.on("message", (message, from) => {
    if (!isFrom(to, from)) return;
    const [only] = waiting.size === 1 ? waiting.values() : []; // alone, it hears every stray too, and counts them
    const asker = waiting.get(idOf(message)) ?? only;
    if (asker?.accept(message)) asker.resolve(message);
  });
  const fail = (error: unknown) => {
    for (const { reject } of waiting.values()) reject(unheard(error)); // one server, one fate
  };
  socket.on("error", fail);
  const close = () => {
    gone();
    socket.removeAllListeners("message").off("idle", close); // errors that the kernel has queued still find a listener
    socket.close();
  };
  socket.on("idle", close);
  const open = new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    try {
      socket.connect(to.port, to.host, (error?: Error) => (error ? reject(error) : resolve()));
    } catch (error) {
      reject(error);
    }
  });
  return { socket, open, uses: 0, waiting, fail };
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
