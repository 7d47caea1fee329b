/** probes · names to addresses. A URL's host is asked for on the wire like any other name, so an endpoint that cannot
 *  be found says why. */
import { isIP } from "node:net";
import type { Facts } from "../store/records.ts";
import { dns } from "./dns.ts";
import type { Edge } from "./edge.ts";
import { down, type Finding, unknown } from "./finding.ts";

export type Place = { host: string; addresses: string[]; dnsMs: number | null };

/** IPv4 first, IPv6 when the name has none; with `every` both, and then each question must have its answer. A finding
 *  instead when there is no address to go to. */
export async function lookup(
  host: string,
  resolver: string | undefined,
  edge: Edge,
  signal: AbortSignal,
  facts: Facts,
  every = false,
): Promise<Place | Finding> {
  const literal = host.replace(/^\[|\]$/g, "");
  if (isIP(literal)) return { host: literal, addresses: [literal], dnsMs: null };
  const began = edge.clock();
  const about = {
    id: host,
    service: host,
    region: "global",
    purpose: "service",
    kind: "dns",
    name: host,
  } as const;
  const where = resolver === undefined ? {} : { resolver };
  const askFor = (type: "A" | "AAAA") => dns({ ...about, ...where, type }, edge, signal);
  const [four, six] = every
    ? await Promise.all([askFor("A"), askFor("AAAA")])
    : await askFor("A").then(async (a) => [a, a.reason === "nodata" ? await askFor("AAAA") : null] as const);
  const dnsMs = edge.clock() - began;
  const both = [four, six].filter((one) => one !== null);
  const failed = every ? both.find((one) => one.verdict !== "up" && one.reason !== "nodata") : undefined;
  const addresses = both.flatMap((one) => (one.verdict === "up" ? (one.facts.addresses as string[]) : []));
  if (!failed && addresses.length > 0) return { host, addresses, dnsMs };
  const found = failed ?? four;
  if (found.verdict === "up") throw new TypeError("an answer that is up has an address");
  const why = { ...facts, ...found.facts, step: "dns" };
  if (found.verdict === "unknown") return unknown(found.reason, null, why);
  return down(found.reason, null, why);
}
