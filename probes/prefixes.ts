/** probes · borders. Where a provider's addresses may lie: a file in the format of AWS's ip-ranges.json.
 *  Source: docs.aws.amazon.com, VPC User Guide, "AWS IP address ranges". */
import { readFileSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import * as z from "zod";
import { BadInput, parse } from "../store/records.ts";

/** Whether an address is one that a region may use. */
export type Expected = (address: string, region: string) => boolean;

const cidr = (family: 4 | 6) =>
  z.string().refine(
    (text) => {
      const [address = "", bits = "", ...more] = text.split("/");
      return (
        isIP(address) === family &&
        /^\d{1,3}$/.test(bits) &&
        Number(bits) <= (family === 4 ? 32 : 128) &&
        more.length === 0
      );
    },
    `expected an IPv${family} prefix such as ${family === 4 ? "192.0.2.0/24" : "2001:db8::/32"}`,
  );

const Ranges = z.object({
  prefixes: z.array(z.object({ ip_prefix: cidr(4), region: z.string() })),
  ipv6_prefixes: z.array(z.object({ ipv6_prefix: cidr(6), region: z.string() })).default([]),
});

/** Reads a file of prefixes. Throws `BadInput` that names it. */
export function readPrefixes(file: string): Expected {
  try {
    return parsePrefixes(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`Cannot read prefixes: ${error instanceof Error ? error.message : error}`);
  }
}

/** A region may use its own prefixes and those marked GLOBAL; a name without a region may use all. */
export function parsePrefixes(text: string, file: string): Expected {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${file}: expected JSON: ${error instanceof Error ? error.message : error}`);
  }
  const { prefixes, ipv6_prefixes } = parse(file, Ranges, json);
  const all = [
    ...prefixes.map(({ ip_prefix, region }) => ({ prefix: ip_prefix, region })),
    ...ipv6_prefixes.map(({ ipv6_prefix, region }) => ({ prefix: ipv6_prefix, region })),
  ];
  if (all.length === 0) throw new BadInput(`${file}: expected at least one prefix, got none`);
  const lists = new Map<string, BlockList>();
  for (const { prefix, region } of all) {
    const [address = "", bits] = prefix.split("/");
    for (const key of [region, "global"]) {
      const list = lists.get(key) ?? new BlockList();
      list.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
      lists.set(key, list);
    }
  }
  return (address, region) => {
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    return [region, "GLOBAL"].some((key) => lists.get(key)?.check(address, family) ?? false);
  };
}
