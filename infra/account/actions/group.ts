/** infra/account/actions · rim. Brings an Auto Scaling group of instances to a size: its minimum, and its maximum where
 *  that is in the way, then the count. Each call is made only where reading shows that it is needed. */
import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";

export type Group = { autoscaling: AutoScalingClient; group: string };

/** True once it is seen to be so: for `full`, that many healthy instances are in service; for `normal`, no more are asked
 *  for than that, or the group's own policies are free to go down to it. */
export async function scaleGroup(of: Group, want: "normal" | "full", instances: number): Promise<boolean> {
  const { autoscaling, group: AutoScalingGroupName } = of;
  const minimumHolds = (min: number) => (want === "full" ? min >= instances : min === instances);
  let now = await read(of);
  if (!minimumHolds(now.min)) {
    const MaxSize = now.max < instances ? { MaxSize: instances } : {};
    await autoscaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: instances, ...MaxSize }),
    );
    now = await read(of);
  }
  const scaled = want === "normal" && (await hasPolicies(of));
  if (want === "full" ? now.desired < instances : !scaled && now.desired !== instances) {
    await autoscaling.send(
      // Not waiting for a cooldown: that is for the policies' own steps.
      new SetDesiredCapacityCommand({
        AutoScalingGroupName,
        DesiredCapacity: instances,
        HonorCooldown: false,
      }),
    );
    now = await read(of);
  }
  if (!minimumHolds(now.min)) return false;
  return want === "full" ? now.inService >= instances : scaled || now.desired === instances;
}

async function read({ autoscaling, group }: Group) {
  const { AutoScalingGroups = [] } = await autoscaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );
  const found = AutoScalingGroups[0];
  if (!found) throw new Error(`Cannot scale the group ${group}: not found`);
  const { MinSize: min = 0, MaxSize: max = 0, DesiredCapacity: desired = 0, Instances = [] } = found;
  const fit = Instances.filter((i) => i.LifecycleState === "InService" && i.HealthStatus === "Healthy");
  return { min, max, desired, inService: fit.length };
}

async function hasPolicies({ autoscaling, group }: Group): Promise<boolean> {
  const { ScalingPolicies = [] } = await autoscaling.send(
    new DescribePoliciesCommand({ AutoScalingGroupName: group, MaxRecords: 1 }),
  );
  return ScalingPolicies.length > 0;
}
