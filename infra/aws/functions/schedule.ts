/** infra/aws · effects. Starts a function each minute, or less often where that is asked for, and tells somebody when it fails or could not be started. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import { scheduledInput } from "../../account/run.ts";
import type { Alerts } from "../alerts.ts";
import { ours } from "../names.ts";
import { roleFor } from "../role.ts";
import { watchesWithin } from "../tags.ts";
import type { LambdaFunction } from "./function.ts";

/** Each run goes on until the next has taken over, so it outlives its minute; what is over is for a late start. */
export const overAMinute = 120;
/** The one that works and the one that takes over. */
export const twoAtOnce = 2;

export type EachMinuteArgs = {
  workload: string;
  region: Region;
  what: string;
  runs: LambdaFunction;
  alerts: Alerts;
  /** The region that notices when this whole region is silent. */
  heardIn: Region;
  /** One when left out. */
  everyMinutes?: number;
};

export class EachMinute extends pulumi.ComponentResource {
  readonly alarms: aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: EachMinuteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:EachMinute", name, {}, opts);
    const inside = { parent: this };
    const { workload, region, what, runs, everyMinutes = 1 } = args;
    const often = everyMinutes === 1 ? "each minute" : `every ${everyMinutes} minutes`;
    const role = roleFor(
      name,
      "scheduler.amazonaws.com",
      {
        description: `Starts ${workload}'s ${what} ${often} in ${region}.`,
        may: [
          {
            Sid: "Start",
            Effect: "Allow",
            Action: "lambda:InvokeFunction",
            Resource: runs.function.arn,
          },
          { Sid: "GiveUp", Effect: "Allow", Action: "sqs:SendMessage", Resource: runs.lost.arn },
        ],
      },
      inside,
    );
    new aws.scheduler.Schedule(
      `${name}-schedule`,
      {
        region,
        name: `${ours(workload)}-${what}`,
        description: `${workload}'s ${what}`,
        scheduleExpression: `rate(${everyMinutes} minute${everyMinutes === 1 ? "" : "s"})`,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: runs.function.arn,
          roleArn: role.arn,
          input: scheduledInput, // the minute it was due, so that one told twice is done once
          retryPolicy: { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 },
          deadLetterConfig: { arn: runs.lost.arn },
        },
      },
      inside,
    );
    const fails = this.ring(`${name}-fails`, args, {
      alarmDescription: `${workload}: the ${what} in ${region} ended with an error.`,
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: runs.function.name },
      period: 60 * everyMinutes,
      evaluationPeriods: 3, // starts; one error is weather
      datapointsToAlarm: 2,
    });
    const gaveUp = this.ring(`${name}-gave-up`, args, {
      alarmDescription: `${workload}: minutes of the ${what} in ${region} were given up, and lie in its queue.`,
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: runs.lost.name },
      evaluationPeriods: 1,
    });
    this.alarms = [fails, gaveUp];
    this.registerOutputs({});
  }

  private ring(
    name: string,
    { region, alerts, heardIn }: EachMinuteArgs,
    what: Omit<aws.cloudwatch.MetricAlarmArgs, "comparisonOperator">,
  ): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
      name,
      {
        region,
        statistic: "Maximum",
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        period: 60,
        treatMissingData: "notBreaching", // no error told is no error; silence is heard elsewhere
        alarmActions: [alerts.topic.arn],
        okActions: [alerts.topic.arn],
        tags: watchesWithin(region, heardIn),
        ...what,
      },
      { parent: this },
    );
  }
}
