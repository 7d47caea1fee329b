/** policies · pure. Names, records, and the checks users depend on. */
import type {
  PolicyResource,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type * as z from "zod";
import { all, DnsRecord, each, HealthCheck, types } from "./reading.ts";

type Half = { resource: PolicyResource; props: z.infer<typeof DnsRecord>; half: string };

/** Each region's stack holds its own half, so a half may stand alone; then the lever must tie it to the other: the
 *  primary's check waits for one more than its endpoint, and the standby's stack holds the lever. */
export const failoverPairsComplete = (): StackValidationPolicy => ({
  name: "failover-pairs-complete",
  description:
    "Both halves of a failover pair have a health check, evaluate their target, and obey one lever.",
  validateStack: ({ resources }, report) => {
    const checks = all(resources, types.check, HealthCheck);
    const halves = all(resources, types.record, DnsRecord).flatMap(({ resource, props }): Half[] =>
      (props.failoverRoutingPolicies ?? []).map(({ type }) => ({ resource, props, half: type })),
    );
    for (const one of halves) {
      guarded(one, report);
      const twin = halves.find((o) => o !== one && nameOf(o) === nameOf(one) && o.half === one.half);
      if (twin) say(one, report, `is not the only ${one.half} of its name here; leave one of them`);
      if (one.half === "PRIMARY") yields(one, report);
      const other = halves.some((o) => nameOf(o) === nameOf(one) && o.half === "PRIMARY");
      const lever = checks.some(({ props }) => isLever(props));
      if (one.half === "SECONDARY" && !other && !lever)
        say(one, report, "has neither its PRIMARY nor a lever in its stack; put the Lever beside it");
    }
  },
});

/** Its health says whether somebody drained the primary. */
const isLever = ({ type, invertHealthcheck }: z.infer<typeof HealthCheck>) =>
  type === "CLOUDWATCH_METRIC" || type === "RECOVERY_CONTROL" || invertHealthcheck === true;

const nameOf = ({ props }: Half) => `${props.type} ${props.name.toLowerCase().replace(/\.$/, "")}`;

const say = ({ resource, half }: Half, report: ReportViolation, wrong: string) =>
  report(`The ${half} record ${resource.name} ${wrong}.`, resource.urn);

function guarded(one: Half, report: ReportViolation): void {
  if (!Object.hasOwn(one.resource.props, "healthCheckId"))
    say(one, report, "has no health check, so Route 53 counts it as always healthy; give it healthCheckId");
  if (one.props.aliases?.some((alias) => alias.evaluateTargetHealth !== true))
    say(one, report, "does not look at its target; set evaluateTargetHealth: true on its alias");
}

function yields(one: Half, report: ReportViolation): void {
  const check = one.resource.propertyDependencies.healthCheckId?.find((r) => r.type === types.check);
  if (!check) return; // made elsewhere, or there is none, which is said already
  const { type, childHealthThreshold } = HealthCheck.parse(check.props);
  const children: unknown = check.props.childHealthchecks;
  const count = Array.isArray(children) ? children.length : 0;
  if (type === "CALCULATED" && count > 1 && childHealthThreshold === count) return;
  const remedy =
    "use a CALCULATED check of its endpoint and the drain check, with a threshold of all of them";
  say(one, report, `cannot be drained: its health check waits for no lever; ${remedy}`);
}

const followed = ["A", "AAAA", "CNAME", "HTTPS", "SVCB"]; // types that lead users somewhere

export const namesFollowWithin = ({ seconds }: { seconds: number }): ResourceValidationPolicy =>
  each(
    { name: "names-follow", description: `Names that lead users somewhere live for at most ${seconds} s.` },
    [types.record],
    DnsRecord,
    ({ name, type, ttl }) =>
      followed.includes(type) && typeof ttl === "number" && ttl > seconds
        ? `${name} ${type} lives for ${ttl} s, and users follow a move that late; set ttl to ${seconds} or less.`
        : null,
  );

const asks = ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"];

export const usersAreAskedForEvery = ({ seconds }: { seconds: number }): ResourceValidationPolicy =>
  each(
    { name: "users-are-asked-for", description: `Checks that decide where users go ask every ${seconds} s.` },
    [types.check],
    HealthCheck,
    ({ type, requestInterval }) =>
      asks.includes(type) && requestInterval !== seconds
        ? `The check asks every ${requestInterval ?? 30} s; set requestInterval to ${seconds} (it replaces the check).`
        : null,
  );
