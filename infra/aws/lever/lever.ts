/** infra/aws · effects. The lever of the kind that was chosen, as the rest of the stack needs it. */
import type * as aws from "@pulumi/aws";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { Statement } from "../role.ts";
import { ArcLever } from "./arc.ts";
import { EndpointLever } from "./endpoint.ts";
import { type LeverArgs, MetricLever } from "./metric.ts";

export type Kind = "metric" | "endpoint" | "arc";

export type Lever = {
  /** Healthy: nobody keeps users out of the primary. */
  drainCheck: aws.route53.HealthCheck;
  /** What the standby's own record obeys besides its endpoint. */
  standbyGuards: aws.route53.HealthCheck[];
  alarms: aws.cloudwatch.MetricAlarm[];
  /** What whoever pulls it needs, besides writing metrics. */
  mayPull: Statement[];
  /** The analyzer's `HOLDFAST_LEVER`: which kind it is, and where it stands. */
  told: Input<string>;
};

export function lever(name: string, kind: Kind, args: LeverArgs, opts?: CustomResourceOptions): Lever {
  switch (kind) {
    case "metric": {
      const made = new MetricLever(name, args, opts);
      const { check, alarm, mayPull, told } = made;
      return { drainCheck: check, standbyGuards: [], alarms: [alarm], mayPull, told };
    }
    case "endpoint": {
      const { check, alarms, told } = new EndpointLever(name, args, opts);
      return { drainCheck: check, standbyGuards: [], alarms, mayPull: [], told }; // the state's table is the analyzer's own
    }
    case "arc": {
      const made = new ArcLever(name, args, opts);
      return {
        drainCheck: made.primaryCheck,
        standbyGuards: [made.standbyCheck],
        alarms: [],
        mayPull: made.mayPull,
        told: made.told,
      };
    }
  }
}
