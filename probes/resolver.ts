/** probes · borders. How a person writes a name server: `127.0.0.1:5053`, `::1`, `[::1]:53`, `tcp://192.0.2.1`. */
import { isIP } from "node:net";
import { BadInput } from "../store/records.ts";
import type { Address } from "./edge.ts";

/** A name server and how it is spoken to: datagrams with TCP on truncation, or TCP from the start. */
export type Resolver = { transport: "udp" | "tcp"; address: Address };

const port = (text: string) =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535 ? Number(text) : null;

/** Reads a name server. Throws `BadInput` that says what was expected and what came. */
export function parseResolver(text: string): Resolver {
  const [, scheme, rest = ""] = /^(?:(udp|tcp):\/\/)?(.*)$/s.exec(text) ?? [];
  const transport = scheme === "tcp" ? "tcp" : "udp";
  const found = addressOf(rest);
  if (found) return { transport, address: found };
  throw new BadInput(
    `Cannot read the name server: expected an IP address, with a port if it is not 53, such as 127.0.0.1:5053 or [::1]:53; got ${JSON.stringify(text)}`,
  );
}

function addressOf(text: string): Address | null {
  if (isIP(text)) return { host: text, port: 53 };
  const [, six, four, digits = "53"] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const number = port(digits);
  if (number === null) return null;
  if (six !== undefined && isIP(six) === 6) return { host: six, port: number };
  if (four !== undefined && isIP(four) === 4) return { host: four, port: number };
  return null;
}

/** The other way round; reading it again gives the same. */
export function writeResolver({ transport, address: { host, port } }: Resolver): string {
  const where = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return transport === "tcp" ? `tcp://${where}` : where;
}
