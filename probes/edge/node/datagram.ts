/** probes · edge, Node. One datagram out, one back, on a socket of its own: a fresh source port for each question
 *  (RFC 5452), connected, so the kernel drops what comes from elsewhere and tells when nobody listens. Deno tells the
 *  latter by silence only. */
import { createSocket, type RemoteInfo } from "node:dgram";
import { type Address, EdgeError } from "../../edge.ts";
import { familyOf } from "./family.ts";
import { asEdgeError, asStopped, codeOf } from "./faults.ts";

export function datagram(
  packet: Uint8Array,
  to: Address,
  accept: (packet: Uint8Array) => boolean,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const family = familyOf(to.host);
  if (signal.aborted) return Promise.reject(asStopped(signal));
  return new Promise((resolve, reject) => {
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    const end = (settle: () => void) => {
      signal.removeEventListener("abort", stop);
      socket.removeAllListeners();
      socket.on("error", ignoreLate);
      socket.close();
      settle();
    };
    const fail = (error: unknown) => end(() => reject(unheard(error)));
    const stop = () => end(() => reject(asStopped(signal)));
    signal.addEventListener("abort", stop, { once: true });
    socket.on("error", fail);
    socket.on("message", (message, from) => {
      if (isFrom(to, from) && accept(message)) end(() => resolve(message));
    });
    socket.on("connect", () => socket.send(packet, (error) => (error ? fail(error) : undefined)));
    try {
      socket.connect(to.port, to.host);
    } catch (error) {
      fail(error);
    }
  });
}

/** Node's kernel has seen to this; Deno's `connect` only remembers where to send. IPv6 addresses are not compared as
 *  text: one has many spellings. */
const isFrom = (to: Address, from: RemoteInfo) =>
  from.port === to.port && (from.family === "IPv6" || from.address === to.host);

/** A closed socket may still hand over an error it had queued; the answer has been given by then. */
const ignoreLate = () => undefined;

/** ICMP "port unreachable" arrives as a refused connection: nobody heard the question. */
const unheard = (error: unknown) =>
  codeOf(error) === "ECONNREFUSED"
    ? new EdgeError("unreachable", "unreachable: nobody listens on that port", { cause: error })
    : asEdgeError(error);
