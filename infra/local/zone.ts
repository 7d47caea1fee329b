/** infra/local · pure. What an authoritative name server says to a question: the zones it serves, the names in
 *  them, and the four ways to have nothing. Negative answers follow RFC 2308: the SOA comes along, its TTL the
 *  time that "nothing" may be kept. */
import type { Answer } from "dns-packet";

/** What a name has: addresses, or a failure it was told to show. `nodata` is NOERROR without an answer. */
export type Entry = { addresses: readonly string[]; ttlS: number } | "nodata" | "nxdomain" | "servfail";

export type Zone = {
  /** Lower case, without a trailing dot. */
  apex: string;
  negativeTtlS: number;
  /** Names in lower case. A function is asked afresh for every question. */
  entries: ReadonlyMap<string, () => Entry>;
};

export type Said = {
  rcode: "NOERROR" | "NXDOMAIN" | "SERVFAIL" | "REFUSED";
  authoritative: boolean;
  answers: Answer[];
  authorities: Answer[];
};

/** The answer to `name` (lower case) and `type` such as `A`. A name outside every zone is refused. */
export function say(zones: readonly Zone[], name: string, type: string): Said {
  const zone = zones
    .filter((z) => name === z.apex || name.endsWith(`.${z.apex}`))
    .sort((a, b) => b.apex.length - a.apex.length)[0];
  if (!zone || type === "AXFR" || type === "IXFR")
    return { rcode: "REFUSED", authoritative: false, answers: [], authorities: [] };
  const found = entryOf(zone, name);
  if (found === "servfail") return { rcode: "SERVFAIL", authoritative: false, answers: [], authorities: [] };
  const answers = found === "nxdomain" ? [] : recordsOf(zone, name, type, found);
  return {
    rcode: found === "nxdomain" ? "NXDOMAIN" : "NOERROR",
    authoritative: true,
    answers,
    authorities: answers.length > 0 ? [] : [soa(zone)],
  };
}

function entryOf(zone: Zone, name: string): Entry {
  const entry = zone.entries.get(name);
  if (entry) return entry();
  const above = [...zone.entries.keys()].some((known) => known.endsWith(`.${name}`)); // RFC 8020: it exists
  return above || name === zone.apex || name === nameServerOf(zone) ? "nodata" : "nxdomain";
}

function recordsOf(zone: Zone, name: string, type: string, entry: Entry): Answer[] {
  const records: Answer[] = [];
  const wants = (kind: string) => type === kind || type === "ANY";
  if (name === zone.apex && wants("SOA")) records.push(soa(zone));
  if (name === zone.apex && wants("NS"))
    records.push({ type: "NS", name, ttl: zone.negativeTtlS, data: nameServerOf(zone) });
  if (name === nameServerOf(zone) && wants("A"))
    records.push({ type: "A", name, ttl: zone.negativeTtlS, data: "127.0.0.1" });
  if (typeof entry === "object" && wants("A"))
    for (const data of entry.addresses) records.push({ type: "A", name, ttl: entry.ttlS, data });
  return records;
}

const nameServerOf = (zone: Zone) => `ns1.${zone.apex}`;

const soa = (zone: Zone): Answer => ({
  type: "SOA",
  name: zone.apex,
  ttl: zone.negativeTtlS,
  data: {
    mname: nameServerOf(zone),
    rname: `hostmaster.${zone.apex}`,
    serial: 1, // the zones change by rule, not by transfer
    refresh: 7_200,
    retry: 900,
    expire: 1_209_600,
    minimum: zone.negativeTtlS,
  },
});
