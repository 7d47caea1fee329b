/** policies · pure. What runs where users go: over several zones, never nothing, and back to what worked when the new does
 *  not. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import * as z from "zod";
import { all, each, types } from "./reading.ts";

const Subnets = z.object({
  subnets: z.array(z.unknown()).nullish(),
  networkConfiguration: z.object({ subnets: z.array(z.unknown()).nullish() }).nullish(),
});
const Subnet = z.object({ availabilityZone: z.string().nullish() });

/** Two subnets of one zone are lost together, so where the stack holds the subnets their zones are counted. */
export const zonesAreSeveral = (): StackValidationPolicy => ({
  name: "zones-are-several",
  description:
    "Load balancers and services stand in two zones or more, so that a lost zone is no reason to leave.",
  validateStack: ({ resources }, report) => {
    for (const type of [types.balancer, types.service])
      for (const { resource, props } of all(resources, type, Subnets)) {
        const count = (props.subnets ?? props.networkConfiguration?.subnets ?? []).length;
        const on =
          resource.propertyDependencies[type === types.balancer ? "subnets" : "networkConfiguration"] ?? [];
        const made = on.filter((r) => r.type === types.subnet);
        const zones = new Set(made.map((r) => Subnet.parse(r.props).availabilityZone ?? r.name));
        if (count < 2 || (made.length > 0 && zones.size < 2))
          report(`${resource.name} stands in one zone; give it subnets of at least two zones.`, resource.urn);
      }
  },
});

const Tasks = z.object({ desiredCount: z.number().nullish(), minCapacity: z.number().nullish() });

export const oneTaskAlways = (): ResourceValidationPolicy =>
  each(
    {
      name: "one-task-always",
      description:
        "A region that may take over runs at least one task, as a door with none behind it counts as unhealthy.",
    },
    [types.service, types.scaling],
    Tasks,
    ({ desiredCount, minCapacity }, { type }) => {
      const [key, least] =
        type === types.service ? ["desiredCount", desiredCount] : ["minCapacity", minCapacity];
      return (least ?? 0) >= 1
        ? null
        : `Without a task Route 53 sends users back to where they came from; set ${key} to 1 or more.`;
    },
  );

const Service = z.object({
  deploymentCircuitBreaker: z.object({ enable: z.boolean(), rollback: z.boolean() }).nullish(),
});

export const deploymentsRollBack = (): ResourceValidationPolicy =>
  each(
    {
      name: "deployments-roll-back",
      description: "A deployment whose tasks do not come up is taken back by itself.",
    },
    [types.service],
    Service,
    ({ deploymentCircuitBreaker: breaker }) =>
      breaker?.enable && breaker.rollback
        ? null
        : "A bad image would be tried without end; set deploymentCircuitBreaker: { enable: true, rollback: true }.",
  );
