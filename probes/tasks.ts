/** probes · capacity. How many tasks does a service run, and how many does it want? The region's own API says. */
import { z } from "zod";
import type { AwsTarget } from "../store/records.ts";
import { down, type Probe, unknown, up } from "./finding.ts";
import { get } from "./http.ts";

const Tasks = z.object({ running: z.number().int().nonnegative(), desired: z.number().int().nonnegative() });
const bodyBytesMax = 64 * 1024; // two numbers need a fraction of it

/** Reasons when down: `no-tasks`, `too-few-tasks`. An API that cannot be asked, throttles, denies or talks nonsense
 *  says nothing of the tasks: unknown, with `throttled`, `denied`, `malformed`, `status-…`, or why it was not heard. */
export const tasks: Probe<AwsTarget> = async (target, edge, signal) => {
  const got = await get(target, edge, signal, bodyBytesMax);
  if (!("answer" in got)) return unknown(got.reason ?? "no-answer", got.latencyMs, got.facts);
  const { answer, latencyMs, facts } = got;
  if (answer.status !== 200) return unknown(refusal(answer.status), latencyMs, facts);
  const told = parsed(answer.body);
  if (!told) return unknown("malformed", latencyMs, facts);
  const counted = { ...facts, ...told };
  if (told.running === 0) return down("no-tasks", latencyMs, counted);
  if (told.running < told.desired) return down("too-few-tasks", latencyMs, counted);
  return up(latencyMs, counted);
};

function refusal(status: number): string {
  if (status === 429) return "throttled";
  if (status === 401 || status === 403) return "denied";
  return `status-${status}`;
}

function parsed(body: Uint8Array): z.infer<typeof Tasks> | null {
  try {
    return Tasks.safeParse(JSON.parse(new TextDecoder().decode(body))).data ?? null;
  } catch {
    return null; // not JSON
  }
}
