/** probes · the wire. DNS messages, through the `dns-packet` codec. The codec trusts lengths it reads, so a message
 *  is walked first: every record must end where it says, or the whole is refused. */
import { Buffer } from "node:buffer";
import * as packet from "dns-packet";
import { BadInput } from "../store/records.ts";

/** What goes out: the message and what a reply to it must repeat. */
export type Question = { id: number; name: string; type: "A" | "AAAA" | "NS"; bytes: Uint8Array };

/** Bytes a resolver may send in one datagram: fits every path's MTU (RFC 9715, DNS flag day 2020). */
const ednsBytes = 1232;

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

/** One question with EDNS(0), and AD set to be told whether data were validated (RFC 6840 section 5.7). A zone's own
 *  servers are asked without `recurse`. */
export function ask(name: string, type: Question["type"], id: number, { recurse = true } = {}): Question {
  const bytes = packet.encode({
    type: "query",
    id,
    flags: (recurse ? packet.RECURSION_DESIRED : 0) | packet.AUTHENTIC_DATA,
    questions: [{ type, name: checked(name), class: "IN" }],
    additionals: [
      {
        type: "OPT",
        name: ".",
        udpPayloadSize: ednsBytes,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
  return { id, name: plain(name), type, bytes };
}

/** A name's one spelling: lower case, no dot at the end. */
export const plain = (name: string) => name.toLowerCase().replace(/(?<=.)\.$/, "");

/** Whether a text can be asked as a name: labels of 1–63 letters, digits, hyphens or underscores, 253 in all. */
export function isName(text: string): boolean {
  const name = plain(text);
  return name.length <= 253 && name.split(".").every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
}

function checked(name: string): string {
  if (!isName(name))
    throw new BadInput(`Cannot ask for a name: expected a DNS name; got ${JSON.stringify(name)}`);
  return name;
}

/** How a message stands to a question, before anything in it is believed. `stray`: not an answer to it, and may be
 *  forged; keep waiting (RFC 5452 section 9.1). */
export function standing(message: Uint8Array, question: Question): "answer" | "stray" {
  if (message.length < 12) return "stray";
  const view = viewOf(message);
  if (view.getUint16(0) !== question.id || (view.getUint8(2) & 0x80) === 0) return "stray";
  const asked = questionBytes(question.bytes);
  switch (view.getUint16(4)) {
    case 0: // servers that cannot read a question need not repeat it
      return (view.getUint8(3) & 0x0f) === 0 ? "stray" : "answer";
    case 1:
      return asked.every((byte, i) => lower(message[12 + i]) === lower(byte)) ? "answer" : "stray";
    default:
      return "stray";
  }
}

/** Whether a server cut its answer short, and wants to be asked over TCP. */
export const truncated = (message: Uint8Array): boolean => ((message[2] ?? 0) & 0x02) !== 0;

/** Reads a reply; null when it breaks the format of RFC 1035 or RFC 6891. */
export function read(message: Uint8Array): Reply | null {
  if (walk(message) !== message.length) return null;
  try {
    return told(packet.decode(Buffer.from(message.buffer, message.byteOffset, message.byteLength)), message);
  } catch {
    return null; // the codec throws on what it cannot read
  }
}

// ---- from the codec's words to ours ----------------------------------------------------------------------

const flagNames = ["aa", "tc", "rd", "ra", "ad", "cd"] as const;

const isTold = (record: packet.Answer): record is packet.StringAnswer =>
  record.type === "A" || record.type === "AAAA" || record.type === "CNAME" || record.type === "NS";

function told(decoded: packet.DecodedPacket, message: Uint8Array): Reply {
  const opts = (decoded.additionals ?? []).filter((record) => record.type === "OPT");
  if (opts.length > 1) throw new Error("more than one OPT record"); // RFC 6891 section 6.1.1
  const opt = opts[0];
  const answers: ResourceRecord[] = [];
  for (const record of decoded.answers ?? []) {
    if (!isTold(record) || record.class !== "IN" || record.flush) continue; // class 32769 is IN with mDNS's flush bit
    const ttl = record.ttl ?? 0;
    const ttlSeconds = ttl > 0x7fff_ffff ? 0 : ttl; // RFC 2181 section 8
    const isAddress = record.type === "A" || record.type === "AAAA";
    const data = isAddress ? record.data : plain(record.data);
    answers.push({ name: plain(record.name), type: record.type, ttlSeconds, data });
  }
  const authorities = decoded.authorities ?? [];
  const soa = authorities.find((record) => record.type === "SOA");
  return {
    rcode: rcodeName(((opt?.extendedRcode ?? 0) << 4) | ((message[3] ?? 0) & 0x0f)),
    flags: flagNames.filter((flag) => decoded[`flag_${flag}`]),
    answers,
    delegates: authorities.some((record) => record.type === "NS") && !soa,
    referral: soa
      ? []
      : authorities.flatMap((record) =>
          record.type === "NS" ? [{ zone: plain(record.name), server: plain(record.data) }] : [],
        ),
    serial: soa?.data.serial ?? null,
    ede: opt ? extendedError(opt.options) : null,
  };
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

const edeOption = 15; // RFC 8914 section 2: two bytes of code, the rest is text

function extendedError(options: packet.PacketOpt[]): Reply["ede"] {
  for (const { code, data } of options as { code: number; data?: Uint8Array }[]) {
    if (code !== edeOption || !data || data.length < 2) continue;
    const text = new TextDecoder().decode(data.subarray(2)).replace(/\0+$/, "");
    return { code: viewOf(data).getUint16(0), text };
  }
  return null;
}

// ---- walking ---------------------------------------------------------------------------------------------

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const questionBytes = (message: Uint8Array) => message.subarray(12, 12 + message.subarray(12).indexOf(0) + 5);
const lower = (byte: number | undefined) =>
  byte !== undefined && byte >= 65 && byte <= 90 ? byte + 32 : byte;

const fixedBytes: { [type: number]: number } = { 1: 4, 28: 16 }; // A and AAAA: the codec never looks at their length

/** Where a well-formed message ends; -1 when it isn't one. */
function walk(message: Uint8Array): number {
  if (message.length < 12) return -1;
  const view = viewOf(message);
  let at = 12;
  for (let i = view.getUint16(4); i > 0; i--) {
    at = nameEnd(message, at);
    if (at < 0 || at + 4 > message.length) return -1;
    at += 4;
  }
  for (let i = view.getUint16(6) + view.getUint16(8) + view.getUint16(10); i > 0; i--) {
    at = nameEnd(message, at);
    if (at < 0 || at + 10 > message.length) return -1;
    const length = view.getUint16(at + 8);
    const fixed = fixedBytes[view.getUint16(at)];
    if (fixed !== undefined && fixed !== length) return -1;
    at += 10 + length;
    if (at > message.length) return -1;
  }
  return at;
}

const jumpsMax = 127; // a name has no more labels than that, so no more pointers either

function nameEnd(message: Uint8Array, start: number): number {
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
