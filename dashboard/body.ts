/** dashboard · border. The two kinds of bodies that are read, each only as what it says it is. */
import type { Context } from "hono";
import { BadInput } from "../store/records.ts";

/** The body is not what its route reads; status 415. */
export class WrongType extends Error {
  override name = "WrongType";
}

const typeOf = (c: Context) => c.req.header("content-type") ?? "nothing";

/** A form's fields as text; the last one counts where a name comes twice. */
export async function formOf(c: Context): Promise<Record<string, string>> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(typeOf(c)))
    throw new WrongType(`Cannot read the form: expected application/x-www-form-urlencoded, got ${typeOf(c)}`);
  return Object.fromEntries(new URLSearchParams(await c.req.text()));
}

export async function jsonOf(c: Context): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(typeOf(c)))
    throw new WrongType(`Cannot read the body: expected content-type application/json, got ${typeOf(c)}`);
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(`Cannot read the body: expected JSON, got ${JSON.stringify(text.slice(0, 80))}`);
  }
}
