/** infra/aws · effects. The dashboard behind a URL that lets in only whom IAM lets in, in the region that takes over, so
 *  that it survives the outage it shows. Whoever is to look is given the policy made for it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { writeEnvironment } from "../../account/environment.ts";
import type { Settings } from "../../settings.ts";
import type { Alerts } from "../alerts.ts";
import { archive, type Files } from "../code.ts";
import { tablesOf } from "../names.ts";
import { accountIn } from "../role.ts";
import { sizes } from "../sizes.ts";
import { LambdaFunction } from "./function.ts";
import { dashboardMay } from "./may.ts";
import { everywhere, withTopology } from "./told.ts";

export type DashboardArgs = { settings: Settings; alerts: Alerts; code: Files };

export class Dashboard extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  /** For people's roles: to look, and to ask for what a person may ask for. */
  readonly mayLook: aws.iam.Policy;

  constructor(
    name: string,
    { settings, alerts, code }: DashboardArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("holdfast:infra:Dashboard", name, {}, opts);
    const inside = { parent: this };
    const { workload, region } = settings;
    const runs = new LambdaFunction(
      `${name}-runs`,
      {
        ...settings,
        what: "dashboard",
        description: `Shows how ${workload} is, and what will be done.`,
        code: archive("dashboard", withTopology(code, settings)),
        environment: writeEnvironment("dashboard", {
          ...everywhere(settings),
          HOLDFAST_STATE_TABLE: tablesOf(workload).state,
        }),
        may: dashboardMay({ ...settings, account: accountIn(alerts.topic.arn) }),
        timeoutSeconds: 15,
        memoryMb: sizes.dashboardMb,
      },
      inside,
    );
    const url = new aws.lambda.FunctionUrl(
      `${name}-url`,
      { region, functionName: runs.function.name, authorizationType: "AWS_IAM" },
      inside,
    );
    this.url = url.functionUrl;
    this.mayLook = new aws.iam.Policy(
      `${name}-may-look`,
      {
        description: `Lets whoever has it look at ${workload}'s dashboard, and ask there for a move.`,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Look",
              Effect: "Allow",
              Action: ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"], // both, since October 2025: Lambda guide, "urls-auth"
              Resource: runs.function.arn,
            },
          ],
        }),
      },
      inside,
    );
    this.registerOutputs({ url: this.url });
  }
}
