/** infra/aws · pure. What each function may do, by what it was seen to call: nothing that changes a record, a check or a
 *  role, and nothing outside the tables and the service of its own workload. */
import { type Input, interpolate, type Output } from "@pulumi/pulumi";
import { askedIn } from "../../../store/dynamodb/keys.ts";
import { namespace } from "../../../store/metrics.ts";
import type { Region, Role } from "../../../store/records.ts";
import { auditKey } from "../../account/audited.ts";
import { leverKey, shadowOf } from "../../account/lever/mod.ts";
import type { Service } from "../../settings.ts";
import { serviceOf, tablesOf } from "../names.ts";
import type { Statement } from "../role.ts";
import type { DatabaseArns } from "./database.ts";

export type Standing = {
  workload: string;
  region: Region;
  regions: Record<Role, Region>;
  account: Output<string>;
  /** Whose tasks carry users; the program's own when left out. */
  services?: Record<"primary" | "standby", Service> | null;
};

const allow = (
  Sid: string,
  Action: string | string[],
  Resource: Input<string> | Input<string>[],
): Statement => ({
  Sid,
  Effect: "Allow",
  Action: typeof Action === "string" ? Action : Action.map((action) => action),
  Resource,
});

const table = ({ account }: Standing, region: Region, name: string) =>
  interpolate`arn:aws:dynamodb:${region}:${account}:table/${name}`;
const all = ({ regions }: Standing) => [regions.primary, regions.standby, regions.witness];
const serving = ({ regions }: Standing) => [regions.primary, regions.standby];
const service = ({ workload, regions, account, services }: Standing, role: "primary" | "standby") => {
  const { cluster, service } = services?.[role] ?? serviceOf(workload);
  return interpolate`arn:aws:ecs:${regions[role]}:${account}:service/${cluster}/${service}`;
};
const rounds = (of: Standing) => all(of).map((region) => table(of, region, tablesOf(of.workload).rounds));
const state = (of: Standing) => table(of, of.regions.standby, tablesOf(of.workload).state);

/** Whoever tells people does so over its own region's topic. */
export type Telling = Standing & { topic: Output<string> };
const tell = ({ topic }: Telling) => allow("TellPeople", "sns:Publish", topic);

/** Asks, writes down its round, and takes turns with the run before it. Where the analyzer is not, it listens for that, and
 *  keeps beside its rounds what it has told people. */
export const proberMay = (of: Telling): Statement[] => {
  const own = table(of, of.region, tablesOf(of.workload).rounds);
  return [
    allow("KeepTheRound", ["dynamodb:PutItem", "dynamodb:UpdateItem"], own),
    allow(
      "CountTasks",
      "ecs:DescribeServices",
      (["primary", "standby"] as const).map((role) => service(of, role)),
    ),
    ...(of.region === of.regions.standby
      ? []
      : [
          allow("ListenForTheAnalyzer", "dynamodb:GetItem", state(of)),
          allow("KnowWhatWasTold", "dynamodb:GetItem", own),
          tell(of),
        ]),
  ];
};

/** Reads how far the standby's copy of the data is behind, where that is kept. */
export const mayHearTheCopy = ({ regions }: Standing): Statement[] => [
  {
    ...allow("HearTheCopy", "cloudwatch:GetMetricData", "*"), // knows no narrower one; the condition is the fence
    Condition: { StringEquals: { "aws:RequestedRegion": [regions.standby] } },
  },
];

/** Makes another region take this database's writes, and changes nothing else of it. RDS asks for leave on the global
 *  database and on the cluster that is to take over: Service Authorization Reference, Amazon RDS. */
export const mayMoveTheDatabase = ({ global, clusters }: DatabaseArns): Statement[] => [
  allow("SeeWhoWrites", "rds:DescribeGlobalClusters", global),
  allow(
    "MoveTheWriter",
    ["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"],
    [global, ...Object.values(clusters)],
  ),
];

/** Reads what all regions saw, keeps where the failover stands, brings the standby's tasks along, and says what it holds
 *  in the two regions that are not the one being left. Of the primary it may change nothing: its tasks stay as they are,
 *  and there to come home to. */
export const analyzerMay = (of: Telling, mayPull: Statement[]): Statement[] => [
  allow("HearTheRounds", "dynamodb:Query", rounds(of)),
  tell(of),
  allow(
    "KeepTheStanding",
    ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
    state(of),
  ),
  allow("BringTasksAlong", ["ecs:DescribeServices", "ecs:UpdateService"], service(of, "standby")),
  allow("SeeTheLeast", "application-autoscaling:DescribeScalableTargets", "*"), // knows no narrower one
  allow(
    "RaiseTheLeast",
    "application-autoscaling:RegisterScalableTarget",
    interpolate`arn:aws:application-autoscaling:${of.regions.standby}:${of.account}:scalable-target/*`,
  ),
  {
    ...allow("PullTheLeverAndBeat", "cloudwatch:PutMetricData", "*"), // knows no narrower one; the conditions are the fence
    Condition: {
      StringEquals: {
        "cloudwatch:namespace": namespace,
        "aws:RequestedRegion": [of.regions.standby, of.regions.witness],
      },
    },
  },
  ...mayPull,
];

/** Reads what load balancers count, each in its own region, and keeps it. */
export const mayHearUsers = (of: Standing): Statement[] => [
  {
    ...allow("HearTheUsers", "cloudwatch:GetMetricData", "*"), // knows no narrower one; the condition is the fence
    Condition: { StringEquals: { "aws:RequestedRegion": serving(of) } },
  },
  allow("KeepTheirVoice", "dynamodb:BatchWriteItem", state(of)),
];

/** Reads what the analyzer keeps, and puts down what a person asks for, and nothing else: who breaks in there can ask the
 *  analyzer for a move, and can neither make one nor turn the lever. */
export const dashboardMay = (of: Standing): Statement[] => [
  allow("SeeTheStanding", ["dynamodb:GetItem", "dynamodb:Query"], state(of)),
  {
    ...allow("AskForSomething", ["dynamodb:PutItem", "dynamodb:UpdateItem"], state(of)),
    Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [...askedIn] } },
  },
];

/** Reads what the analyzer keeps, and changes nothing of it: whoever gets this role by the open door can do no more. */
export const statusMay = (of: Standing): Statement[] => [
  allow("SeeTheStanding", ["dynamodb:GetItem", "dynamodb:Query"], state(of)),
];

/** Reads the one bit that the analyzer told the lever, or its shadow, and nothing else of the table. */
export const drainMay = (of: Standing): Statement[] => [
  {
    ...allow("SeeTheBit", "dynamodb:GetItem", state(of)),
    Condition: {
      "ForAllValues:StringEquals": {
        "dynamodb:LeadingKeys": [of.workload, shadowOf(of.workload)].map(leverKey),
      },
    },
  },
];

/** Reads the records, checks and canaries that the program made, and keeps what it found. Changes none of them. */
export const auditorMay = (
  of: Standing,
  { zoneId, canaries }: { zoneId: string | undefined; canaries: string[] },
): Statement[] => [
  ...(zoneId === undefined
    ? []
    : [
        allow("SeeTheRecords", "route53:ListResourceRecordSets", `arn:aws:route53:::hostedzone/${zoneId}`),
        {
          ...allow("SeeTheDoors", "elasticloadbalancing:DescribeLoadBalancers", "*"), // knows no narrower one
          Condition: { StringEquals: { "aws:RequestedRegion": serving(of) } },
        },
      ]),
  allow(
    "SeeTheChecks",
    ["route53:GetHealthCheck", "route53:GetHealthCheckStatus"],
    "arn:aws:route53:::healthcheck/*",
  ),
  {
    // These know no resource; the condition is the fence: CloudWatch guide, "Limiting a user to viewing specific canaries".
    ...allow("SeeTheCanaries", ["synthetics:DescribeCanaries", "synthetics:DescribeCanariesLastRun"], "*"),
    Condition: { "ForAnyValue:StringEquals": { "synthetics:Names": canaries } },
  },
  {
    ...allow("KeepWhatWasFound", "dynamodb:PutItem", state(of)),
    Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [auditKey] } },
  },
];
