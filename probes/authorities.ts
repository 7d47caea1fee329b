/** probes · DNS. Who serves a name's zone? Found through the vantage point's own resolver, so that each of those
 *  servers can then be asked by itself: a resolver's cache hides which of them is ill. */
import type { DnsTarget } from "../store/records.ts";
import { carry } from "./carry.ts";
import { dns } from "./dns.ts";
import type { Edge } from "./edge.ts";
import { unknown } from "./finding.ts";
import { type Reply, read } from "./reply.ts";
import { parseResolver, writeResolver } from "./resolver.ts";
import { ask, plain, standing } from "./wire.ts";

export type Authorities = {
  zone: string;
  /** Its servers as resolvers to ask, `auth://…`, by their names; without those whose address was not found. */
  servers: { name: string; resolver: string }[];
};

const serversMax = 13; // as many as the root has; a zone that lists more is asked in part

/** The zone a name lies in, by asking for NS from the name upwards. Null when none was found below the root. `port` is
 *  where the servers listen. */
export async function authorities(
  name: string,
  edge: Edge,
  signal: AbortSignal,
  port = 53,
): Promise<Authorities | null> {
  const labels = plain(name).split(".");
  for (let i = 0; i < labels.length; i++) {
    const zone = labels.slice(i).join(".");
    const servers = await serversOf(zone, edge, signal);
    if (servers.length === 0) continue;
    const found = await Promise.all(servers.map((server) => addressesOf(server, edge, signal)));
    return {
      zone,
      servers: servers.flatMap((server, s) =>
        (found[s] ?? []).map((host) => ({
          name: server,
          resolver: writeResolver({ transport: "udp", authority: true, address: { host, port } }),
        })),
      ),
    };
  }
  return null;
}

/** How the parent's list of a zone's servers differs from the zone's own, which RFC 1034 section 4.2.2 wants to be the
 *  same: users may be sent to servers that are gone, or never to those that were added. Null when they agree, or when
 *  one of them was not heard. */
export async function delegationFault(
  zone: string,
  edge: Edge,
  signal: AbortSignal,
  port = 53,
): Promise<string | null> {
  const above = zone.split(".").slice(1).join(".");
  const [own, parent] = await Promise.all([
    serversOf(zone, edge, signal),
    above === "" ? null : authorities(above, edge, signal, port),
  ]);
  if (own.length === 0) return null;
  for (const { resolver } of parent?.servers ?? []) {
    const reply = await nameServers(zone, resolver, edge, signal);
    const theirs = (reply?.referral ?? [])
      .flatMap((one) => (one.zone === zone ? [one.server] : []))
      .toSorted();
    if (theirs.length === 0) continue;
    if (theirs.join() === own.join()) return null;
    return `${zone}: its parent sends to ${theirs.join(", ")}; the zone itself names ${own.join(", ")}`;
  }
  return null;
}

async function nameServers(zone: string, of: string, edge: Edge, signal: AbortSignal): Promise<Reply | null> {
  const resolver = parseResolver(of);
  const question = ask(zone, "NS", edge.random16(), { recurse: !resolver.authority });
  const tell = (message: Uint8Array) => (standing(message, question) === "answer" ? read(message) : null);
  const find = async () => unknown("unreachable", null, {});
  const heard = await carry({ question, resolver, edge, signal, facts: {}, tell, find });
  return heard && "verdict" in heard ? null : heard;
}

async function serversOf(zone: string, edge: Edge, signal: AbortSignal): Promise<string[]> {
  const answers = (await nameServers(zone, edge.resolver, edge, signal))?.answers ?? [];
  return answers
    .filter((record) => record.type === "NS" && record.name === zone)
    .map((record) => record.data)
    .toSorted()
    .slice(0, serversMax);
}

async function addressesOf(name: string, edge: Edge, signal: AbortSignal): Promise<string[]> {
  const about = { id: name, service: name, region: "global", purpose: "service", kind: "dns", name } as const;
  const { facts } = await dns({ ...about, type: "A" } satisfies DnsTarget, edge, signal);
  return Array.isArray(facts.addresses) ? facts.addresses : [];
}
