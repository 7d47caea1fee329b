/** dashboard · page. A page as an answer: how things stand this moment, so nobody keeps it. */
import type { Context } from "hono";
import type { Html } from "./html.ts";

export type Status = 200 | 400 | 404 | 408 | 409 | 413 | 415 | 500;

export async function answer(c: Context, body: Html, status: Status = 200): Promise<Response> {
  c.header("cache-control", "no-store");
  return c.html(await body, status);
}
