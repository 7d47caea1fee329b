/** probes · carriage. Brings one question to one resolver and its reply's bytes to whoever can tell what they say: over
 *  UDP, over TCP when that was cut short or was asked for, or over HTTPS. */
import { isIP } from "node:net";
import type { Facts } from "../store/records.ts";
import { type Address, type Edge, EdgeError } from "./edge.ts";
import { down, type Finding, unknown } from "./finding.ts";
import type { Resolver } from "./resolver.ts";
import { type Question, standing, truncated } from "./wire.ts";

/** What to carry, and where. What is worth keeping of the way is added to `facts`. */
export type Errand<T> = {
  question: Question;
  resolver: Resolver;
  edge: Edge;
  signal: AbortSignal;
  facts: Facts;
  /** Told once what came back: the bytes, and ms from the question's leaving. */
  tell: (message: Uint8Array, tookMs: number) => T;
  /** Finds the address of a DoH server's own name. */
  find: (host: string) => Promise<Finding>;
};

/** What was told, or what can be said without an answer. */
export function carry<T>(errand: Errand<T>): Promise<T | Finding> {
  switch (errand.resolver.transport) {
    case "udp":
      return datagram(errand, errand.resolver.address);
    case "tcp":
      return stream(errand, errand.resolver.address).catch((error) => unheard(error, errand.facts));
    case "https":
      return overHttps(errand, errand.resolver.url).catch((error) => unheard(error, errand.facts));
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

function datagram<T>(errand: Errand<T>, to: Address): Promise<T | Finding> {
  const { question, edge, signal, facts, tell } = errand;
  let strays = 0;
  const accept = (message: Uint8Array) => {
    if (standing(message, question) === "answer") return true;
    facts.strays = ++strays; // kept even when the true answer comes: someone may be guessing
    return false;
  };
  return edge.udp(question.bytes, to, accept, signal).then(
    ({ message, tookMs }) => (truncated(message) ? afterCut(errand, to, tookMs) : tell(message, tookMs)),
    (error) => unheard(error, facts),
  );
}

/** The whole answer took as long as both. */
async function afterCut<T>(errand: Errand<T>, to: Address, udpMs: number): Promise<T | Finding> {
  const { facts, tell } = errand;
  facts.transport = "tcp";
  facts.udp = "truncated";
  try {
    return await stream({ ...errand, tell: (message, tookMs) => tell(message, udpMs + tookMs) }, to);
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    return down("truncated", null, { ...facts, tcp: error.fault });
  }
}

async function stream<T>({ question, edge, signal, tell }: Errand<T>, to: Address): Promise<T> {
  const began = edge.clock();
  const message = await edge.tcp(question.bytes, to, signal);
  return tell(message, edge.clock() - began);
}

const messageBytesMax = 65_535;

/** RFC 8484 section 4.1: the question in the URL, so that caches on the way may help. */
async function overHttps<T>(
  { question, edge, signal, facts, tell, find }: Errand<T>,
  server: URL,
): Promise<T | Finding> {
  const began = edge.clock();
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
  return tell(answer.body, edge.clock() - began);
}

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
