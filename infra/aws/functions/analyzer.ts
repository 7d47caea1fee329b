/** infra/aws · effects. The analyzer, in the region that takes over: judges what all regions saw, every ten seconds, and
 *  pulls the lever. */
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import { writeEnvironment } from "../../account/environment.ts";
import type { Settings } from "../../settings.ts";
import type { Alerts } from "../alerts.ts";
import { archive, type Files } from "../code.ts";
import type { Lever } from "../lever/lever.ts";
import { tablesOf } from "../names.ts";
import { accountIn } from "../role.ts";
import { sizes } from "../sizes.ts";
import { actionsWith, arnsOf } from "./database.ts";
import { LambdaFunction } from "./function.ts";
import { analyzerMay, mayHearUsers, mayMoveTheDatabase } from "./may.ts";
import { EachMinute, overAMinute, twoAtOnce } from "./schedule.ts";
import { everywhere, toldTo, withTopology } from "./told.ts";

export type AnalyzerArgs = {
  settings: Settings;
  alerts: Alerts;
  lever: Lever;
  code: Files;
  heardIn: Region;
  /** Whose counts are the users' voice: by region, the end of a load balancer's ARN. */
  balancers: Record<Region, pulumi.Input<string>>;
};

export class Analyzer extends pulumi.ComponentResource {
  readonly runs: LambdaFunction;
  readonly minute: EachMinute;

  constructor(name: string, args: AnalyzerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Analyzer", name, {}, opts);
    const inside = { parent: this };
    const { settings, alerts, lever, code, heardIn, balancers } = args;
    const hears = Object.keys(balancers).length > 0;
    const { workload, regions, rules, services, parts, database } = settings;
    const common = { ...settings, what: "analyzer", alerts };
    const capacity = services ? { [regions.standby]: services.standby } : {}; // of the primary nothing is ever asked for
    const standing = { ...settings, account: accountIn(alerts.topic.arn), topic: alerts.topic.arn };
    const moves = database?.moves;
    const arns = moves && arnsOf(moves, standing);
    const told = {
      ...everywhere(settings),
      HOLDFAST_STATE_TABLE: tablesOf(workload).state,
      HOLDFAST_ACTIONS: JSON.stringify({ capacity }),
      ...(parts === undefined ? {} : { HOLDFAST_PARTS: partsFile }),
      HOLDFAST_LEVER: "", // known once the lever is made
    };
    this.runs = new LambdaFunction(
      `${name}-runs`,
      {
        ...common,
        description: `Decides where ${workload}'s users go.`,
        code: archive("analyzer", {
          ...withTopology(code, settings),
          ...(parts === undefined ? {} : { [partsFile]: parts }),
        }),
        environment: {
          ...writeEnvironment("analyzer", told),
          HOLDFAST_LEVER: lever.told,
          ...(moves && arns ? { HOLDFAST_ACTIONS: actionsWith(capacity, moves, arns, rules) } : {}),
          HOLDFAST_NOTIFY: toldTo(alerts, settings),
          ...(hears ? { HOLDFAST_BALANCERS: pulumi.jsonStringify(balancers) } : {}),
        },
        may: [
          ...analyzerMay(standing, lever.mayPull),
          ...(hears ? mayHearUsers(standing) : []),
          ...(arns ? mayMoveTheDatabase(arns) : []),
        ],
        timeoutSeconds: overAMinute,
        memoryMb: sizes.analyzerMb,
        atOnce: twoAtOnce,
      },
      inside,
    );
    this.minute = new EachMinute(`${name}-minute`, { ...common, runs: this.runs, heardIn }, inside);
    this.registerOutputs({ function: this.runs.function.name });
  }
}

const partsFile = "parts.yaml"; // which JSON is, too
