/** probes · data. How far is a region's copy of the data behind? Whoever keeps the copy says: `{ "lagMs": 120 }`. */
import { z } from "zod";
import type { AwsTarget } from "../store/records.ts";
import { type Probe, up } from "./finding.ts";
import { told } from "./told.ts";

const Lag = z.object({ lagMs: z.number().nonnegative() });

/** Never down: whether a lag is too long is for the rules to say. What is not told leaves it unknown. */
export const lag: Probe<AwsTarget> = async (target, edge, signal) => {
  const heard = await told(Lag, target, edge, signal);
  if ("verdict" in heard) return heard;
  return up(heard.latencyMs, { ...heard.facts, lagMs: heard.told.lagMs });
};
