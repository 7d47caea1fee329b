/** infra/aws · effects. Listens, from the witness region, for the analyzer in the standby region. An alarm beside the
 *  analyzer would fall silent with it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region, Role } from "../../store/records.ts";
import type { Alerts } from "./alerts.ts";
import { silent } from "./metrics.ts";
import { watches } from "./tags.ts";

export type HeartbeatArgs = {
  workload: string;
  region: Region;
  regions: Record<Role, Region>;
  alerts: Alerts;
};

export class Heartbeat extends pulumi.ComponentResource {
  readonly alarm: aws.cloudwatch.MetricAlarm;

  constructor(name: string, args: HeartbeatArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Heartbeat", name, {}, opts);
    const { workload, region, regions, alerts } = args;
    this.alarm = new aws.cloudwatch.MetricAlarm(
      `${name}-alarm`,
      {
        ...silent(workload),
        region,
        alarmDescription: `${workload}: nobody has heard from the analyzer in ${regions.standby} for five minutes. Traffic stays where it is.`,
        alarmActions: [alerts.topic.arn],
        okActions: [alerts.topic.arn],
        tags: watches(regions.standby),
      },
      { parent: this },
    );
    this.registerOutputs({ alarm: this.alarm.name });
  }
}
