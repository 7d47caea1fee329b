/** probes · edge, Node. One HTTP request to one address, timed phase by phase; the connection is not reused. */
import { request as begin, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { connect, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Certificate, HttpAnswer, HttpAsk, Phases } from "../../edge.ts";
import { EdgeError } from "../../edge.ts";
import { certificateOf } from "./certificate.ts";
import { familyOf } from "./family.ts";
import { asEdgeError, asStopped } from "./faults.ts";
import { openTls } from "./stream.ts";

const drainBytesMax = 1 << 20; // a page, not a download: past 1 MiB the answer has been proved

/** Sends one request and reads its answer. Durations: `connect` and `tls` of each handshake, `firstByte` from a ready
 *  connection to the response's head, `total` from the first packet to the last byte read. A certificate that may not
 *  be trusted ends it before anything is asked: a `tls` fault that carries the certificate. */
export function exchange(ask: HttpAsk, ca: string[] | undefined, signal: AbortSignal): Promise<HttpAnswer> {
  const { url, address } = ask;
  const family = familyOf(address.host);
  const phases: Phases = {};
  if (signal.aborted) return Promise.reject(asStopped(signal));
  const options: RequestOptions = {
    method: ask.method ?? "GET",
    path: url.pathname + url.search,
    headers: { "user-agent": "holdfast", accept: "*/*", connection: "close", ...ask.headers, host: url.host },
  };
  return new Promise<HttpAnswer>((resolve, reject) => {
    const began = performance.now();
    const since = (mark: number) => performance.now() - mark;
    let ready = began;
    const connected = () => {
      phases.connect = since(began);
      ready = performance.now();
    };
    const open: { on(event: "error", listener: () => void): unknown; destroy(): unknown }[] = [];
    const end = (settle: () => void) => {
      signal.removeEventListener("abort", stop);
      for (const one of open) {
        one.on("error", ignoreLate);
        one.destroy();
      }
      settle();
    };
    const fail = (error: unknown) => end(() => reject(asEdgeError(error, phases)));
    const stop = () => end(() => reject(asStopped(signal, phases)));
    const closed = () => fail(new EdgeError("connection-reset", "closed without an answer", { phases }));
    signal.addEventListener("abort", stop, { once: true });

    const send = (secured?: { socket: TLSSocket; certificate: Certificate }) => {
      const request: ClientRequest = begin({
        ...options, // and no agent, which for one connection costs a fifth of it all
        createConnection: () => secured?.socket ?? connect({ ...address, family }),
      });
      open.push(request);
      secured?.socket.off("close", closed); // from here on the request tells, once the answer has been read
      request.on("error", fail).on("close", closed);
      if (!secured) request.on("socket", (socket: Socket) => void socket.once("connect", connected));
      request.on("response", (response) => {
        phases.firstByte = since(ready);
        request.off("close", closed); // Deno's may come before the body is read; a body cut short tells by itself
        read(response, ask.bodyBytesMax ?? 0).then((body) => {
          phases.total = since(began);
          const answer = { status: response.statusCode ?? 0, headers: headersOf(response), body, phases };
          end(() => resolve(secured ? { ...answer, certificate: secured.certificate } : answer));
        }, fail);
      });
      request.end();
    };

    if (url.protocol !== "https:") return send();
    const name = url.hostname.replace(/^\[|\]$/g, "");
    const socket = openTls(address, name, ca);
    open.push(socket);
    socket.on("error", fail).on("close", closed).once("connect", connected);
    socket.once("secureConnect", () => {
      phases.tls = since(ready);
      ready = performance.now();
      const certificate = certificateOf(socket, name);
      if (!certificate) return fail(new EdgeError("tls", "tls: no certificate was shown", { phases }));
      if (certificate.fault === null) return send({ socket, certificate });
      const cause = new Error(certificate.detail ?? certificate.fault);
      return fail(new EdgeError("tls", `tls: ${certificate.fault}`, { phases, certificate, cause }));
    });
  });
}

/** A destroyed request may still report how it went down; the answer has been given by then. */
const ignoreLate = () => undefined;

/** Keeps the first `keep` bytes, reads on to the end or to the bound, whichever comes first. */
function read(response: IncomingMessage, keep: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const kept: Buffer[] = [];
    let size = 0;
    let isOver = false;
    const done = () => {
      isOver = true;
      resolve(Buffer.concat(kept));
    };
    response.on("data", (chunk: Buffer) => {
      if (size < keep) kept.push(chunk.subarray(0, keep - size));
      size += chunk.length;
      if (size > Math.max(keep, drainBytesMax)) done();
    });
    response.on("end", done);
    response.on("error", reject);
    response.on("close", () => {
      if (!isOver) reject(new EdgeError("connection-reset", "closed in the middle of the answer"));
    });
  });
}

function headersOf(response: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < response.rawHeaders.length; i += 2) {
    headers.append(response.rawHeaders[i] ?? "", response.rawHeaders[i + 1] ?? "");
  }
  return headers;
}
