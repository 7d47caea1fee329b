/** probes · names to addresses. A URL's host is asked for on the wire like any other name, so an endpoint that cannot
 *  be found says why. */
import { isIP } from "node:net";
import type { Facts } from "../store/records.ts";
import { dns } from "./dns.ts";
import type { Edge } from "./edge.ts";
import { down, type Finding, unknown } from "./finding.ts";

export type Place = { host: string; addresses: string[]; dnsMs: number | null };

/** IPv4 first, IPv6 when the name has none. A finding instead when there is no address to go to. */
export async function lookup(
  host: string,
  resolver: string | undefined,
  edge: Edge,
  signal: AbortSignal,
  facts: Facts,
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
  const four = await dns({ ...about, ...where, type: "A" }, edge, signal);
  const six = four.reason === "nodata" ? await dns({ ...about, ...where, type: "AAAA" }, edge, signal) : null;
  const found = six?.verdict === "up" ? six : four;
  const dnsMs = edge.clock() - began;
  if (found.verdict === "up") return { host, addresses: found.facts.addresses as string[], dnsMs };
  const why = { ...facts, ...found.facts, step: "dns" };
  if (found.verdict === "unknown") return unknown(found.reason, null, why);
  return down(found.reason, null, why);
}
