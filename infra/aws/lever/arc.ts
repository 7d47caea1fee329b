/** infra/aws · effects. The lever as routing controls of Application Recovery Controller: a switch for each region, five
 *  endpoints in five regions to turn it by, and a safety rule that keeps one of the two on. It is configured in us-west-2
 *  beforehand; turning it asks nothing there. Paid by the hour: docs/deploy.md. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import type { Statement } from "../role.ts";
import type { LeverArgs } from "./metric.ts";

export class ArcLever extends pulumi.ComponentResource {
  /** Healthy: users may go there. */
  readonly primaryCheck: aws.route53.HealthCheck;
  readonly standbyCheck: aws.route53.HealthCheck;
  readonly control: pulumi.Output<string>;
  /** Tells whether a lever like this one works. No health check reads it, and no rule holds it. */
  readonly shadow: pulumi.Output<string>;
  readonly endpoints: pulumi.Output<{ region: string; endpoint: string }[]>;

  constructor(name: string, { workload, regions }: LeverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:ArcLever", name, {}, opts);
    const inside = { parent: this };
    const cluster = new aws.route53recoverycontrol.Cluster(`${name}-cluster`, { name: workload }, inside);
    const panel = new aws.route53recoverycontrol.ControlPanel(
      `${name}-panel`,
      { name: workload, clusterArn: cluster.arn },
      inside,
    );
    const control = (what: string) =>
      new aws.route53recoverycontrol.RoutingControl(
        `${name}-control-${what}`,
        { name: `${workload}-${what}`, clusterArn: cluster.arn, controlPanelArn: panel.arn },
        inside,
      );
    const [primary, standby] = [control(regions.primary), control(regions.standby)];
    new aws.route53recoverycontrol.SafetyRule(
      `${name}-one-stays`,
      {
        name: `${workload}-one-stays`,
        controlPanelArn: panel.arn,
        assertedControls: [primary.arn, standby.arn],
        ruleConfig: { type: "ATLEAST", threshold: 1, inverted: false },
        waitPeriodMs: 5000,
      },
      inside,
    );
    const check = (half: string, on: aws.route53recoverycontrol.RoutingControl, region: Region) =>
      new aws.route53.HealthCheck(
        `${name}-check-${half}`,
        {
          type: "RECOVERY_CONTROL",
          routingControlArn: on.arn,
          tags: { Name: `${workload}: users may go to ${region}` },
        },
        inside,
      );
    this.primaryCheck = check("primary", primary, regions.primary);
    this.standbyCheck = check("standby", standby, regions.standby);
    this.control = primary.arn;
    this.shadow = control("shadow").arn;
    this.endpoints = cluster.clusterEndpoints;
    this.registerOutputs({ cluster: cluster.arn });
  }

  /** Known beforehand, as asking for it would ask a control plane. */
  get told(): pulumi.Output<string> {
    const endpoints = this.endpoints.apply((all) =>
      all.map(({ region, endpoint: url }) => ({ region, url })),
    );
    return pulumi.jsonStringify({
      kind: "arc",
      control: this.control,
      shadowControl: this.shadow,
      endpoints,
    });
  }

  /** To turn the primary's control and the shadow, and see how they stand. */
  get mayPull(): Statement[] {
    const Action = [
      "route53-recovery-cluster:GetRoutingControlState",
      "route53-recovery-cluster:UpdateRoutingControlState",
    ];
    return [{ Sid: "TurnTheControl", Effect: "Allow", Action, Resource: [this.control, this.shadow] }];
  }
}
