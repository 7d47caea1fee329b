/** probes · edge, Node. TCP and TLS connections: one DNS message each way, a bare knock, a look at a certificate. */
import { isIP, type Socket, connect as tcpConnect } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import { type Address, EdgeError, type Phases, type TlsAnswer } from "../../edge.ts";
import { certificateOf } from "./certificate.ts";
import { familyOf } from "./family.ts";
import { asEdgeError, asStopped } from "./faults.ts";

/** Runs one conversation on a socket; whatever ends it, the socket is gone afterwards. */
function converse<T>(
  socket: Socket,
  signal: AbortSignal,
  phases: Phases,
  talk: (say: { resolve: (value: T) => void; reject: (error: unknown) => void }) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const end = (settle: () => void) => {
      signal.removeEventListener("abort", stop);
      socket.removeAllListeners();
      socket.on("error", ignoreLate);
      socket.destroy();
      settle();
    };
    const stop = () => end(() => reject(asStopped(signal, phases)));
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    socket.on("error", (error) => end(() => reject(asEdgeError(error, phases))));
    socket.on("close", () =>
      end(() => reject(new EdgeError("connection-reset", "closed before the answer was whole", { phases }))),
    );
    talk({ resolve: (value) => end(() => resolve(value)), reject: (error) => end(() => reject(error)) });
  });
}

/** A destroyed socket may still report how it went down; the answer has been given by then. */
const ignoreLate = () => undefined;

const open = (to: Address) => tcpConnect({ host: to.host, port: to.port, family: familyOf(to.host) });

/** A TLS connection whose certificate is still to be judged: a bad one is an answer, not a failure to ask. */
export function openTls(to: Address, serverName: string, ca: string[] | undefined): TLSSocket {
  familyOf(to.host);
  return tlsConnect({
    host: to.host,
    port: to.port,
    rejectUnauthorized: false,
    ...(isIP(serverName) ? {} : { servername: serverName }), // RFC 6066: no IP literals in SNI
    ...(ca ? { ca } : {}),
  });
}

/** One DNS message each way, each after its length in two bytes (RFC 7766 section 8). */
export async function message(packet: Uint8Array, to: Address, signal: AbortSignal): Promise<Uint8Array> {
  const framed = new Uint8Array(packet.length + 2);
  new DataView(framed.buffer).setUint16(0, packet.length);
  framed.set(packet, 2);
  const socket = open(to);
  return converse<Uint8Array>(socket, signal, {}, ({ resolve }) => {
    let heard = Buffer.alloc(0);
    socket.write(framed); // waits for the connection, then leaves as one segment
    socket.on("data", (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      if (heard.length < 2) return;
      const whole = 2 + heard.readUInt16BE(0);
      if (heard.length >= whole) resolve(heard.subarray(2, whole));
    });
  });
}

/** Opens a connection and closes it again. */
export async function knock(to: Address, signal: AbortSignal): Promise<Phases> {
  const began = performance.now();
  const socket = open(to);
  return converse<Phases>(socket, signal, {}, ({ resolve }) => {
    socket.on("connect", () => {
      const connect = performance.now() - began;
      resolve({ connect, total: connect });
    });
  });
}

/** Shakes hands and reads the certificate, also one that must not be trusted. */
export async function handshake(
  to: Address,
  serverName: string,
  ca: string[] | undefined,
  signal: AbortSignal,
): Promise<TlsAnswer> {
  const began = performance.now();
  const phases: Phases = {};
  const socket = openTls(to, serverName, ca);
  return converse<TlsAnswer>(socket, signal, phases, ({ resolve, reject }) => {
    socket.on("connect", () => {
      phases.connect = performance.now() - began;
    });
    socket.on("secureConnect", () => {
      const took = performance.now() - began;
      const certificate = certificateOf(socket, serverName);
      if (!certificate) return reject(new EdgeError("tls", "tls: no certificate was shown", { phases }));
      resolve({ ...certificate, phases: { ...phases, tls: took - (phases.connect ?? 0), total: took } });
    });
  });
}
