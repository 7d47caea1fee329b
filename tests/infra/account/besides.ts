/** tests · what of an account the rig leaves out, as only they need it who hold its grants against every call. */
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import type { StandIn } from "./recorder.ts";
import { names, primary, type Rig, regions, standby } from "./rig.ts";
import { autoscale, makeService } from "./service.ts";

/** What balancers count, of the minute before, where users go: the local API knows no percentiles. */
export const usersHeard =
  (rig: Rig): StandIn =>
  async ({ host, action, body }) => {
    if (action !== "GetMetricData") return null;
    const isHere = host.includes((await rig.keptOut()) ? standby : primary);
    const { MetricDataQueries, EndTime } = JSON.parse(body) as {
      MetricDataQueries: { Id: string }[];
      EndTime: number;
    };
    const MetricDataResults = MetricDataQueries.map(({ Id }) => ({
      Id,
      Timestamps: [EndTime - 60],
      Values: [Id === "bRequestCount" && isHere ? 600 : 0],
    }));
    const headers = { "content-type": "application/x-amz-json-1.0" };
    return { status: 200, headers, body: JSON.stringify({ MetricDataResults }) };
  };

/** What the program places and the rig does not: the primary's service, which probers count too, and the topics. And rules
 *  that bring users home at once. */
export async function besides(rig: Rig): Promise<void> {
  await makeService(rig.clientOf(ECSClient, primary), names.service, 2);
  for (const region of regions)
    await rig.clientOf(SNSClient, region).send(new CreateTopicCommand({ Name: "shop-alerts-topic-1a2b3c4" }));
  const tasks = rig.topology.targets.find((t) => t.purpose === "capacity");
  if (tasks?.kind !== "aws") throw new Error("expected the rig to count tasks");
  const there = {
    ...tasks,
    id: `tasks@${primary}`,
    region: primary,
    url: tasks.url.replace(standby, primary),
  };
  Object.assign(rig.environment, {
    HOLDFAST_TOPOLOGY: JSON.stringify({ ...rig.topology, targets: [...rig.topology.targets, there] }),
    HOLDFAST_RULES: JSON.stringify({
      ...JSON.parse(rig.environment.HOLDFAST_RULES ?? "{}"),
      failback: "automatic",
      windowRounds: 6,
      holdDownMs: 10_000,
      cooldownMs: 10_000,
    }),
  });
}

/** One task, and an autoscaler that asks for no more. */
export async function asBefore(rig: Rig): Promise<void> {
  await rig
    .clientOf(ECSClient, standby)
    .send(new UpdateServiceCommand({ ...names.service, desiredCount: 1 }));
  await autoscale(rig.clientOf(ApplicationAutoScalingClient, standby), names.service, 4);
}

/** A zone with the workload's name in it, and a check that it obeys; gives the zone's id. */
export async function nameIn(rig: Rig): Promise<string> {
  const route53 = rig.clientOf(Route53Client, "us-east-1");
  const zone = { Name: "example.com", CallerReference: "zone" };
  const { HostedZone } = await route53.send(new CreateHostedZoneCommand(zone));
  const { HealthCheck } = await route53.send(
    new CreateHealthCheckCommand({
      CallerReference: "check",
      HealthCheckConfig: { Type: "HTTPS", FullyQualifiedDomainName: "door.example.com" },
    }),
  );
  const record: ResourceRecordSet = {
    Name: "shop.example.com",
    Type: "A",
    SetIdentifier: primary,
    Failover: "PRIMARY",
    HealthCheckId: HealthCheck?.Id,
    AliasTarget: { HostedZoneId: "Z2", DNSName: "door.example.com", EvaluateTargetHealth: true },
  };
  const ChangeBatch = { Changes: [{ Action: "CREATE" as const, ResourceRecordSet: record }] };
  const HostedZoneId = HostedZone?.Id ?? "";
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
  return HostedZoneId.replace("/hostedzone/", "");
}
