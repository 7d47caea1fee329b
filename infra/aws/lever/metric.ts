/** infra/aws · effects. The lever: a health check that is unhealthy while the primary is drained. It stands ready in the
 *  standby region, so moving traffic is one number published there, and no control plane is asked for anything. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region, Role } from "../../../store/records.ts";
import type { Alerts } from "../alerts.ts";
import type { Files } from "../code.ts";
import { drained } from "../metrics.ts";
import { leverAlarm } from "../names.ts";
import type { Statement } from "../role.ts";
import { watches } from "../tags.ts";

export type LeverArgs = {
  workload: string;
  region: Region;
  regions: Record<Role, Region>;
  alerts: Alerts;
  /** The lever's own function, for the kind that has one. */
  code: Files;
};

export class MetricLever extends pulumi.ComponentResource {
  readonly alarm: aws.cloudwatch.MetricAlarm;
  /** Tells whether a lever like this one works. No health check reads it, and it rings for nobody. */
  readonly shadow: aws.cloudwatch.MetricAlarm;
  /** Healthy: not drained. Reads the metric's own stream by the alarm's definition, so the alarm's state, or setting
   *  it by hand, moves nobody (Route 53 guide, "How Route 53 determines whether a health check is healthy"). */
  readonly check: aws.route53.HealthCheck;

  constructor(name: string, args: LeverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:MetricLever", name, {}, opts);
    const inside = { parent: this };
    const { workload, region, regions, alerts } = args;
    const definition = drained(workload);
    this.alarm = new aws.cloudwatch.MetricAlarm(
      `${name}-alarm`,
      {
        ...definition,
        region,
        name: leverAlarm(workload),
        alarmDescription: `${workload}: users are kept out of ${regions.primary}.`,
        alarmActions: [alerts.topic.arn],
        okActions: [alerts.topic.arn],
        tags: watches(regions.primary),
      },
      inside,
    );
    this.shadow = new aws.cloudwatch.MetricAlarm(
      `${name}-shadow`,
      {
        ...drained(`${workload}-shadow`),
        region,
        name: leverAlarm(`${workload}-shadow`),
        alarmDescription: `${workload}: the lever's own test. It goes on and off by turns, and nobody need act on it.`,
        tags: { ...watches(regions.primary), "holdfast:rings": "for nobody" },
      },
      inside,
    );
    this.check = new aws.route53.HealthCheck(
      `${name}-check`,
      {
        type: "CLOUDWATCH_METRIC",
        cloudwatchAlarmName: this.alarm.name,
        cloudwatchAlarmRegion: region,
        insufficientDataHealthStatus: "LastKnownStatus", // silence neither drains nor brings back
        triggers: { alarm: JSON.stringify(definition) }, // Route 53 copies the alarm; it is told of every edit
        tags: { Name: `${workload}: ${regions.primary} is not drained` },
      },
      inside,
    );
    this.registerOutputs({ alarm: this.alarm.name, check: this.check.id });
  }

  get told(): pulumi.Output<string> {
    return pulumi.jsonStringify({ kind: "metric", alarm: this.alarm.name, shadowAlarm: this.shadow.name });
  }

  /** To see that what was published is heard. */
  get mayPull(): Statement[] {
    return [
      {
        Sid: "SeeTheLever",
        Effect: "Allow",
        Action: "cloudwatch:DescribeAlarms",
        Resource: [this.alarm.arn, this.shadow.arn],
      },
    ];
  }
}
