/** policies · pure. Where the switch lives, and what it does when it hears nothing. */
import type { PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { Alarm, all, balancerRegion, DnsRecord, each, HealthCheck, types } from "./reading.ts";

/** Read from the stack itself: the standby is where a SECONDARY record leads, and the primary where a PRIMARY does. A
 *  lever is an alarm's check, or an inverted one that asks a function; routing controls stand in five regions at once. */
export const leverLivesInTheRegionThatTakesOver = (): StackValidationPolicy => ({
  name: "lever-lives-in-the-region-that-takes-over",
  description: "The lever's alarm is in the standby region, in one stack with its health check.",
  validateStack: ({ resources }, report) => {
    const takesOver = regionsBehind(resources, "SECONDARY");
    const isLeft = regionsBehind(resources, "PRIMARY");
    for (const { resource, props } of all(resources, types.check, HealthCheck)) {
      const say = (wrong: string) => report(`The lever ${resource.name} ${wrong}.`, resource.urn);
      const judge = (region: string) => {
        if (isLeft.includes(region))
          say(`is in ${region}, the region it must turn users away from; move it to the standby's stack`);
        const elsewhere = takesOver.find((r) => r !== region);
        if (elsewhere) say(`is in ${region}, but users go to ${elsewhere}; move it there`);
      };
      const asked = functionRegion(props.fqdn ?? "");
      if (props.invertHealthcheck === true && asked) judge(asked);
      if (props.type !== "CLOUDWATCH_METRIC") continue;
      const region = props.cloudwatchAlarmRegion ?? "no region";
      const alarm = resource.propertyDependencies.cloudwatchAlarmName?.find((r) => r.type === types.alarm);
      if (!alarm)
        say("reads an alarm of another stack; make the alarm beside it, so that both stand or fall");
      const home = alarm && Alarm.parse(alarm.props).region;
      if (home && home !== region)
        say(`looks for its alarm in ${region}; set cloudwatchAlarmRegion to ${home}`);
      judge(region);
    }
  },
});

/** The region that a function's URL tells; null for any other name. */
const functionRegion = (name: string): string | null =>
  /\.lambda-url\.([a-z0-9-]+)\.on\.aws\.?$/.exec(name)?.[1] ?? null;

const regionsBehind = (resources: readonly PolicyResource[], half: string): string[] =>
  all(resources, types.record, DnsRecord)
    .filter(({ props }) => props.failoverRoutingPolicies?.some(({ type }) => type === half))
    .flatMap(({ props }) => props.aliases ?? [])
    .flatMap(({ name }) => balancerRegion(name ?? "") ?? []);

export const silenceMovesNobody = (): ResourceValidationPolicy =>
  each(
    {
      name: "silence-moves-nobody",
      description: "A lever that hears nothing keeps its last known status.",
    },
    [types.check],
    HealthCheck,
    ({ type, insufficientDataHealthStatus: status }) =>
      type === "CLOUDWATCH_METRIC" && status !== "LastKnownStatus"
        ? `Without data the lever counts as ${status ?? "Healthy"}, so silence would move users; set insufficientDataHealthStatus to LastKnownStatus.`
        : null,
  );
