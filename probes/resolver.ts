/** probes · borders. How a person writes a name server: `127.0.0.1:5053`, `::1`, `[::1]:53`, `tcp://192.0.2.1`,
 *  `https://dns.example/dns-query`, `auth://192.0.2.1`. */
import { isIP } from "node:net";
import { BadInput } from "../store/records.ts";
import type { Address } from "./edge.ts";

/** A name server and how it is spoken to: datagrams with TCP on truncation, TCP from the start, or HTTPS (RFC 8484).
 *  `authority`: it is one of the zone's own, so it is not asked to recurse and must answer with authority. */
export type Server =
  | { transport: "udp" | "tcp"; address: Address; authority: boolean }
  | { transport: "https"; url: URL; authority: false };
/** With its one spelling. */
export type Resolver = Server & { text: string };

/** Reads a name server. Throws `BadInput` that says what was expected and what came. */
export function parseResolver(text: string): Resolver {
  const known = read.get(text);
  if (known) return known;
  const server = readResolver(text);
  const resolver = { ...server, text: writeResolver(server) };
  if (read.size >= readMax) read.clear();
  read.set(text, resolver);
  return resolver;
}

const read = new Map<string, Resolver>(); // thousands of targets name the same few
const readMax = 1_000;

function readResolver(text: string): Server {
  const [, scheme, rest = ""] = /^(?:(udp|tcp|auth):\/\/)?(.*)$/s.exec(text) ?? [];
  const address = addressOf(rest);
  if (address) return { transport: scheme === "tcp" ? "tcp" : "udp", address, authority: scheme === "auth" };
  if (text.startsWith("https://") && URL.canParse(text)) {
    return { transport: "https", url: new URL(text), authority: false };
  }
  throw new BadInput(
    `Cannot read the name server: expected an IP address, with a port if it is not 53, such as 127.0.0.1:5053 or [::1]:53, or https://…; got ${JSON.stringify(text)}`,
  );
}

function addressOf(text: string): Address | null {
  if (isIP(text)) return { host: text, port: 53 };
  const [, six, four, digits = "53"] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = Number(digits);
  if (port < 1 || port > 65_535) return null;
  if (six !== undefined && isIP(six) === 6) return { host: six, port };
  if (four !== undefined && isIP(four) === 4) return { host: four, port };
  return null;
}

/** The other way round; reading it again gives the same. */
export function writeResolver(resolver: Server): string {
  if (resolver.transport === "https") return resolver.url.href;
  const { host, port } = resolver.address;
  const where = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  if (resolver.authority) return `auth://${where}`;
  return resolver.transport === "tcp" ? `tcp://${where}` : where;
}
