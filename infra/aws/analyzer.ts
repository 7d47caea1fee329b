/** infra/aws · effects. Who the analyzer is: it may say whether the primary is drained and that it is alive, see its
 *  lever's alarm, and keep a log. It may change no record, no check and no role. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { namespace } from "../../store/metrics.ts";
import type { Region, Role } from "../../store/records.ts";
import type { Lever } from "./lever.ts";

export type AnalyzerRoleArgs = {
  workload: string;
  region: Region;
  regions: Record<Role, Region>;
  lever: Lever;
};

const logDays = 30; // as long as the story of an outage is still asked for

export class AnalyzerRole extends pulumi.ComponentResource {
  readonly role: aws.iam.Role;
  readonly log: aws.cloudwatch.LogGroup;

  constructor(name: string, args: AnalyzerRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:AnalyzerRole", name, {}, opts);
    const inside = { parent: this };
    const { workload, region } = args;
    const logName = `/holdfast/${workload}/analyzer`;
    this.log = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { region, name: logName, retentionInDays: logDays },
      inside,
    );
    this.role = new aws.iam.Role(
      `${name}-role`,
      {
        description: `Decides where ${workload}'s users go, and pulls the lever in ${region}.`,
        assumeRolePolicy: JSON.stringify(runsOnLambda),
      },
      inside,
    );
    const policy = pulumi.jsonStringify(mayDo(args, this.log));
    new aws.iam.RolePolicy(`${name}-policy`, { role: this.role.id, policy }, inside);
    this.registerOutputs({ role: this.role.arn, log: this.log.name });
  }
}

const runsOnLambda = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
};

const mayDo = ({ regions, lever }: AnalyzerRoleArgs, log: aws.cloudwatch.LogGroup) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "PullTheLeverAndBeat",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      Resource: "*", // this action knows no narrower one; the condition is the fence
      Condition: {
        StringEquals: {
          "cloudwatch:namespace": namespace,
          "aws:RequestedRegion": [regions.standby, regions.witness],
        },
      },
    },
    {
      Sid: "SeeTheLever",
      Effect: "Allow",
      Action: "cloudwatch:DescribeAlarms",
      Resource: lever.alarm.arn,
    },
    {
      Sid: "KeepALog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${log.arn}:*`,
    },
  ],
});
