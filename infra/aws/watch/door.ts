/** infra/aws · effects. Alarms over what users get at this region's door. They are CloudWatch's own view from within, for
 *  people; whether users move is judged from outside. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import type { Alerts } from "../alerts.ts";
import { watchesWithin } from "../tags.ts";
import type { Balancer } from "../workload/balancer.ts";

export type DoorAlarmsArgs = {
  workload: string;
  region: Region;
  door: Balancer;
  alerts: Alerts;
  /** The region that notices when this whole region is silent. */
  heardIn: Region;
};

export class DoorAlarms extends pulumi.ComponentResource {
  readonly alarms: aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: DoorAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:DoorAlarms", name, {}, opts);
    const { workload, region, door, alerts, heardIn } = args;
    const dimensions = {
      LoadBalancer: door.balancer.arnSuffix,
      TargetGroup: door.targets.arnSuffix,
    };
    const ring = (what: string, alarm: Omit<aws.cloudwatch.MetricAlarmArgs, "evaluationPeriods">) =>
      new aws.cloudwatch.MetricAlarm(
        `${name}-${what}`,
        {
          region,
          namespace: "AWS/ApplicationELB",
          dimensions,
          period: 60,
          evaluationPeriods: 5, // minutes
          datapointsToAlarm: 3,
          alarmActions: [alerts.topic.arn],
          okActions: [alerts.topic.arn],
          tags: watchesWithin(region, heardIn),
          ...alarm,
        },
        { parent: this },
      );
    this.alarms = [
      ring("unserved", {
        alarmDescription: `${workload}: no healthy task behind the door in ${region}.`,
        metricName: "HealthyHostCount",
        statistic: "Maximum",
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        treatMissingData: "breaching", // a target group without a task tells nothing
      }),
      ring("errors", {
        alarmDescription: `${workload}: tasks in ${region} answer with errors of their own, ten a minute or more.`,
        metricName: "HTTPCode_Target_5XX_Count",
        statistic: "Sum",
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 10,
        treatMissingData: "notBreaching", // no answer of that kind is told as no point
      }),
    ];
    this.registerOutputs({});
  }
}
