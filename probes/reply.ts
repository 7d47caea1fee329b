/** probes · the wire. Reads a DNS reply. Every record must end where it says, or the whole is refused, because the
 *  `dns-packet` codec trusts lengths it reads. Of a sound reply only what is told is decoded, field by field through
 *  the codec; a record of any other kind is decoded to see that it can be. */
import { Buffer } from "node:buffer";
import * as packet from "dns-packet";
import { plain, type Question } from "./wire.ts";

declare module "dns-packet" {
  // the codec's parts, which its types leave out
  type Part<T> = { decode(bytes: Buffer, at: number): T };
  export const name: Part<string>;
  export const a: Part<string>;
  export const aaaa: Part<string>;
  export const answer: Part<unknown>;
}

export type ResourceRecord = { name: string; type: string; ttlSeconds: number; data: string };

/** A reply, read: names in lower case, only records of class IN. */
export type Reply = {
  rcode: string; // "noerror", "nxdomain"… by name, or "rcode-17"
  flags: string[]; // of aa, tc, rd, ra, ad, cd
  answers: ResourceRecord[]; // A, AAAA, CNAME and NS
  delegates: boolean; // it names other servers to ask
  referral: { zone: string; server: string }[]; // those, and the zone they serve
  serial: number | null; // of the SOA that came with a negative answer
  ede: { code: number; text: string } | null; // RFC 8914; the first of them
};

/** Reads a reply; null when it breaks the format of RFC 1035 or RFC 6891. `question`: the one that it is known to
 *  repeat. */
export function read(message: Uint8Array, question?: Question): Reply | null {
  const bytes =
    message instanceof Buffer ? message : Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const known = question && count(bytes, 4) === 1 ? question.name : null;
  const told: Told = { answers: [], referral: [], serial: null, opts: 0, rcodeHigh: 0, ede: null };
  try {
    if (
      walk(bytes, (section, at, data, end) => take(told, bytes, known, section, at, data, end)) !==
      bytes.length
    )
      return null;
  } catch {
    return null; // the codec throws on what it cannot read
  }
  if (told.opts > 1) return null; // RFC 6891 section 6.1.1
  const isNegative = told.serial !== null;
  return {
    rcode: rcodeName((told.rcodeHigh << 4) | ((bytes[3] ?? 0) & 0x0f)),
    flags: flagsOf(count(bytes, 2)),
    answers: told.answers,
    delegates: told.referral.length > 0 && !isNegative,
    referral: isNegative ? [] : told.referral,
    serial: told.serial,
    ede: told.ede,
  };
}

// ---- record by record ------------------------------------------------------------------------------------

type Told = Pick<Reply, "answers" | "referral" | "serial" | "ede"> & { opts: number; rcodeHigh: number };
const sections = { answer: 0, authority: 1, additional: 2 };
const types: { [code: number]: string } = { 1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 28: "AAAA", 41: "OPT" };

/** `at` is where a record begins, `data` and `end` where its data does and ends. */
function take(
  told: Told,
  bytes: Buffer,
  known: string | null,
  section: number,
  at: number,
  data: number,
  end: number,
) {
  const type = types[count(bytes, data - 10)];
  if (type === "OPT" && section === sections.additional) return takeOpt(told, bytes, at, data, end);
  const isIn = count(bytes, data - 8) === 1; // 32769 is IN with mDNS's flush bit, and so is not
  if (type === undefined || type === "OPT" || !isIn) {
    packet.answer.decode(bytes, at);
    return;
  }
  if (type === "SOA") {
    const serial = nameEnd(bytes, nameEnd(bytes, data));
    if (serial < 0 || serial + 20 !== end) throw new Error("an SOA that does not fit");
    if (section === sections.authority) told.serial ??= bytes.readUInt32BE(serial);
    return;
  }
  if ((type === "CNAME" || type === "NS") && nameEnd(bytes, data) !== end)
    throw new Error("a name that does not fit");
  if (section === sections.additional || (section === sections.authority && type !== "NS")) return;
  const repeats = known !== null && count(bytes, at) === 0xc00c; // points to the question's name, which is known
  const name = repeats ? known : plain(packet.name.decode(bytes, at));
  if (section === sections.authority) {
    told.referral.push({ zone: name, server: plain(packet.name.decode(bytes, data)) });
    return;
  }
  const ttl = bytes.readUInt32BE(data - 6);
  told.answers.push({
    name,
    type,
    ttlSeconds: ttl > 0x7fff_ffff ? 0 : ttl, // RFC 2181 section 8
    data:
      type === "A"
        ? packet.a.decode(bytes, data - 2) // it begins with the length
        : type === "AAAA"
          ? packet.aaaa.decode(bytes, data - 2)
          : plain(packet.name.decode(bytes, data)),
  });
}

const edeOption = 15; // RFC 8914 section 2: two bytes of code, the rest is text

function takeOpt(told: Told, bytes: Buffer, at: number, data: number, end: number) {
  if (bytes[at] !== 0) throw new Error("an OPT record with a name"); // RFC 6891 section 6.1.2
  told.opts++;
  told.rcodeHigh = bytes[data - 6] ?? 0;
  let next = data;
  while (next + 4 <= end) {
    const [code, length] = [count(bytes, next), count(bytes, next + 2)];
    next += 4 + length;
    if (code !== edeOption || length < 2 || next > end || told.ede) continue;
    const text = bytes.toString("utf8", next - length + 2, next).replace(/\0+$/, "");
    told.ede = { code: count(bytes, next - length), text };
  }
  if (next !== end) throw new Error("options that do not fit");
}

const flagBits = Object.entries({ aa: 0x400, tc: 0x200, rd: 0x100, ra: 0x80, ad: 0x20, cd: 0x10 });
const flagsSeen = new Map<number, string[]>(); // 64 at most
function flagsOf(bits: number): string[] {
  const those = bits & 0x7b0;
  const known = flagsSeen.get(those) ?? flagBits.flatMap(([flag, bit]) => (those & bit ? [flag] : []));
  flagsSeen.set(those, known);
  return known;
}

/** IANA's DNS RCODEs, in our spelling. */
const rcodes = [
  "noerror",
  "formerr",
  "servfail",
  "nxdomain",
  "notimp",
  "refused",
  "yxdomain",
  "yxrrset",
  "nxrrset",
  "notauth",
  "notzone",
];
const rcodeName = (code: number) => (code === 16 ? "badvers" : (rcodes[code] ?? `rcode-${code}`));

// ---- walking ---------------------------------------------------------------------------------------------

/** Two bytes as a number. */
const count = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const fixedBytes: { [type: number]: number } = { 1: 4, 28: 16 }; // A and AAAA: the codec never looks at their length

/** Where a well-formed message ends, after a visit to each of its records; -1 when it isn't one. */
function walk(
  message: Uint8Array,
  visit: (section: number, at: number, data: number, end: number) => void,
): number {
  if (message.length < 12) return -1;
  let at = 12;
  for (let i = count(message, 4); i > 0; i--) {
    at = nameEnd(message, at);
    if (at < 0 || at + 4 > message.length) return -1;
    at += 4;
  }
  for (let section = 0; section < 3; section++) {
    for (let i = count(message, 6 + section * 2); i > 0; i--) {
      const data = nameEnd(message, at) + 10;
      if (data < 10 || data > message.length) return -1;
      const length = count(message, data - 2);
      const fixed = fixedBytes[count(message, data - 10)];
      if ((fixed !== undefined && fixed !== length) || data + length > message.length) return -1;
      visit(section, at, data, data + length);
      at = data + length;
    }
  }
  return at;
}

const jumpsMax = 127; // a name has no more labels than that, so no more pointers either

/** Where a name ends that begins at `start`; -1 when it doesn't within the message. */
function nameEnd(message: Uint8Array, start: number): number {
  if (start < 0) return -1;
  let end = -1;
  let jumps = 0;
  for (let at = start; ; ) {
    const length = message[at];
    if (length === undefined) return -1;
    if (length === 0) return end < 0 ? at + 1 : end;
    if (length < 0x40) {
      at += 1 + length;
      continue;
    }
    const low = message[at + 1];
    if (length < 0xc0 || low === undefined) return -1;
    if (end < 0) end = at + 2;
    const to = ((length & 0x3f) << 8) | low;
    if (to >= at || ++jumps > jumpsMax) return -1; // only backwards: no loops
    at = to;
  }
}
