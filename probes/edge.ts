/** probes · contract. All that a probe knows of the platform it runs on. Node, Deno, an edge runtime or a canary
 *  gives one; tests give their own. An edge never judges: it carries bytes and throws an `EdgeError` when it can't. */

/** Where packets go. `host` is an IP address, never a name: resolving is a probe's question, not a side effect. */
export type Address = { host: string; port: number };

/** A message, and the ms between the question's leaving and its coming. */
export type Heard = { message: Uint8Array; tookMs: number };

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

export type HttpAnswer = {
  status: number;
  headers: Headers;
  body: Uint8Array;
  phases: Phases;
  /** Over https, where the platform lets us see it. */
  certificate?: Certificate;
};

/** A server's certificate as it was shown, and what is wrong with it. `fault` is null when it may be trusted. */
export type Certificate = {
  protocol: string | null; // such as TLSv1.3
  /** Epoch ms between which the certificate holds. */
  validFrom: number;
  validTo: number;
  /** Names it was made for, as DNS:… or IP Address:… */
  names: string[];
  issuer: string;
  fault: TlsFault | null;
  /** The platform's own word for the fault. */
  detail: string | null;
};
export type TlsAnswer = Certificate & { phases: Phases };
export type TlsFault = "expired" | "not-yet-valid" | "name-mismatch" | "untrusted";

/** One of an account's resources as its region's API tells of it. */
export type Resource = {
  name: string;
  state: "healthy" | "unhealthy" | "unknown";
  says: string;
  /** The availability zone it stands in, where the API tells. */
  zone?: string;
};
/** All that an API said of one kind of resource, and what kept it from saying more. */
export type Census = {
  resources: Resource[];
  troubles: { reason: string; says: string }[];
  /** Of one ECS service that was asked for by name. */
  tasks?: { running: number; desired: number };
};
/** One ECS service by its names. */
export type NamedService = { cluster: string; service: string };
/** How far one Aurora cluster's copy was behind, in ms, at the minute that began at `at`, by which metric; or why that is not
 *  known. */
export type CopyLag =
  | { lagMs: number; at: number; metric: string }
  | { trouble: { reason: string; says: string } };
export const awsServices = ["ec2", "rds", "elb", "ecs"] as const;
export type AwsService = (typeof awsServices)[number];

export interface Edge {
  /** The name server this vantage point asks when a target names none, as `host:port`. */
  readonly resolver: string;
  /** One DNS message out, one back from the address it went to, a datagram each. `accept` drops strays. The message
   *  is the edge's until it settles. */
  udp(
    packet: Uint8Array,
    to: Address,
    accept: (packet: Uint8Array) => boolean,
    signal: AbortSignal,
  ): Promise<Heard>;
  /** One length-prefixed DNS message each way (RFC 7766). */
  tcp(packet: Uint8Array, to: Address, signal: AbortSignal): Promise<Uint8Array>;
  /** One HTTP request, redirects not followed, connection not reused. */
  http(ask: HttpAsk, signal: AbortSignal): Promise<HttpAnswer>;
  /** Opens a connection and closes it again. */
  connect(to: Address, signal: AbortSignal): Promise<Phases>;
  /** Opens a TLS connection, reads the certificate whatever is wrong with it, and closes again. */
  tls(to: Address, serverName: string, signal: AbortSignal): Promise<TlsAnswer>;
  /** Counts an account's resources in a region, where the platform has what it takes to ask AWS. Never rejects: an API
   *  that could not be asked, or not to the end, is a trouble. */
  aws?(service: AwsService, region: string, signal: AbortSignal, only?: NamedService): Promise<Census>;
  /** How far an Aurora cluster's copy is behind, by its own metric, where the platform can ask AWS. Never rejects. */
  copyLag?(region: string, cluster: string, signal: AbortSignal): Promise<CopyLag>;
  /** Epoch ms. */
  now(): number;
  /** Monotonic ms, for durations. */
  clock(): number;
  /** An unpredictable 16-bit number, for DNS message ids (RFC 5452). */
  random16(): number;
}

/** Why nothing came back. `unreachable`: we could not send, so nothing is said of the target. `protocol`: it
 *  answered, but not in the language it was asked in. */
export type EdgeFault =
  | "timeout"
  | "unreachable"
  | "connection-refused"
  | "connection-reset"
  | "tls"
  | "protocol";

export class EdgeError extends Error {
  override name = "EdgeError";
  readonly fault: EdgeFault;
  /** How far the exchange came before it failed. */
  readonly phases: Phases;
  /** The certificate it failed on, when it was one. */
  readonly certificate: Certificate | null;
  constructor(
    fault: EdgeFault,
    message: string,
    options: ErrorOptions & { phases?: Phases; certificate?: Certificate } = {},
  ) {
    super(message, options);
    this.fault = fault;
    this.phases = options.phases ?? {};
    this.certificate = options.certificate ?? null;
  }
}
