/** infra/aws · effects. The page for anybody, in the region that takes over: open to all, and a function of its own, whose role
 *  only reads. However many come, two of it run at once, and each looks at the tables once in five seconds; more than
 *  those can answer are turned away, and nothing else of the account is. */
import * as pulumi from "@pulumi/pulumi";
import { writeEnvironment } from "../../account/environment.ts";
import type { Settings } from "../../settings.ts";
import type { Alerts } from "../alerts.ts";
import { archive, type Files } from "../code.ts";
import { tablesOf } from "../names.ts";
import { accountIn } from "../role.ts";
import { sizes } from "../sizes.ts";
import { LambdaFunction } from "./function.ts";
import { statusMay } from "./may.ts";
import { openUrl } from "./open.ts";
import { everywhere, withTopology } from "./told.ts";

export type StatusPageArgs = { settings: Settings; title: string; alerts: Alerts; code: Files };

export class StatusPage extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(
    name: string,
    { settings, title, alerts, code }: StatusPageArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("holdfast:infra:StatusPage", name, {}, opts);
    const inside = { parent: this };
    const { workload, region } = settings;
    const runs = new LambdaFunction(
      `${name}-runs`,
      {
        ...settings,
        what: "status",
        description: "Tells anybody whether requests are answered.",
        code: archive("status", withTopology(code, settings)),
        environment: writeEnvironment("status", {
          ...everywhere(settings),
          HOLDFAST_STATE_TABLE: tablesOf(workload).state,
          HOLDFAST_STATUS: title,
        }),
        may: statusMay({ ...settings, account: accountIn(alerts.topic.arn) }),
        timeoutSeconds: 5,
        memoryMb: sizes.statusMb,
        atOnce: 2, // at 5 ms an answer two give hundreds a second
      },
      inside,
    );
    this.url = openUrl(name, region, runs, inside);
    this.registerOutputs({ url: this.url });
  }
}
