/** infra/aws · effects. How many tasks there are: at least what was asked for, more when they are busy. Holdfast raises the
 *  least at a failover, so a deployment leaves both ends of it alone once made. */
import * as aws from "@pulumi/aws";
import { type CustomResourceOptions, interpolate } from "@pulumi/pulumi";
import type { ServiceArgs } from "./service.ts";

export function scale(
  name: string,
  { region, tasks }: ServiceArgs,
  cluster: aws.ecs.Cluster,
  service: aws.ecs.Service,
  inside: CustomResourceOptions,
): void {
  const what = { serviceNamespace: "ecs", scalableDimension: "ecs:service:DesiredCount" };
  const target = new aws.appautoscaling.Target(
    `${name}-number`,
    {
      region,
      ...what,
      resourceId: interpolate`service/${cluster.name}/${service.name}`,
      minCapacity: tasks.min,
      maxCapacity: tasks.max,
    },
    { ...inside, ignoreChanges: ["minCapacity"] },
  );
  new aws.appautoscaling.Policy(
    `${name}-busy`,
    {
      region,
      ...what,
      resourceId: target.resourceId,
      policyType: "TargetTrackingScaling",
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
        targetValue: 50, // per cent; a zone may be lost and the rest not be full
        scaleInCooldown: 300, // seconds; going down is not urgent
        scaleOutCooldown: 60,
      },
    },
    inside,
  );
}
