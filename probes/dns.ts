/** probes · DNS. Asks one resolver for one name and one type, on the wire. No retry: it would hide what we came to
 *  see. A resolver's own lookup would tell a missing name from an empty answer only sometimes, and never why. */
import type { DnsTarget, Facts } from "../store/records.ts";
import { type Edge, EdgeError } from "./edge.ts";
import { down, type Finding, type Probe, unknown, up } from "./finding.ts";
import { parseResolver, type Resolver, writeResolver } from "./resolver.ts";
import { ask, plain, type Question, type Reply, read, standing, truncated } from "./wire.ts";

/** Reasons when down: `nxdomain`, `nodata` (NOERROR without an address of the asked type, also at the end of a
 *  CNAME chain), `servfail`, `refused`, `formerr` and other rcodes by name, `bogus` (SERVFAIL that RFC 8914 puts down
 *  to DNSSEC), `lame` (it neither answers nor recurses but points elsewhere), `truncated` (and no TCP to read the
 *  rest), `malformed`, `timeout`. When unknown: `unreachable`. */
export const dns: Probe<DnsTarget> = async (target, edge, signal) => {
  const resolver = parseResolver(target.resolver ?? edge.resolver);
  const question = ask(target.name, target.type, edge.random16());
  const began = edge.clock();
  const facts: Facts = { name: question.name, type: target.type, resolver: writeResolver(resolver) };
  const heard = await exchange(question, resolver, edge, signal, facts);
  if (!(heard instanceof Uint8Array)) return heard;
  const latencyMs = edge.clock() - began;
  const reply = standing(heard, question) === "answer" ? read(heard) : null; // TCP has no strays to drop
  return reply ? judge(question, reply, latencyMs, facts) : down("malformed", latencyMs, facts);
};

/** The reply's bytes, over UDP or, when that was cut short, over TCP; or what can be said without them. */
async function exchange(
  question: Question,
  { transport, address }: Resolver,
  edge: Edge,
  signal: AbortSignal,
  facts: Facts,
): Promise<Uint8Array | Finding> {
  facts.transport = transport;
  if (transport === "tcp") return edge.tcp(question.bytes, address, signal).catch((e) => unheard(e, facts));
  let strays = 0;
  const accept = (message: Uint8Array) => {
    if (standing(message, question) === "answer") return true;
    facts.strays = ++strays; // kept even when the true answer comes: someone may be guessing
    return false;
  };
  const heard = await edge.udp(question.bytes, address, accept, signal).catch((e) => unheard(e, facts));
  if (!(heard instanceof Uint8Array) || !truncated(heard)) return heard;
  facts.transport = "tcp";
  facts.udp = "truncated";
  return edge.tcp(question.bytes, address, signal).catch((error) => {
    if (!(error instanceof EdgeError)) throw error;
    return down("truncated", null, { ...facts, tcp: error.fault });
  });
}

/** No answer in time is the resolver's doing; a packet that never left, or that nobody received, says nothing of it. */
function unheard(error: unknown, facts: Facts): Finding {
  if (!(error instanceof EdgeError)) throw error;
  if (error.fault === "timeout") return down("timeout", null, facts);
  if (error.fault === "connection-reset") return down("connection-reset", null, facts);
  return unknown("unreachable", null, { ...facts, fault: error.fault });
}

function judge(question: Question, reply: Reply, latencyMs: number, about: Facts): Finding {
  const { chain, addresses, ttlSeconds } = follow(question, reply);
  const facts: Facts = {
    ...about,
    rcode: reply.rcode.toUpperCase(),
    flags: reply.flags,
    addresses,
    ttlSeconds,
    chain,
    ...(reply.serial === null ? {} : { serial: reply.serial }),
    ...(reply.ede ? { edeCode: reply.ede.code, edeText: reply.ede.text } : {}),
  };
  if (reply.rcode === "servfail" && isDnssec(reply.ede)) return down("bogus", latencyMs, facts);
  if (reply.rcode !== "noerror") return down(reply.rcode, latencyMs, facts);
  if (addresses.length > 0) return up(latencyMs, facts);
  const helps = reply.flags.includes("aa") || reply.flags.includes("ra");
  if (!helps && chain.length === 0 && reply.delegates) return down("lame", latencyMs, facts);
  return down("nodata", latencyMs, facts);
}

/** RFC 8914: 6 bogus, 7 and 8 signature out of its time, 9–12 something needed for the proof is missing. */
const isDnssec = (ede: Reply["ede"]) => ede !== null && ede.code >= 6 && ede.code <= 12;

/** Goes along the CNAMEs from the name asked for; only addresses at the end of that chain are an answer to it. */
function follow(question: Question, { answers }: Reply) {
  const seen = new Set([plain(question.name)]);
  const ttls: number[] = [];
  let at = question.name;
  for (;;) {
    const alias = answers.find((record) => record.type === "CNAME" && record.name === at);
    if (!alias || seen.has(alias.data)) break; // a loop leads nowhere
    seen.add(alias.data);
    ttls.push(alias.ttlSeconds);
    at = alias.data;
  }
  const found = answers.filter((record) => record.type === question.type && record.name === at);
  ttls.push(...found.map((record) => record.ttlSeconds));
  return {
    chain: [...seen].slice(1),
    addresses: found.map((record) => record.data),
    ttlSeconds: ttls.length ? Math.min(...ttls) : null,
  };
}
