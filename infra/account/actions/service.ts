/** infra/account/actions · rim. Brings an ECS service to a size: the autoscaler's minimum first, which would otherwise
 *  take back what is added, then the count. Each call is made only where reading shows that it is needed, so a turn that
 *  was cut off is taken up where it stood. */
import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { DescribeServicesCommand, type ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";

export type EcsService = {
  ecs: ECSClient;
  autoscaling: ApplicationAutoScalingClient;
  cluster: string;
  service: string;
};

/** True once it is seen to be so: for `full`, that many tasks run; for `normal`, no more are asked for than that, or the
 *  autoscaler is free to go down to it. */
export async function scaleService(of: EcsService, want: "normal" | "full", tasks: number): Promise<boolean> {
  const scaled = await setMinimum(of, want, tasks);
  let now = await read(of);
  const wrong = want === "full" ? now.desired < tasks : !scaled && now.desired !== tasks;
  if (wrong) {
    const { ecs, cluster, service } = of;
    await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: tasks }));
    now = await read(of);
  }
  if (want === "full") return now.desired >= tasks && now.running >= tasks;
  return scaled || now.desired === tasks;
}

async function read({ ecs, cluster, service }: EcsService) {
  const { services = [], failures = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster, services: [service] }),
  );
  const found = services[0];
  if (found?.status !== "ACTIVE") {
    const why = found?.status ?? failures[0]?.reason ?? "not found";
    throw new Error(`Cannot scale the service ${service} of ${cluster}: ${why}`);
  }
  return { running: found.runningCount ?? 0, desired: found.desiredCount ?? 0 };
}

/** Whether an autoscaler looks after the service; if so its minimum is seen to be `tasks` when this returns. A maximum in
 *  the way is raised and stays so: it is a limit on what people spend, not on what is needed now. */
async function setMinimum(of: EcsService, want: "normal" | "full", tasks: number): Promise<boolean> {
  const { autoscaling, cluster, service } = of;
  const target = {
    ServiceNamespace: "ecs",
    ResourceId: `service/${cluster}/${service}`,
    ScalableDimension: "ecs:service:DesiredCount",
  } as const;
  const limits = async () => {
    const { ScalableTargets = [] } = await autoscaling.send(
      new DescribeScalableTargetsCommand({
        ServiceNamespace: target.ServiceNamespace,
        ResourceIds: [target.ResourceId],
        ScalableDimension: target.ScalableDimension,
      }),
    );
    return ScalableTargets[0];
  };
  const before = await limits();
  if (!before) return false; // none is made: it would scale what its owner never asked to have scaled
  const { MinCapacity: min = 0, MaxCapacity: max = 0 } = before;
  if (want === "full" ? min >= tasks : min === tasks) return true;
  const MaxCapacity = max < tasks ? { MaxCapacity: tasks } : {};
  await autoscaling.send(
    new RegisterScalableTargetCommand({ ...target, MinCapacity: tasks, ...MaxCapacity }),
  );
  const after = (await limits())?.MinCapacity ?? 0;
  if (want === "full" ? after < tasks : after !== tasks) {
    throw new Error(`Cannot scale ${service}: its minimum was set to ${tasks} and reads ${after}`);
  }
  return true;
}
