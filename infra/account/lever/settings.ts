/** infra/account/lever · border. Which lever there is and where it stands, as its settings say; and the lever itself, made
 *  from them. Everything in them is known beforehand: nothing is looked up when users are to be moved. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Route53RecoveryClusterClient } from "@aws-sdk/client-route53-recovery-cluster";
import { z } from "zod";
import { Region } from "../../../store/records.ts";
import { drained } from "../../aws/metrics.ts";
import { callsTo, type Reach } from "../calls.ts";
import { arcLever } from "./arc.ts";
import { statusOf } from "./ask.ts";
import { endpointLever } from "./endpoint.ts";
import type { Lever } from "./lever.ts";
import { metricLever } from "./metric.ts";

const url = z.url({ protocol: /^https$/, error: "expected an https:// URL" });
const alarm = z.string().min(1).max(255);
const routingControl = z
  .string()
  .regex(/^arn:[\w-]+:route53-recovery-control::\d{12}:controlpanel\/\w+\/routingcontrol\/\w+$/, {
    error: "expected a routing control's ARN",
  });

/** Each kind may have a shadow: a second lever of the same make, over the same road, that guards nothing. */
export const LeverSettings = z.discriminatedUnion("kind", [
  /** The names of its alarm and of its shadow's. */
  z.strictObject({ kind: z.literal("metric"), alarm, shadowAlarm: alarm.optional() }),
  /** The state's table in the standby region, and the function's URL there; its shadow's ends in /shadow. */
  z.strictObject({
    kind: z.literal("endpoint"),
    table: z.string().min(3).max(255),
    url,
    shadowUrl: url.optional(),
  }),
  z.strictObject({
    kind: z.literal("arc"),
    control: routingControl,
    shadowControl: routingControl.optional(),
    /** All five of the cluster. */
    endpoints: z
      .array(z.strictObject({ region: Region, url }))
      .length(5, "expected all five endpoints of the cluster"),
  }),
]);
export type LeverSettings = z.infer<typeof LeverSettings>;

export type LeverPlace = { workload: string; primary: Region; standby: Region };
export type LeverRim = {
  /** Epoch ms. */
  now: () => number;
  /** From 0 up to 1. */
  chance: () => number;
  reach?: Reach;
};

/** The name that a workload's shadow goes by. */
export const shadowOf = (workload: string) => `${workload}-shadow`;

/** The shadow of a lever, where the settings have one: told and read as the lever is, and nobody moves by it. */
export function shadowFrom(settings: LeverSettings, place: LeverPlace, rim: LeverRim): Lever | null {
  const beside = { ...place, workload: shadowOf(place.workload) };
  switch (settings.kind) {
    case "metric":
      return settings.shadowAlarm === undefined
        ? null
        : leverFrom({ ...settings, alarm: settings.shadowAlarm }, beside, rim);
    case "endpoint":
      return settings.shadowUrl === undefined
        ? null
        : leverFrom({ ...settings, url: settings.shadowUrl }, beside, rim);
    case "arc":
      return settings.shadowControl === undefined
        ? null
        : leverFrom({ ...settings, control: settings.shadowControl }, beside, rim);
  }
}

/** ARC's endpoints are tried one after another, and each only once: five of these fit a tick. */
const atEachOfFive = { connectMs: 700, answerMs: 1_000, tries: 1 };

export function leverFrom(settings: LeverSettings, place: LeverPlace, rim: LeverRim): Lever {
  const { workload, primary, standby } = place;
  const { now, chance, reach = {} } = rim;
  switch (settings.kind) {
    case "metric": {
      const cloudwatch = new CloudWatchClient(callsTo(standby, reach));
      return metricLever({ cloudwatch, metric: drained(workload), alarm: settings.alarm });
    }
    case "endpoint": {
      const client = new DynamoDBClient(callsTo(standby, reach));
      const notch = { client, table: settings.table, workload };
      return endpointLever({ notch, now, ask: () => statusOf(settings.url, reach) });
    }
    case "arc": {
      const endpoints = settings.endpoints.map(({ region, url }) => ({
        region,
        client: new Route53RecoveryClusterClient({ ...callsTo(region, reach, atEachOfFive), endpoint: url }),
      }));
      return arcLever({ control: settings.control, endpoints, leaving: primary, chance, now });
    }
  }
}
