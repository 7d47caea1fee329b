/** probes · contract. All that a probe knows of the platform it runs on. Node, Deno, an edge runtime or a canary
 *  gives one; tests give their own. An edge never judges: it carries bytes and throws an `EdgeError` when it can't. */

/** Where packets go. `host` is an IP address, never a name: resolving is a probe's question, not a side effect. */
export type Address = { host: string; port: number };

/** What an HTTP exchange took, phase by phase, in ms; a phase that did not happen is left out. */
export type Phases = { connect?: number; tls?: number; firstByte?: number; total?: number };

export type HttpAsk = {
  url: URL;
  /** Where to connect; the URL's own host goes into the Host header and SNI. */
  address: Address;
  method?: "GET" | "HEAD";
  headers?: Record<string, string>;
  /** Bytes of body to keep; the rest is read and dropped up to a bound. */
  bodyBytesMax?: number;
};

export type HttpAnswer = { status: number; headers: Headers; body: Uint8Array; phases: Phases };

export interface Edge {
  /** One datagram out, one datagram back from the address it went to. `accept` drops strays. */
  udp(
    packet: Uint8Array,
    to: Address,
    accept: (packet: Uint8Array) => boolean,
    signal: AbortSignal,
  ): Promise<Uint8Array>;
  /** One length-prefixed DNS message each way (RFC 7766). */
  tcp(packet: Uint8Array, to: Address, signal: AbortSignal): Promise<Uint8Array>;
  /** One HTTP request, redirects not followed, connection not reused. */
  http(ask: HttpAsk, signal: AbortSignal): Promise<HttpAnswer>;
  /** Opens a connection and closes it again. */
  connect(to: Address, signal: AbortSignal): Promise<Phases>;
  /** Epoch ms. */
  now(): number;
  /** Monotonic ms, for durations. */
  clock(): number;
  /** An unpredictable 16-bit number, for DNS message ids (RFC 5452). */
  random16(): number;
}

/** Why nothing came back. `unreachable`: we could not send, so nothing is said of the target. */
export type EdgeFault = "timeout" | "unreachable" | "connection-refused" | "connection-reset" | "tls";

export class EdgeError extends Error {
  override name = "EdgeError";
  readonly fault: EdgeFault;
  constructor(fault: EdgeFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
