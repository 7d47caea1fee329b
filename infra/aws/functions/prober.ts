/** infra/aws · effects. The prober of a region: asks names and endpoints of all three every ten seconds, and keeps what it
 *  heard here. */
import * as pulumi from "@pulumi/pulumi";
import { writeEnvironment } from "../../account/environment.ts";
import type { Settings } from "../../settings.ts";
import type { Alerts } from "../alerts.ts";
import { archive, type Files } from "../code.ts";
import { tablesOf } from "../names.ts";
import { accountIn } from "../role.ts";
import { sizes } from "../sizes.ts";
import { LambdaFunction } from "./function.ts";
import { mayHearTheCopy, proberMay } from "./may.ts";
import { EachMinute, overAMinute, twoAtOnce } from "./schedule.ts";
import { everywhere, toldTo, withTopology } from "./told.ts";

export type ProberArgs = { settings: Settings; alerts: Alerts; code: Files; heardIn: string };

export class Prober extends pulumi.ComponentResource {
  readonly runs: LambdaFunction;
  readonly minute: EachMinute;

  constructor(
    name: string,
    { settings, alerts, code, heardIn }: ProberArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("holdfast:infra:Prober", name, {}, opts);
    const inside = { parent: this };
    const { workload, region, database } = settings;
    const standing = { ...settings, account: accountIn(alerts.topic.arn), topic: alerts.topic.arn };
    const common = { ...settings, what: "prober", alerts };
    this.runs = new LambdaFunction(
      `${name}-runs`,
      {
        ...common,
        description: `Asks, as ${workload}'s vantage point, whether names resolve and endpoints answer.`,
        code: archive("prober", withTopology(code, settings)),
        environment: {
          ...writeEnvironment("prober", {
            ...everywhere(settings),
            HOLDFAST_VANTAGE: region,
            HOLDFAST_LISTEN: tablesOf(workload).state,
          }),
          HOLDFAST_NOTIFY: toldTo(alerts, settings),
        },
        may: [...proberMay(standing), ...(database ? mayHearTheCopy(standing) : [])],
        timeoutSeconds: overAMinute,
        memoryMb: sizes.proberMb,
        atOnce: twoAtOnce,
      },
      inside,
    );
    this.minute = new EachMinute(`${name}-minute`, { ...common, runs: this.runs, heardIn }, inside);
    this.registerOutputs({ function: this.runs.function.name });
  }
}
