/** store · rim. Reads kept text back. What was read once is known by its text from then on, as a clerk knows a letter that
 *  was on the desk this morning: the same text again costs a comparison, not a parse. Records are frozen, and handed
 *  out as they are. */
import type { SQLOutputValue } from "node:sqlite";
import { inflateSync } from "node:zlib";
import type * as z from "zod";
import { freeze } from "./freeze.ts";
import { BadInput, parse } from "./records.ts";

const bytesMax = 64 * 2 ** 20; // three thousand times the usual; a damaged body must not fill the memory

/** Gives the record called `name` whose text, or deflated text, is `body`. Throws `BadInput` that calls it so when it is
 *  not one. */
export type Reader<T> = (name: string, body: SQLOutputValue | undefined) => T;

/** `knownMax`: records kept as read, the newest. */
export function reader<T>(schema: z.ZodType<T>, knownMax: number): Reader<T> {
  const known = new Map<string, { body: string; record: T }>();
  return (name, body) => {
    const before = known.get(name);
    if (before !== undefined && before.body === body) return before.record;
    const record = freeze(parse(name, schema, jsonOf(name, body)));
    if (typeof body === "string") {
      known.delete(name); // so that it takes its place at the end
      known.set(name, { body, record });
      const [oldest] = known.size > knownMax ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
    }
    return record;
  };
}

function jsonOf(name: string, body: SQLOutputValue | undefined): unknown {
  try {
    const text =
      body instanceof Uint8Array ? inflateSync(body, { maxOutputLength: bytesMax }).toString() : body;
    return JSON.parse(String(text));
  } catch (fault) {
    throw new BadInput(`Cannot read ${name}: expected JSON; ${(fault as Error).message}`);
  }
}
