/** probes · capacity. How many tasks does a service run, and how many does it want? The region's own API says. */
import * as z from "zod";
import type { AwsTarget } from "../store/records.ts";
import { down, type Probe, up } from "./finding.ts";
import { told } from "./told.ts";

const count = z.number().int().nonnegative();
/** `limit`: how many there may be, where a quota is known. */
const Tasks = z.object({ running: count, desired: count, limit: count.optional() });

/** Reasons when down: `no-tasks`, `too-few-tasks`. What is not told leaves it unknown. */
export const tasks: Probe<AwsTarget> = async (target, edge, signal) => {
  const heard = await told(Tasks, target, edge, signal);
  if ("verdict" in heard) return heard;
  const { running, desired, limit } = heard.told;
  const counted = { ...heard.facts, running, desired, ...(limit === undefined ? {} : { limit }) };
  if (running === 0) return down("no-tasks", heard.latencyMs, counted);
  if (running < desired) return down("too-few-tasks", heard.latencyMs, counted);
  return up(heard.latencyMs, counted);
};
