/** infra/aws · effects. The auditor, in the region that takes no users: looks every five minutes whether records, checks and
 *  canaries are still what this program made, and changes nothing. */
import * as pulumi from "@pulumi/pulumi";
import { auditEveryMs } from "../../account/audited.ts";
import { writeEnvironment } from "../../account/environment.ts";
import { wantedBy } from "../../audit/wanted.ts";
import type { Settings } from "../../settings.ts";
import type { Alerts } from "../alerts.ts";
import { archive, type Files } from "../code.ts";
import { tablesOf } from "../names.ts";
import { accountIn } from "../role.ts";
import { sizes } from "../sizes.ts";
import { LambdaFunction } from "./function.ts";
import { auditorMay } from "./may.ts";
import { EachMinute } from "./schedule.ts";

export type AuditorArgs = { settings: Settings; alerts: Alerts; code: Files; heardIn: string };

export class Auditor extends pulumi.ComponentResource {
  readonly runs: LambdaFunction;
  readonly minute: EachMinute;

  constructor(
    name: string,
    { settings, alerts, code, heardIn }: AuditorArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("holdfast:infra:Auditor", name, {}, opts);
    const inside = { parent: this };
    const { workload, domain } = settings;
    const wanted = wantedBy(settings);
    const common = { ...settings, what: "auditor", alerts };
    this.runs = new LambdaFunction(
      `${name}-runs`,
      {
        ...common,
        description: `Looks whether ${workload}'s records, checks and canaries are as they were made.`,
        code: archive("auditor", code),
        environment: writeEnvironment("auditor", {
          HOLDFAST_WORKLOAD: workload,
          HOLDFAST_STATE_TABLE: tablesOf(workload).state,
          HOLDFAST_AUDIT: wanted,
        }),
        may: auditorMay(
          { ...settings, account: accountIn(alerts.topic.arn) },
          { zoneId: domain?.zoneId, canaries: [...new Set(Object.values(wanted.canaries).flat())] },
        ),
        timeoutSeconds: 60,
        memoryMb: sizes.auditorMb,
        atOnce: 1, // a look that takes long is no reason for a second beside it
      },
      inside,
    );
    const everyMinutes = auditEveryMs / 60_000;
    this.minute = new EachMinute(
      `${name}-minute`,
      { ...common, runs: this.runs, heardIn, everyMinutes },
      inside,
    );
    this.registerOutputs({ function: this.runs.function.name });
  }
}
