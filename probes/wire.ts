/** probes · the wire. DNS questions as messages, through the `dns-packet` codec, and how to tell an answer to one from
 *  what only came by. */
import { Buffer } from "node:buffer";
import * as packet from "dns-packet";
import { BadInput } from "../store/records.ts";

/** What goes out: the message and what a reply to it must repeat. */
export type Question = { id: number; name: string; type: "A" | "AAAA" | "NS"; bytes: Uint8Array };

/** Bytes a resolver may send in one datagram: fits every path's MTU (RFC 9715, DNS flag day 2020). */
const ednsBytes = 1232;

/** One question with EDNS(0), and AD set to be told whether data were validated (RFC 6840 section 5.7). A zone's own
 *  servers are asked without `recurse`. */
export function ask(name: string, type: Question["type"], id: number, { recurse = true } = {}): Question {
  const known = recurse ? asked[type] : askedOfAuthorities[type];
  let written = known.get(name);
  if (!written) {
    written = { name: plain(name), bytes: write(name, type, recurse) };
    if (known.size >= askedMax) known.clear();
    known.set(name, written);
  }
  const bytes = Buffer.allocUnsafe(written.bytes.length); // a piece of a pool: its own memory would cost more than the rest
  written.bytes.copy(bytes);
  bytes[0] = id >> 8;
  bytes[1] = id & 0xff;
  return { id, name: written.name, type, bytes };
}

/** The same names are asked round after round, and writing one costs as much as sending it: only the id is new. */
type Written = Map<string, { name: string; bytes: Buffer }>;
const noneYet = (): Record<Question["type"], Written> => ({ A: new Map(), AAAA: new Map(), NS: new Map() });
const [asked, askedOfAuthorities] = [noneYet(), noneYet()];
const askedMax = 20_000; // some 4 MB of each

const write = (name: string, type: Question["type"], recurse: boolean): Buffer =>
  packet.encode({
    type: "query",
    id: 0,
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

/** A name's one spelling: lower case, no dot at the end. */
export function plain(name: string): string {
  const lower = name.toLowerCase();
  return lower.length > 1 && lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

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
export function standing(message: Uint8Array, { id, bytes }: Question): "answer" | "stray" {
  const at = (i: number) => message[i] ?? 0;
  if (message.length < 12 || ((at(0) << 8) | at(1)) !== id || (at(2) & 0x80) === 0) return "stray";
  switch ((at(4) << 8) | at(5)) {
    case 0: // servers that cannot read a question need not repeat it
      return (at(3) & 0x0f) === 0 ? "stray" : "answer";
    case 1:
      return repeats(message, bytes) ? "answer" : "stray";
    default:
      return "stray";
  }
}

/** Whether a message has the same question, in whatever case: everything from the header to the name's end, type and
 *  class. */
function repeats(message: Uint8Array, asked: Uint8Array): boolean {
  let at = 12;
  for (; asked[at] !== 0; at++) if (lower(message[at]) !== lower(asked[at])) return false;
  for (const end = at + 5; at < end; at++) if (message[at] !== asked[at]) return false;
  return true;
}

const lower = (byte: number | undefined) =>
  byte !== undefined && byte >= 65 && byte <= 90 ? byte + 32 : byte;

/** Whether a server cut its answer short, and wants to be asked over TCP. */
export const truncated = (message: Uint8Array): boolean => ((message[2] ?? 0) & 0x02) !== 0;
