/** probes · data. How far is a region's copy of the data behind? Whoever keeps the copy says: `{ "lagMs": 120 }`, or the
 *  metric of an Aurora cluster does. */
import * as z from "zod";
import type { AwsTarget } from "../store/records.ts";
import { type Probe, unknown, up } from "./finding.ts";
import { told } from "./told.ts";

const Lag = z.object({ lagMs: z.number().nonnegative() });

/** Never down: whether a lag is too long is for the rules to say. What is not told leaves it unknown. */
export const lag: Probe<AwsTarget> = async (target, edge, signal) => {
  if (target.url.startsWith("aws:")) return byMetric(target, edge, signal);
  const heard = await told(Lag, target, edge, signal);
  if ("verdict" in heard) return heard;
  return up(heard.latencyMs, { ...heard.facts, lagMs: heard.told.lagMs });
};

/** Facts besides: which `metric` said so, and `of`, the start of its minute. Reasons when unknown: `no-point` when it told
 *  none of late, `not-equipped`, or why CloudWatch could not be asked. */
const byMetric: Probe<AwsTarget> = async ({ url }, edge, signal) => {
  const [region = "", cluster = ""] = new URL(url).pathname.slice(1).split("/");
  if (!edge.copyLag) return unknown("not-equipped", null, { url });
  const began = edge.clock();
  const heard = await edge.copyLag(region, cluster, signal);
  const tookMs = edge.clock() - began;
  if ("trouble" in heard) return unknown(heard.trouble.reason, null, { url, troubles: [heard.trouble.says] });
  return up(tookMs, { url, lagMs: heard.lagMs, metric: heard.metric, of: new Date(heard.at).toISOString() });
};
