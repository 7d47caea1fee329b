/** store · nouns. What was heard, and from where. */
import * as z from "zod";
import { Purpose } from "./asking.ts";
import { Region } from "./places.ts";
import { durationMs, instant } from "./units.ts";

/** What was seen besides the verdict: rcode, flags, addresses, TTL, phase timings in ms. */
export const Facts = z.record(
  z.string(),
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(z.string()),
    z.record(z.string(), z.number()),
  ]),
);
export type Facts = z.infer<typeof Facts>;

const reason = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected a reason in kebab case such as nodata");

const heard = {
  at: instant,
  vantage: z.string().min(1),
  target: z.string().min(1),
  kind: z.enum(["dns", "http", "tcp", "tls", "aws"]),
  purpose: Purpose,
  service: z.string().min(1),
  region: z.string().min(1),
  /** Time to the answer that gave the verdict; null when no answer came. */
  latencyMs: durationMs.nullable(),
  facts: Facts,
};

/** One answer from one vantage point at one instant. "Could not ask" (`unknown`) is never "is down". */
export const Observation = z.discriminatedUnion("verdict", [
  z.strictObject({ ...heard, verdict: z.literal("up"), reason: z.null() }),
  z.strictObject({ ...heard, verdict: z.literal("down"), reason }),
  z.strictObject({ ...heard, verdict: z.literal("unknown"), reason }),
]);
export type Observation = z.infer<typeof Observation>;
export type Verdict = Observation["verdict"];

/** A place we ask from. */
export const Vantage = z.strictObject({ id: z.string().min(1), region: Region });
export type Vantage = z.infer<typeof Vantage>;

/** All that one vantage point heard in one go. `blind`: its control targets failed too, so nothing that it
 *  says of others counts. */
export const Round = z.strictObject({
  vantage: z.string().min(1),
  vantageRegion: Region,
  at: instant,
  tookMs: durationMs,
  blind: z.boolean(),
  observations: z.array(Observation),
});
export type Round = z.infer<typeof Round>;

/** What real users got in one region in one interval: the load balancer's own counts, or the local crowd's. */
export const Voice = z.strictObject({
  at: instant,
  spanMs: durationMs,
  region: z.string().min(1), // "nowhere": the name gave no address
  requests: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  p95Ms: durationMs.nullable(),
});
export type Voice = z.infer<typeof Voice>;
