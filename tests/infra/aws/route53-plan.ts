/** tests · reads the trio's resources back into the terms of infra/route53.ts, as Route 53 would understand them. */
import * as z from "zod";
import { type Check, type FailoverRecord, facts, type Plan } from "../../../infra/route53.ts";
import type { Resource } from "./engine.ts";

const HealthCheck = z.object({
  type: z.string(),
  requestInterval: z.number().optional(),
  failureThreshold: z.number().optional(),
  cloudwatchAlarmName: z.string().optional(),
  insufficientDataHealthStatus: z.enum(["LastKnownStatus", "Healthy", "Unhealthy"]).optional(),
  childHealthchecks: z.array(z.string()).optional(),
  childHealthThreshold: z.number().optional(),
});
const Alarm = z.object({
  name: z.string(),
  period: z.number(),
  threshold: z.number(),
  evaluationPeriods: z.literal(1),
  statistic: z.literal("Maximum"),
  comparisonOperator: z.literal("GreaterThanOrEqualToThreshold"),
});
const DnsRecord = z.object({
  setIdentifier: z.string(),
  healthCheckId: z.string(),
  failoverRoutingPolicies: z.tuple([z.object({ type: z.enum(["PRIMARY", "SECONDARY"]) })]),
  aliases: z.tuple([z.object({ evaluateTargetHealth: z.boolean() })]),
});

export function planOf(resources: readonly Resource[], checkers: readonly string[]): Plan {
  const of = (type: string) => resources.filter((r) => r.type === type);
  const alarms = of("aws:cloudwatch/metricAlarm:MetricAlarm");
  const checks = of("aws:route53/healthCheck:HealthCheck").map(({ id, state }): Check => {
    const c = HealthCheck.parse(state);
    if (c.type === "CALCULATED")
      return {
        id,
        kind: "calculated",
        children: c.childHealthchecks ?? [],
        threshold: c.childHealthThreshold ?? 0,
      };
    if (c.type === "CLOUDWATCH_METRIC") {
      const alarm = Alarm.parse(alarms.find((a) => a.state.name === c.cloudwatchAlarmName)?.state);
      const insufficientData = c.insufficientDataHealthStatus ?? "Healthy";
      return {
        id,
        kind: "metric",
        periodMs: alarm.period * 1000,
        threshold: alarm.threshold,
        insufficientData,
      };
    }
    const { requestInterval = 30, failureThreshold = 3 } = c;
    return { id, kind: "endpoint", checkers, intervalMs: requestInterval * 1000, failureThreshold };
  });
  const record = (half: string): FailoverRecord => {
    const pair = of("aws:route53/record:Record").filter((r) => r.state.failoverRoutingPolicies);
    const read = pair.map((r) => DnsRecord.parse(r.state));
    const [found, another] = read.filter((r) => r.failoverRoutingPolicies[0].type === half);
    if (!found || another) throw new Error(`expected one ${half} record, got ${read.length} records`);
    const { evaluateTargetHealth } = found.aliases[0];
    return { region: found.setIdentifier, evaluateTargetHealth, checkId: found.healthCheckId };
  };
  return { checks, primary: record("PRIMARY"), secondary: record("SECONDARY"), facts };
}
