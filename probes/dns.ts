/** probes · DNS. Asks one resolver for one name and one type, on the wire. No retry: it would hide what we came to
 *  see. A resolver's own lookup would tell a missing name from an empty answer only sometimes, and never why. */
import type { DnsTarget, Facts } from "../store/records.ts";
import { carry } from "./carry.ts";
import type { Edge } from "./edge.ts";
import { down, type Finding, type Probe, unknown, up } from "./finding.ts";
import { type Reply, type ResourceRecord, read } from "./reply.ts";
import { parseResolver } from "./resolver.ts";
import { ask, type Question, standing } from "./wire.ts";

/** Reasons when down: `nxdomain`, `nodata` (NOERROR without an address of the asked type, also at the end of a
 *  CNAME chain), `servfail`, `refused`, `formerr` and other rcodes by name, `bogus` (SERVFAIL that RFC 8914 puts down
 *  to DNSSEC), `lame` (it neither answers nor recurses but points elsewhere; or it is one of the zone's own servers and
 *  answers without authority), `truncated` (and no TCP to read the
 *  rest), `malformed`, `timeout`,
 *  `connection-reset`, or a DoH server's `status-…`. When unknown: `unreachable`. */
export const dns: Probe<DnsTarget> = (target, edge, signal) => {
  try {
    const resolver = parseResolver(target.resolver ?? edge.resolver);
    const { authority, transport } = resolver;
    const id = transport === "https" ? 0 : edge.random16(); // RFC 8484: 0, for caches' sake
    const question = ask(target.name, target.type, id, { recurse: !authority });
    const facts: Facts = { name: question.name, type: question.type, resolver: resolver.text, transport };
    const find = (host: string) => bootstrap({ ...target, name: host, type: "A" }, edge, signal);
    const tell = (message: Uint8Array, tookMs: number): Finding => {
      const reply = standing(message, question) === "answer" ? read(message, question) : null; // TCP has no strays to drop
      return reply ? judge(question, reply, authority, tookMs, facts) : down("malformed", tookMs, facts);
    };
    return carry({ question, resolver, edge, signal, facts, tell, find });
  } catch (error) {
    return Promise.reject(error); // a name or a name server that cannot be asked
  }
};

/** A DoH server's own name, asked of the vantage point's resolver, as long as that one needs no name itself. */
async function bootstrap(target: DnsTarget, edge: Edge, signal: AbortSignal): Promise<Finding> {
  if (parseResolver(edge.resolver).transport === "https") return unknown("unreachable", null, {});
  return dns({ ...target, resolver: edge.resolver }, edge, signal);
}

/** `way`: facts of how the reply came. */
function judge(question: Question, reply: Reply, authority: boolean, tookMs: number, way: Facts): Finding {
  const { rcode, flags, serial, ede } = reply;
  const { chain, addresses, ttlSeconds } = follow(question, reply);
  const facts: Facts = { ...way, rcode: rcode.toUpperCase(), flags, addresses, ttlSeconds, chain };
  if (serial !== null) facts.serial = serial;
  if (ede) {
    facts.edeCode = ede.code;
    facts.edeText = ede.text;
  }
  if (rcode === "servfail" && isDnssec(ede)) return down("bogus", tookMs, facts);
  if (rcode !== "noerror") return down(rcode, tookMs, facts);
  if (authority && !flags.includes("aa")) return down("lame", tookMs, facts);
  if (addresses.length > 0) return up(tookMs, facts);
  const helps = flags.includes("aa") || flags.includes("ra");
  if (!helps && chain.length === 0 && reply.delegates) return down("lame", tookMs, facts);
  return down("nodata", tookMs, facts);
}

/** RFC 8914: 6 bogus, 7 and 8 signature out of its time, 9–12 something needed for the proof is missing. */
const isDnssec = (ede: Reply["ede"]) => ede !== null && ede.code >= 6 && ede.code <= 12;

/** Goes along the CNAMEs from the name asked for; only addresses at the end of that chain are an answer to it. */
function follow(question: Question, { answers }: Reply) {
  const chain: string[] = [];
  const addresses: string[] = [];
  let at = question.name;
  let ttlSeconds: number | null = null;
  const counts = (record: ResourceRecord) => {
    ttlSeconds = Math.min(record.ttlSeconds, ttlSeconds ?? record.ttlSeconds);
  };
  for (;;) {
    const alias = answers.find((record) => record.type === "CNAME" && record.name === at);
    if (!alias || alias.data === question.name || chain.includes(alias.data)) break; // a loop leads nowhere
    counts(alias);
    chain.push(alias.data);
    at = alias.data;
  }
  for (const record of answers) {
    if (record.type !== question.type || record.name !== at) continue;
    counts(record);
    addresses.push(record.data);
  }
  return { chain, addresses, ttlSeconds };
}
