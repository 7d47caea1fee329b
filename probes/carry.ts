/** probes · carriage. Brings one question to one resolver and its reply's bytes back: over UDP, over TCP when that was
 *  cut short or was asked for, or over HTTPS. */
import { isIP } from "node:net";
import type { Facts } from "../store/records.ts";
import { type Address, type Edge, EdgeError } from "./edge.ts";
import { down, type Finding, unknown } from "./finding.ts";
import type { Resolver } from "./resolver.ts";
import { type Question, standing, truncated } from "./wire.ts";

/** The bytes, or what can be said without them. What is worth keeping is added to `facts`. */
export function carry(
  question: Question,
  resolver: Resolver,
  edge: Edge,
  signal: AbortSignal,
  facts: Facts,
  /** Finds the address of a DoH server's own name. */
  find: (host: string) => Promise<Finding>,
): Promise<Uint8Array | Finding> {
  switch (resolver.transport) {
    case "udp":
      return datagram(question, resolver.address, edge, signal, facts);
    case "tcp":
      return edge.tcp(question.bytes, resolver.address, signal).catch((error) => unheard(error, facts));
    case "https":
      return overHttps(question, resolver.url, edge, signal, facts, find).catch((error) =>
        unheard(error, facts),
      );
  }
}

/** No answer in time is the resolver's doing; a packet that never left, or that nobody received, says nothing of it. */
function unheard(error: unknown, facts: Facts): Finding {
  if (!(error instanceof EdgeError)) throw error;
  switch (error.fault) {
    case "timeout":
    case "connection-reset":
      return down(error.fault, null, facts);
    case "protocol":
      return down("malformed", null, facts);
    default:
      return unknown("unreachable", null, { ...facts, fault: error.fault });
  }
}

function datagram(question: Question, to: Address, edge: Edge, signal: AbortSignal, facts: Facts) {
  let strays = 0;
  const accept = (message: Uint8Array) => {
    if (standing(message, question) === "answer") return true;
    facts.strays = ++strays; // kept even when the true answer comes: someone may be guessing
    return false;
  };
  return edge.udp(question.bytes, to, accept, signal).then(
    (heard) => (truncated(heard) ? overTcp(question, to, edge, signal, facts) : heard),
    (error) => unheard(error, facts),
  );
}

async function overTcp(question: Question, to: Address, edge: Edge, signal: AbortSignal, facts: Facts) {
  facts.transport = "tcp";
  facts.udp = "truncated";
  try {
    return await edge.tcp(question.bytes, to, signal);
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    return down("truncated", null, { ...facts, tcp: error.fault });
  }
}

const messageBytesMax = 65_535;

/** RFC 8484 section 4.1: the question in the URL, so that caches on the way may help. */
async function overHttps(
  question: Question,
  server: URL,
  edge: Edge,
  signal: AbortSignal,
  facts: Facts,
  find: (host: string) => Promise<Finding>,
): Promise<Uint8Array | Finding> {
  const host = server.hostname.replace(/^\[|\]$/g, "");
  const found = isIP(host) ? [host] : (await find(host)).facts.addresses;
  const [first] = Array.isArray(found) ? found : [];
  if (first === undefined)
    return unknown("unreachable", null, { ...facts, fault: "no address for the resolver" });
  const url = new URL(server);
  url.searchParams.set("dns", base64url(question.bytes));
  const answer = await edge.http(
    {
      url,
      address: { host: first, port: Number(server.port) || 443 },
      headers: { accept: "application/dns-message" },
      bodyBytesMax: messageBytesMax,
    },
    signal,
  );
  facts.phases = answer.phases;
  facts.status = answer.status;
  if (answer.status !== 200) return down(`status-${answer.status}`, null, facts);
  const type = answer.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/dns-message") return down("malformed", null, facts);
  return answer.body;
}

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
