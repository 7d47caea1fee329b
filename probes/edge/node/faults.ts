/** probes · edge, Node. What Node's error codes mean, told in an edge's few words. */
import { EdgeError, type EdgeFault, type Phases } from "../../edge.ts";

const faults: Record<string, EdgeFault> = {
  ECONNREFUSED: "connection-refused",
  ECONNRESET: "connection-reset",
  EPIPE: "connection-reset",
  ETIMEDOUT: "timeout", // the kernel gave up connecting
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  EHOSTDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable", // no source address or no free port left
  EAFNOSUPPORT: "unreachable", // a machine without IPv6
  EINVAL: "unreachable", // a link-local address without its interface
  EPERM: "unreachable", // a local packet filter
  EACCES: "unreachable",
  EMFILE: "unreachable", // out of sockets: our own trouble, not theirs
  ENFILE: "unreachable",
  ENOBUFS: "unreachable",
  EPROTO: "tls",
};

/** OpenSSL's verdicts on a chain have names without a prefix; Node lists them under "X509 certificate error codes". */
const chain =
  /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_|ERR_TLS|ERR_SSL|PATH_LENGTH_)/;

function faultOf(code: string): EdgeFault | null {
  const known = faults[code];
  if (known) return known;
  if (chain.test(code)) return "tls";
  if (code.startsWith("HPE_")) return "protocol"; // the HTTP parser's
  return null;
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** What went wrong, as an `EdgeError` where it is the network's doing; anything else comes back as it was. */
export function asEdgeError(error: unknown, phases: Phases = {}): unknown {
  if (error instanceof EdgeError) return error;
  const code = codeOf(error);
  const fault = faultOf(code);
  return fault ? new EdgeError(fault, `${fault}: ${code}`, { cause: error, phases }) : error;
}

/** Why a signal stopped us: its own time was up, or someone outside wants the end, whose reason is handed on. */
export function asStopped(signal: AbortSignal, phases: Phases = {}): unknown {
  const reason: unknown = signal.reason;
  return reason instanceof DOMException && reason.name === "TimeoutError"
    ? new EdgeError("timeout", "no answer in time", { cause: reason, phases })
    : reason;
}
