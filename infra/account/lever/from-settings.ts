/** infra/account/lever · wiring. The lever that the settings name, and its shadow. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Route53RecoveryClusterClient } from "@aws-sdk/client-route53-recovery-cluster";
import type { Region } from "../../../store/records.ts";
import { drained } from "../../aws/metrics.ts";
import { callsTo, type Reach } from "../calls.ts";
import { arcLever } from "./arc.ts";
import { statusOf } from "./ask.ts";
import { endpointLever } from "./endpoint.ts";
import { type Lever, shadowOf } from "./lever.ts";
import { metricLever } from "./metric.ts";
import type { LeverSettings } from "./settings.ts";

export type LeverPlace = { workload: string; primary: Region; standby: Region };
export type LeverRim = {
  /** Epoch ms. */
  now: () => number;
  /** From 0 up to 1. */
  chance: () => number;
  reach?: Reach;
};

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
