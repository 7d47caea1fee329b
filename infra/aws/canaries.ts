/** infra/aws · effects. Canaries that walk to another region as users do, each minute unless told otherwise. One for each region asked about, so
 *  that each is told apart; what they saw is in CloudWatch even when nothing of ours runs. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region, Target } from "../../store/records.ts";
import type { Alerts } from "./alerts.ts";
import { type Artifacts, seen } from "./artifacts.ts";
import { archive, digest, type Files } from "./code.ts";
import { canaryName } from "./names.ts";
import { accountIn, roleFor, type Statement } from "./role.ts";
import { watches } from "./tags.ts";

export type CanariesArgs = {
  workload: string;
  region: Region;
  artifacts: Artifacts;
  alerts: Alerts;
  code: Files;
  /** As `syn-nodejs-5.4`; AWS retires them by the year. */
  runtime: string;
  /** From one walk to the next. */
  canaryMinutes: number;
  /** By the region they are about; none about this one. */
  targets: ReadonlyMap<Region, readonly Target[]>;
};

export class Canaries extends pulumi.ComponentResource {
  /** By the region each is about: its name. */
  readonly names: Map<Region, string>;
  readonly alarms: aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: CanariesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Canaries", name, {}, opts);
    const inside = { parent: this };
    const { region, artifacts, code } = args;
    const bucket = artifacts.bucket.bucket;
    // The key changes with the content and the runtime, as neither alone is seen as a change (docs/deploy.md).
    const source = new aws.s3.BucketObjectv2(
      `${name}-code`,
      {
        region,
        bucket,
        key: `code/${digest(code)}-${args.runtime}.zip`,
        source: archive("canary", code),
      },
      inside,
    );
    this.names = new Map([...args.targets.keys()].map((about) => [about, canaryName(args.workload, about)]));
    this.alarms = [...args.targets].map(([about, targets]) => this.walk(name, about, targets, source, args));
    this.registerOutputs({ canaries: [...this.names.values()] });
  }

  private walk(
    name: string,
    about: Region,
    targets: readonly Target[],
    source: aws.s3.BucketObjectv2,
    args: CanariesArgs,
  ): aws.cloudwatch.MetricAlarm {
    const inside = { parent: this };
    const { workload, region, artifacts, alerts } = args;
    const canary = canaryName(workload, about);
    const role = roleFor(
      `${name}-${about}`,
      "lambda.amazonaws.com",
      {
        description: `Asks ${about} from ${region} as ${workload}'s users do.`,
        may: mayWalk(canary, region, artifacts.bucket.arn, accountIn(alerts.topic.arn)),
      },
      inside,
    );
    const made = new aws.synthetics.Canary(
      `${name}-${about}-canary`,
      {
        region,
        name: canary,
        artifactS3Location: pulumi.interpolate`s3://${artifacts.bucket.bucket}/${seen}/${canary}`,
        artifactConfig: { s3Encryption: { encryptionMode: "SSE_S3" } },
        executionRoleArn: role.arn,
        handler: "holdfast.handler",
        runtimeVersion: args.runtime,
        s3Bucket: source.bucket,
        s3Key: source.key,
        schedule: {
          expression: everyMinutes(args.canaryMinutes),
        },
        startCanary: true,
        deleteLambda: true,
        successRetentionPeriod: 7,
        failureRetentionPeriod: 31,
        runConfig: {
          timeoutInSeconds: 45, // ends within its minute
          memoryInMb: 960,
          environmentVariables: {
            HOLDFAST_VANTAGE: `canary-${region}`,
            HOLDFAST_REGION: region,
            HOLDFAST_TARGETS: JSON.stringify(targets),
          },
        },
        tags: watches(about),
      },
      inside,
    );
    return new aws.cloudwatch.MetricAlarm(
      `${name}-${about}-fails`,
      {
        region,
        alarmDescription: `${workload}: seen from ${region}, ${about} does not serve, or nobody could look.`,
        namespace: "CloudWatchSynthetics",
        metricName: "SuccessPercent",
        dimensions: { CanaryName: made.name },
        statistic: "Average",
        comparisonOperator: "LessThanThreshold",
        threshold: 100,
        period: 60 * args.canaryMinutes,
        ...(args.canaryMinutes === 1
          ? { evaluationPeriods: 5, datapointsToAlarm: 3 }
          : { evaluationPeriods: 3, datapointsToAlarm: 2 }), // each walk weighs more where there are few
        treatMissingData: "breaching", // a run that timed out leaves no point
        alarmActions: [alerts.topic.arn],
        okActions: [alerts.topic.arn],
        tags: watches(about),
      },
      inside,
    );
  }
}

const everyMinutes = (count: number) => `rate(${count} minute${count === 1 ? "" : "s"})`;

const mayWalk = (
  canary: string,
  region: Region,
  bucket: pulumi.Output<string>,
  account: pulumi.Output<string>,
): Statement[] => {
  const allow = (Sid: string, Action: string | string[], Resource: Statement["Resource"]): Statement => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource,
  });
  const log = pulumi.interpolate`arn:aws:logs:${region}:${account}:log-group:/aws/lambda/cwsyn-${canary}-*`;
  return [
    allow("KeepWhatWasSeen", "s3:PutObject", pulumi.interpolate`${bucket}/${seen}/${canary}/*`),
    allow("ReadTheCode", "s3:GetObject", pulumi.interpolate`${bucket}/code/*`),
    allow("FindTheBucket", "s3:GetBucketLocation", bucket),
    allow(
      "KeepALog",
      ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      [log, pulumi.interpolate`${log}:*`],
    ),
    {
      ...allow("Count", "cloudwatch:PutMetricData", "*"), // this action knows no narrower one; the condition is the fence
      Condition: { StringEquals: { "cloudwatch:namespace": "CloudWatchSynthetics" } },
    },
  ];
};
