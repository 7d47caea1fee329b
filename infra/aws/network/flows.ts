/** infra/aws · effects. What went through the network and what was refused, kept for as long as an outage is talked of. */
import * as aws from "@pulumi/aws";
import { type CustomResourceOptions, interpolate } from "@pulumi/pulumi";
import { ours } from "../names.ts";
import { roleFor } from "../role.ts";
import type { NetworkArgs } from "./network.ts";

export function keepFlows(
  name: string,
  { region, workload }: NetworkArgs,
  vpc: aws.ec2.Vpc,
  inside: CustomResourceOptions,
): void {
  const log = new aws.cloudwatch.LogGroup(
    `${name}-flows-log`,
    { region, name: `/holdfast/${workload}/flows`, retentionInDays: 14 },
    inside,
  );
  const role = roleFor(
    `${name}-flows`,
    "vpc-flow-logs.amazonaws.com",
    {
      description: `Writes down what goes through ${ours(workload)}'s network in ${region}.`,
      may: [
        {
          Sid: "WriteFlows",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          Resource: interpolate`${log.arn}:*`,
        },
        { Sid: "FindTheLog", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" }, // knows no narrower one
      ],
    },
    inside,
  );
  new aws.ec2.FlowLog(
    `${name}-flows`,
    {
      region,
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: log.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 60, // seconds; the finer of the two there are
      tags: { Name: `${workload} flows` },
    },
    inside,
  );
}
