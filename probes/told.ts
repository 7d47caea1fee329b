/** probes · capacity and data. Numbers that an API tells of a region, as JSON with status 200. An API that cannot be asked,
 *  throttles, denies or talks nonsense says nothing of them: unknown, with why. */
import type * as z from "zod";
import type { AwsTarget, Facts } from "../store/records.ts";
import type { Edge } from "./edge.ts";
import { type Finding, unknown } from "./finding.ts";
import { get } from "./http.ts";

const bodyBytesMax = 64 * 1024; // a few numbers need a fraction of it

export type Told<T> = { told: T; latencyMs: number; facts: Facts };

/** What it tells, or the finding that it told nothing: `throttled`, `denied`, `malformed`, `status-…`, or why it was not
 *  heard. */
export async function told<T>(
  schema: z.ZodType<T>,
  target: AwsTarget,
  edge: Edge,
  signal: AbortSignal,
): Promise<Told<T> | Finding> {
  const got = await get(target, edge, signal, bodyBytesMax);
  if (!("answer" in got)) return unknown(got.reason ?? "no-answer", got.latencyMs, got.facts);
  const { answer, latencyMs, facts } = got;
  if (answer.status !== 200) return unknown(refusal(answer.status), latencyMs, facts);
  const told = parsed(schema, answer.body);
  return told === null ? unknown("malformed", latencyMs, facts) : { told, latencyMs, facts };
}

function refusal(status: number): string {
  if (status === 429) return "throttled";
  if (status === 401 || status === 403) return "denied";
  return `status-${status}`;
}

function parsed<T>(schema: z.ZodType<T>, body: Uint8Array): T | null {
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(body))).data ?? null;
  } catch {
    return null; // not JSON
  }
}
