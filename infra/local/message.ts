/** infra/local · pure. One DNS message in, one out, whatever the bytes. The question goes back exactly as it came,
 *  byte for byte, since a text codec cannot carry every label (RFC 1035 allows any octet). */
import * as packet from "dns-packet";
import { type Said, say, type Zone } from "./zone.ts";

/** Largest answer over UDP: what fits an Ethernet path without fragments (DNS Flag Day 2020). */
const udpBytesMax = 1_232;
const plainUdpBytesMax = 512; // without EDNS (RFC 1035)
const headerBytes = 12;

const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const badVersion = 1; // BADVERS is 16: this goes into the upper eight bits, 0 into the header (RFC 6891)

/** The answer to a message; null for what must not be answered: a scrap, or an answer itself. */
export function reply(query: Uint8Array, zones: readonly Zone[], over: "udp" | "tcp"): Buffer | null {
  const bytes = Buffer.from(query.buffer, query.byteOffset, query.byteLength);
  if (bytes.length < headerBytes || bytes.readUInt16BE(2) & 0x8000) return null;
  const opcode = (bytes.readUInt16BE(2) >> 11) & 0xf;
  if (opcode !== 0) return build(bytes, { rcode: "NOTIMP" });
  const asked = read(bytes);
  if (!asked) return build(bytes, { rcode: "FORMERR" });
  const { question, edns } = asked;
  const opt = edns.present ? { extendedRcode: edns.version > 0 ? badVersion : 0 } : undefined;
  if (edns.version > 0) return build(bytes, { rcode: "NOERROR", question: question.bytes, opt });
  if (question.class !== "IN") return build(bytes, { rcode: "REFUSED", question: question.bytes, opt });

  const said = say(zones, question.name, question.type);
  const whole = again(asked, bytes, said, () => build(bytes, { ...said, question: question.bytes, opt }));
  const fits = over === "tcp" ? 65_535 : edns.present ? Math.min(edns.size, udpBytesMax) : plainUdpBytesMax;
  if (whole.length <= Math.max(fits, plainUdpBytesMax)) return whole;
  return build(bytes, {
    rcode: said.rcode,
    authoritative: said.authoritative,
    truncated: true,
    question: question.bytes,
    opt,
  });
}

type Asked = { question: Question; edns: Edns; last: { says: string; whole: Buffer } | null };

/** The last answer to the very same question under a new id, when there is nothing else to say. */
function again(asked: Asked, query: Buffer, said: Said, write: () => Buffer): Buffer {
  const says = JSON.stringify(said);
  if (asked.last?.says !== says) asked.last = { says, whole: write() };
  const whole = Buffer.from(asked.last.whole);
  query.copy(whole, 0, 0, 2);
  return whole;
}

/** The same few questions come again and again, and reading one costs as much as answering it. */
const known = new Map<string, Asked>();
const knownMax = 1_000;
const knownBytesMax = 300; // a name and an OPT record; what is longer is seldom asked twice

/** What a message asks; null when it cannot be read. */
function read(bytes: Buffer): Asked | null {
  const key = bytes.toString("latin1", 2); // all but the id
  const before = known.get(key);
  if (before) return before;
  const question = readQuestion(bytes);
  const edns = question && readEdns(bytes);
  if (!question || !edns) return null;
  if (known.size >= knownMax) known.clear();
  const asked = { question, edns, last: null };
  if (bytes.length <= knownBytesMax) known.set(key, asked);
  return asked;
}

type Question = { name: string; type: string; class: string; bytes: Buffer };

/** The one question, its name in lower case with odd octets escaped as `\DDD`; null when there is not exactly one. */
function readQuestion(bytes: Buffer): Question | null {
  if (bytes.readUInt16BE(4) !== 1) return null;
  const labels: string[] = [];
  let at = headerBytes;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63) return null; // the first name has nothing to point back to
    at += 1;
    if (length === 0) break;
    const label = bytes.subarray(at, at + length);
    if (label.length < length) return null;
    labels.push(textOf(label));
    at += length;
  }
  const end = at + 4;
  if (end > bytes.length || at - headerBytes > 255) return null;
  const decoded = packet.decode(asQuestionOnly(bytes.subarray(headerBytes, end))).questions?.[0];
  return {
    name: labels.join("."),
    type: decoded?.type ?? "",
    class: decoded?.class ?? "",
    bytes: Buffer.from(bytes.subarray(headerBytes, end)), // its own, as it may be kept for long
  };
}

function asQuestionOnly(question: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, question]);
}

const textOf = (label: Buffer): string =>
  [...label]
    .map((octet) => {
      const char = String.fromCharCode(octet).toLowerCase();
      return /[a-z0-9_-]/.test(char) && octet < 128 ? char : `\\${String(octet).padStart(3, "0")}`;
    })
    .join("");

type Edns = { present: boolean; size: number; version: number };

/** The OPT record of a query; null when the message cannot be read to its end, or has two (RFC 6891). */
function readEdns(bytes: Buffer): Edns | null {
  try {
    const { additionals = [] } = packet.decode(bytes);
    const opts = additionals.filter((record) => record.type === "OPT");
    const opt = opts[0];
    if (opts.length > 1) return null;
    if (!opt) return { present: false, size: plainUdpBytesMax, version: 0 };
    return { present: true, size: opt.udpPayloadSize, version: opt.ednsVersion };
  } catch {
    return null; // not a DNS message; the caller says so
  }
}

type Parts = Partial<Omit<Said, "rcode">> & {
  rcode: keyof typeof rcodes;
  truncated?: boolean;
  question?: Buffer;
  opt?: { extendedRcode: number } | undefined;
};

function build(query: Buffer, parts: Parts): Buffer {
  const asked = query.readUInt16BE(2);
  const encoded = packet.encode({
    type: "response",
    id: query.readUInt16BE(0),
    flags:
      (asked & 0x7900) | // opcode and RD as they came
      (parts.authoritative ? packet.AUTHORITATIVE_ANSWER : 0) |
      (parts.truncated ? packet.TRUNCATED_RESPONSE : 0) |
      rcodes[parts.rcode],
    answers: parts.answers ?? [],
    authorities: parts.authorities ?? [],
    additionals: parts.opt
      ? [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: udpBytesMax,
            extendedRcode: parts.opt.extendedRcode,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
  if (!parts.question) return encoded;
  encoded.writeUInt16BE(1, 4);
  return Buffer.concat([encoded.subarray(0, headerBytes), parts.question, encoded.subarray(headerBytes)]);
}
