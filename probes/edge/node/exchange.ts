/** probes · edge, Node. One HTTP request to one address, timed phase by phase; the connection is not reused. */
import { type ClientRequest, type IncomingMessage, request as plain, type RequestOptions } from "node:http";
import { request as secure } from "node:https";
import { isIP } from "node:net";
import type { HttpAnswer, HttpAsk, Phases } from "../../edge.ts";
import { EdgeError } from "../../edge.ts";
import { familyOf } from "./family.ts";
import { asEdgeError, asStopped } from "./faults.ts";

const drainBytesMax = 1 << 20; // a page, not a download: past 1 MiB the answer has been proved

/** Sends one request and reads its answer. Durations: `connect` and `tls` of each handshake, `firstByte` from a ready
 *  connection to the response's head, `total` from the first packet to the last byte read. */
export function exchange(ask: HttpAsk, ca: string[] | undefined, signal: AbortSignal): Promise<HttpAnswer> {
  const { url, address } = ask;
  const family = familyOf(address.host);
  const phases: Phases = {};
  if (signal.aborted) return Promise.reject(asStopped(signal));
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const options: RequestOptions & { servername?: string; ca?: string[] } = {
    host: address.host,
    port: address.port,
    family,
    agent: false,
    method: ask.method ?? "GET",
    path: url.pathname + url.search,
    headers: { "user-agent": "holdfast", accept: "*/*", ...ask.headers, host: url.host },
    servername: isIP(name) ? "" : name, // RFC 6066: no IP literals in SNI
    ...(ca ? { ca } : {}),
  };
  return new Promise<HttpAnswer>((resolve, reject) => {
    const began = performance.now();
    const since = (mark: number) => performance.now() - mark;
    const request: ClientRequest = (url.protocol === "https:" ? secure : plain)(options);
    const end = (settle: () => void) => {
      signal.removeEventListener("abort", stop);
      request.removeAllListeners();
      request.on("error", ignoreLate);
      request.destroy();
      settle();
    };
    const fail = (error: unknown) => end(() => reject(asEdgeError(error, phases)));
    const stop = () => end(() => reject(asStopped(signal, phases)));
    signal.addEventListener("abort", stop, { once: true });

    let ready = began;
    request.on("socket", (socket) => {
      socket.once("connect", () => {
        phases.connect = since(began);
        ready = performance.now();
      });
      socket.once("secureConnect", () => {
        phases.tls = since(ready);
        ready = performance.now();
      });
    });
    request.on("error", fail);
    request.on("close", () =>
      fail(new EdgeError("connection-reset", "closed without an answer", { phases })),
    );
    request.on("response", (response) => {
      phases.firstByte = since(ready);
      read(response, ask.bodyBytesMax ?? 0).then((body) => {
        phases.total = since(began);
        const status = response.statusCode ?? 0;
        end(() => resolve({ status, headers: headersOf(response), body, phases }));
      }, fail);
    });
    request.end();
  });
}

/** A destroyed request may still report how it went down; the answer has been given by then. */
const ignoreLate = () => undefined;

/** Keeps the first `keep` bytes, reads on to the end or to the bound, whichever comes first. */
function read(response: IncomingMessage, keep: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const kept: Buffer[] = [];
    let size = 0;
    const done = () => resolve(Buffer.concat(kept));
    response.on("data", (chunk: Buffer) => {
      if (size < keep) kept.push(chunk.subarray(0, keep - size));
      size += chunk.length;
      if (size > Math.max(keep, drainBytesMax)) done();
    });
    response.on("end", done);
    response.on("error", reject);
    response.on("close", () =>
      reject(new EdgeError("connection-reset", "closed in the middle of the answer")),
    );
  });
}

function headersOf(response: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < response.rawHeaders.length; i += 2) {
    headers.append(response.rawHeaders[i] ?? "", response.rawHeaders[i + 1] ?? "");
  }
  return headers;
}
