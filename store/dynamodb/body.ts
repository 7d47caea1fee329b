/** store. A record as an item holds it: JSON, deflated. Sixty observations are 28 kB of JSON and 4.7 kB deflated, for
 *  0.3 ms; DynamoDB bills a write by the kilobyte, so a round costs 5 units and not 28. Brotli and zstd at the same
 *  price in time are within 5 % of it. */
import { deflateSync, inflateSync } from "node:zlib";
import type * as z from "zod";
import { BadInput, parse } from "../records.ts";
import { type Item, itemBytesMax } from "./table.ts";

const deflateLevel = 6; // a tenth smaller than level 1; level 9 gains 4 % for a third more time
const inflatedBytesMax = 64 * 2 ** 20; // a damaged body must not fill the memory
const keysBytes = 1024; // room for the names and keys beside the body

export const encode = (record: unknown): { B: Uint8Array } => ({
  B: deflateSync(JSON.stringify(record), { level: deflateLevel }),
});

/** The same, of a record that may be too much for one item. Throws `BadInput` that says what to do. */
export function encodeBounded(what: string, record: unknown, advice: string): { B: Uint8Array } {
  const body = encode(record);
  if (body.B.length <= itemBytesMax - keysBytes) return body;
  const kB = Math.ceil(body.B.length / 1024);
  throw new BadInput(`Cannot keep ${what}: expected at most 399 kB; it takes ${kB} kB. ${advice}`);
}

/** Throws `BadInput` for a body that is not the noun it should be. */
export function decode<T>(what: string, schema: z.ZodType<T>, item: Item): T {
  let json: unknown;
  try {
    const body = item.body?.B;
    if (!body) throw new Error("it has no body");
    json = JSON.parse(inflateSync(body, { maxOutputLength: inflatedBytesMax }).toString());
  } catch (error) {
    throw new BadInput(`Cannot read ${what}: expected JSON; ${(error as Error).message}`);
  }
  return parse(what, schema, json);
}
