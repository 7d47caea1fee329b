/** infra/aws · effects. What stands in each region, read as a table of contents. No stack needs another to be brought
 *  up, changed or lost: the primary is told the standby's drain check by its settings, and nothing is told back. */
import type { Output } from "@pulumi/pulumi";
import type { Role } from "../../store/records.ts";
import { howToSet, type Settings } from "../settings.ts";
import { Alerts } from "./alerts.ts";
import { AnalyzerRole } from "./analyzer.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Lever } from "./lever.ts";
import { TrafficRecord } from "./traffic.ts";

/** What a stack tells of itself. `missing`: what was left out, why, and how to have it. */
export type Outputs = {
  role: Role;
  region: string;
  missing: string[];
  /** The lever's health check; the primary's stack is told it. */
  drainCheck?: Output<string>;
  /** Asks this region's load balancer. */
  endpointCheck?: Output<string>;
  analyzerRole?: Output<string>;
  alerts?: Output<string>;
};

/** The standby holds whatever moves traffic, so that all of it outlives the primary. */
function standby(settings: Settings): Outputs {
  const alerts = new Alerts(`${settings.workload}-alerts`, settings);
  const lever = new Lever(`${settings.workload}-lever`, { ...settings, alerts });
  const analyzer = new AnalyzerRole(`${settings.workload}-analyzer`, { ...settings, lever });
  return {
    ...traffic(settings, "SECONDARY"),
    drainCheck: lever.check.id,
    analyzerRole: analyzer.role.arn,
    alerts: alerts.topic.arn,
  };
}

/** The primary takes users until its endpoint fails or the standby's lever says drained. */
function primary(settings: Settings): Outputs {
  return traffic(settings, "PRIMARY");
}

/** The witness watches those who watch. */
function witness(settings: Settings): Outputs {
  const alerts = new Alerts(`${settings.workload}-alerts`, settings);
  new Heartbeat(`${settings.workload}-heartbeat`, { ...settings, alerts });
  return { role: settings.role, region: settings.region, missing: [], alerts: alerts.topic.arn };
}

export const stacks: Record<Role, (settings: Settings) => Outputs> = { primary, standby, witness };

/** This region's half of the failover pair, as far as the settings allow it. */
function traffic(settings: Settings, half: "PRIMARY" | "SECONDARY"): Outputs {
  const { role, region, stack, workload, balancer, domain, drainCheck } = settings;
  const missing: string[] = [];
  const lacks = (what: string, key: "holdfast:domain" | "holdfast:balancerName") =>
    missing.push(`${what}, as ${key} is not set; to have it: ${howToSet(stack, key)}`);
  if (!domain) lacks("no failover record", "holdfast:domain");
  if (!balancer) lacks("no endpoint check and no failover record", "holdfast:balancerName");
  if (!balancer) return { role, region, missing };
  const guards = half === "PRIMARY" && drainCheck ? [drainCheck] : [];
  const record = new TrafficRecord(`${workload}-traffic`, { ...settings, balancer, half, guards });
  return { role, region, missing, endpointCheck: record.endpoint.id };
}
