/** infra/aws · effects. The lever as a function of one bit, which Route 53's checkers ask every ten seconds in the standby
 *  region: it answers 200 only while the primary is drained, and the check is inverted. Half a minute faster than the
 *  number; but where nobody answers, nobody is drained. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { leverPaths, writeEnvironment } from "../../account/mod.ts";
import { archive } from "../code.ts";
import { LambdaFunction } from "../functions/function.ts";
import { drainMay } from "../functions/may.ts";
import { openUrl } from "../functions/open.ts";
import { tablesOf } from "../names.ts";
import { accountIn } from "../role.ts";
import { sizes } from "../sizes.ts";
import { watchesWithin } from "../tags.ts";
import type { LeverArgs } from "./metric.ts";

export class EndpointLever extends pulumi.ComponentResource {
  /** Healthy: not drained. A new one counts as drained until checkers have answers from three rounds, as inverted checks
   *  do (Route 53 API, HealthCheckConfig), so it is made before the primary's record reads it. */
  readonly check: aws.route53.HealthCheck;
  readonly alarms: aws.cloudwatch.MetricAlarm[];
  private readonly table: string;
  private readonly url: pulumi.Output<string>;

  constructor(name: string, args: LeverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:EndpointLever", name, {}, opts);
    const inside = { parent: this };
    const { workload, region, regions, alerts, code } = args;
    this.table = tablesOf(workload).state;
    const runs = new LambdaFunction(
      `${name}-runs`,
      {
        workload,
        region,
        what: "drain",
        description: `Tells Route 53's checkers whether ${workload}'s users are kept out of ${regions.primary}.`,
        code: archive("drain", code),
        environment: writeEnvironment("drain", {
          HOLDFAST_WORKLOAD: workload,
          HOLDFAST_REGION: region,
          HOLDFAST_STATE_TABLE: this.table,
        }),
        may: drainMay({ workload, region, regions, account: accountIn(alerts.topic.arn) }),
        timeoutSeconds: 3, // a checker has gone after two
        memoryMb: sizes.drainMb,
        atOnce: 10, // kept for the checkers: no other function of the account can use them up
      },
      inside,
    );
    this.url = openUrl(name, region, runs, inside);
    this.check = new aws.route53.HealthCheck(
      `${name}-check`,
      {
        type: "HTTPS",
        fqdn: this.url.apply((url) => new URL(url).hostname),
        port: 443,
        enableSni: true,
        resourcePath: leverPaths.lever,
        requestInterval: 10, // seconds
        failureThreshold: 3,
        invertHealthcheck: true, // who answers well keeps users out, and who does not answer keeps nobody out
        tags: { Name: `${workload}: ${regions.primary} is not drained` },
      },
      inside,
    );
    this.alarms = (["Errors", "Throttles"] as const).map((metricName) =>
      alarm(`${name}-${metricName.toLowerCase()}`, metricName, args, runs, inside),
    );
    this.registerOutputs({ url: this.url, check: this.check.id });
  }

  get told(): pulumi.Output<string> {
    const shadowUrl = this.url.apply((url) => new URL(leverPaths.shadow, url).href);
    return pulumi.jsonStringify({ kind: "endpoint", table: this.table, url: this.url, shadowUrl });
  }
}

type Inside = pulumi.CustomResourceOptions;

/** Trouble of the function is "not drained", which nobody would see: so it rings. */
const alarm = (
  name: string,
  metricName: "Errors" | "Throttles",
  { workload, region, regions, alerts }: LeverArgs,
  runs: LambdaFunction,
  inside: Inside,
) =>
  new aws.cloudwatch.MetricAlarm(
    name,
    {
      region,
      alarmDescription: `${workload}: the lever's function ${metricName === "Errors" ? "fails" : "is called more than it can answer"}, and where it does not answer nobody is drained.`,
      namespace: "AWS/Lambda",
      metricName,
      dimensions: { FunctionName: runs.function.name },
      statistic: "Sum",
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: 60,
      evaluationPeriods: 3, // minutes; one is weather
      datapointsToAlarm: 2,
      treatMissingData: "notBreaching", // none told is none
      alarmActions: [alerts.topic.arn],
      okActions: [alerts.topic.arn],
      tags: watchesWithin(region, regions.witness),
    },
    inside,
  );
