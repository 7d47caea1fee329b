/** tests · calls just beyond what each entry may do. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import {
  ChangeResourceRecordSetsCommand,
  Route53Client,
  UpdateHealthCheckCommand,
} from "@aws-sdk/client-route-53";
import {
  Route53RecoveryClusterClient,
  UpdateRoutingControlStateCommand,
} from "@aws-sdk/client-route53-recovery-cluster";
import type { LeverKind } from "./levers.ts";
import { type Credentials, names, primary, standby, witness } from "./rig.ts";

/** An entry of a region, with a lever of a kind. */
export type Who = [entry: string, region: string, kind: LeverKind];

/** How a client gets there: past the door, or straight to the local API. */
export type Road = (region: string) => {
  region: string;
  credentials: Credentials;
  maxAttempts: number;
  endpoint?: string;
};

/** `bare` where the action alone is too much, so that the local API's own IAM refuses it too. */
type Beyond = [what: string, who: Who, call: (at: Road) => Promise<unknown>, bare?: "bare"];

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: "now" } });
const write = (region: string, TableName: string, pk: string) => (at: Road) =>
  new DynamoDBClient(at(region)).send(new PutItemCommand({ TableName, Item: key(pk) }));
const turnLever = (at: Road) =>
  new DynamoDBClient(at(standby)).send(
    new UpdateItemCommand({ TableName: names.state, Key: { pk: { S: "lever#shop" }, sk: { S: "drain" } } }),
  );
const drainIn = (region: string, Namespace: string) => (at: Road) =>
  new CloudWatchClient(at(region)).send(
    new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "Drain", Value: 1 }] }),
  );
const scale = (at: Road) =>
  new ECSClient(at(standby)).send(new UpdateServiceCommand({ ...names.service, desiredCount: 0 }));
const changeName = (zone: () => string) => (at: Road) =>
  new Route53Client(at("us-east-1")).send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone(),
      ChangeBatch: {
        Changes: [{ Action: "DELETE", ResourceRecordSet: { Name: "shop.example.com", Type: "A" } }],
      },
    }),
  );
const changeCheck = (at: Road) =>
  new Route53Client(at("us-east-1")).send(
    new UpdateHealthCheckCommand({ HealthCheckId: "1", Disabled: true }),
  );
const otherControl = (at: Road) =>
  new Route53RecoveryClusterClient({
    ...at(standby),
    endpoint: "https://a.route53-recovery-cluster.us-west-2.amazonaws.com/v1",
  }).send(
    new UpdateRoutingControlStateCommand({
      RoutingControlArn:
        "arn:aws:route53-recovery-control::123456789012:controlpanel/abc/routingcontrol/other",
      RoutingControlState: "Off",
    }),
  );
/** `zone`: of the zone that stands by the time of the call. */
export const beyond = (zone: () => string): Beyond[] => [
  ["write where the failover stands", ["prober", primary, "metric"], write(standby, names.state, "standing")],
  ["write another's rounds", ["prober", primary, "metric"], write(standby, names.rounds, `round#${standby}`)],
  ["scale", ["prober", standby, "metric"], scale, "bare"],
  ["pull the lever", ["prober", standby, "metric"], drainIn(standby, "Holdfast"), "bare"],
  ["publish in the region being left", ["analyzer", standby, "metric"], drainIn(primary, "Holdfast")],
  ["publish under another's name", ["analyzer", standby, "metric"], drainIn(standby, "AWS/Other")],
  ["write rounds", ["analyzer", standby, "metric"], write(primary, names.rounds, `round#${primary}`)],
  ["change records", ["analyzer", standby, "endpoint"], changeName(zone), "bare"],
  ["turn another's control", ["analyzer", standby, "arc"], otherControl],
  ["turn the lever", ["dashboard", standby, "endpoint"], turnLever],
  [
    "write where the failover stands",
    ["dashboard", standby, "endpoint"],
    write(standby, names.state, "standing"),
  ],
  ["turn the lever", ["container", standby, "endpoint"], turnLever],
  ["scale", ["container", primary, "metric"], scale, "bare"],
  [
    "read where the failover stands",
    ["drain", standby, "endpoint"],
    (at) =>
      new DynamoDBClient(at(standby)).send(
        new GetItemCommand({ TableName: names.state, Key: key("standing") }),
      ),
  ],
  ["turn the lever", ["drain", standby, "endpoint"], turnLever, "bare"],
  ["change a check", ["auditor", witness, "metric"], changeCheck, "bare"],
  [
    "write where the failover stands",
    ["auditor", witness, "metric"],
    write(standby, names.state, "standing"),
  ],
];
