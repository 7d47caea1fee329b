/** infra/local · effects. How the local world's own people (checkers, users, the lever's hand) resolve and fetch: on
 *  the wire, a new connection each time, no retry. */
import { createSocket } from "node:dgram";
import { request } from "node:http";
import { connect } from "node:net";
import * as packet from "dns-packet";
import type { Address } from "../../probes/edge.ts";

export type Found = { addresses: string[]; ttlS: number };

/** The addresses of a name, from one name server over UDP; none when it has none. Rejects when nothing comes. */
export function resolve(name: string, nameServer: Address, id: number, signal: AbortSignal): Promise<Found> {
  return new Promise((done, fail) => {
    const socket = createSocket("udp4");
    const finish = (settle: () => void) => {
      signal.removeEventListener("abort", aborted);
      socket.close();
      settle();
    };
    const aborted = () =>
      finish(() => fail(new Error(`No answer for ${name} from ${nameServer.host}:${nameServer.port}`)));
    if (signal.aborted) {
      socket.close();
      fail(signal.reason);
      return;
    }
    signal.addEventListener("abort", aborted);
    socket.on("error", (error) => finish(() => fail(error)));
    socket.on("message", (bytes, from) => {
      if (from.port !== nameServer.port || bytes.length < 12 || bytes.readUInt16BE(0) !== id) return;
      const found = read(bytes);
      if (found) finish(() => done(found));
    });
    const query = packet.encode({
      type: "query",
      id,
      flags: packet.RECURSION_DESIRED,
      questions: [{ type: "A", name }],
    });
    socket.send(query, nameServer.port, nameServer.host);
  });
}

function read(bytes: Buffer): Found | null {
  try {
    const records = (packet.decode(bytes).answers ?? []).flatMap((a) => (a.type === "A" ? [a] : []));
    return { addresses: records.map((a) => a.data), ttlS: Math.min(...records.map((a) => a.ttl ?? 0)) };
  } catch {
    return null; // not an answer; go on waiting for one
  }
}

export type Asked = {
  to: Address;
  host: string; // for the Host header
  path: string;
  method?: "GET" | "POST";
  body?: string;
};
export type Heard = { status: number; body: string; connectMs: number; answerMs: number };

/** One HTTP exchange. `connectMs` until connected, `answerMs` from there until the status. Rejects when cut. */
export function call({ to, host, path, method = "GET", body }: Asked, signal: AbortSignal): Promise<Heard> {
  return new Promise((done, fail) => {
    const began = performance.now();
    let connected = began;
    const headers: Record<string, string> = { host, connection: "close" };
    if (body !== undefined) headers["content-type"] = "application/json";
    const createConnection = () => connect(to.port, to.host); // an agent for one connection costs a fifth of the call
    const ask = request({ path, method, headers, createConnection, signal });
    ask.once("socket", (socket) =>
      socket.once("connect", () => {
        connected = performance.now();
      }),
    );
    ask.once("error", fail);
    ask.once("response", (answer) => {
      const answerMs = performance.now() - connected;
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("error", fail);
      answer.once("end", () =>
        done({
          status: answer.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
          connectMs: connected - began,
          answerMs,
        }),
      );
    });
    ask.end(body);
  });
}
