/** infra/aws · effects. A Lambda with what each needs: a log that expires, a role that may do what is written and nothing
 *  else, and a queue for what it could not do. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import { ours } from "../names.ts";
import { mayLog, roleFor, type Statement } from "../role.ts";

export type FunctionArgs = {
  workload: string;
  region: Region;
  /** One word: `prober`. */
  what: string;
  description: string;
  code: pulumi.asset.Archive;
  environment: Record<string, pulumi.Input<string>>;
  may: pulumi.Input<Statement[]>;
  timeoutSeconds: number;
  memoryMb: number;
  /** How many may run at once; undefined leaves it to the account. */
  atOnce?: number;
};

export class LambdaFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly log: aws.cloudwatch.LogGroup;
  readonly role: aws.iam.Role;
  /** What was given up. */
  readonly lost: aws.sqs.Queue;

  constructor(name: string, args: FunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:LambdaFunction", name, {}, opts);
    const inside = { parent: this };
    const { workload, region, what } = args;
    this.log = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { region, name: `/holdfast/${workload}/${what}`, retentionInDays: 30 }, // as long as an outage is still asked about
      inside,
    );
    this.lost = new aws.sqs.Queue(
      `${name}-lost`,
      { region, messageRetentionSeconds: 14 * 24 * 3600, sqsManagedSseEnabled: true },
      inside,
    );
    const own = pulumi
      .output(args.may)
      .apply((more) => [
        mayLog(this.log),
        { Sid: "GiveUp", Effect: "Allow" as const, Action: "sqs:SendMessage", Resource: this.lost.arn },
        ...more,
      ]);
    this.role = roleFor(
      name,
      "lambda.amazonaws.com",
      { description: `${args.description} In ${region}.`, may: own },
      inside,
    );
    this.function = new aws.lambda.Function(
      `${name}-function`,
      {
        region,
        name: `${ours(workload)}-${what}`,
        description: args.description,
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: args.code,
        role: this.role.arn,
        timeout: args.timeoutSeconds,
        memorySize: args.memoryMb,
        environment: { variables: { ...args.environment } },
        loggingConfig: { logFormat: "JSON", logGroup: this.log.name },
        deadLetterConfig: { targetArn: this.lost.arn },
        ...(args.atOnce === undefined ? {} : { reservedConcurrentExecutions: args.atOnce }),
      },
      inside,
    );
    // A minute that could not be done is not done later: the next one is there already.
    new aws.lambda.FunctionEventInvokeConfig(
      `${name}-tries`,
      {
        region,
        functionName: this.function.name,
        maximumRetryAttempts: 0,
        maximumEventAgeInSeconds: 60,
      },
      inside,
    );
    this.registerOutputs({ function: this.function.arn, role: this.role.arn });
  }
}
