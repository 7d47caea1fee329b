/** tests · a service of an account's ECS, as a local AWS API keeps one, and an autoscaler over it. */
import {
  type ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";

type Service = { cluster: string; service: string };

export async function makeService(ecs: ECSClient, { cluster, service }: Service, tasks = 1): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  const containerDefinitions = [{ name: "web", image: "web", memory: 64 }];
  await ecs.send(new RegisterTaskDefinitionCommand({ family: "web", containerDefinitions }));
  const size = { taskDefinition: "web", desiredCount: tasks };
  await ecs.send(new CreateServiceCommand({ cluster, serviceName: service, ...size }));
}

/** From one task to `max`. */
export async function autoscale(
  scaling: ApplicationAutoScalingClient,
  { cluster, service }: Service,
  max: number,
): Promise<void> {
  await scaling.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: "ecs",
      ResourceId: `service/${cluster}/${service}`,
      ScalableDimension: "ecs:service:DesiredCount",
      MinCapacity: 1,
      MaxCapacity: max,
    }),
  );
}
