/** infra/aws · effects. A page of CloudWatch for people, in each region: what this region sees of all three. It shows what
 *  was written here, so each region's page works when the others are lost. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region, Role } from "../../../store/records.ts";
import { ours } from "../names.ts";
import { body, type Shown } from "./body.ts";

export type BoardArgs = {
  workload: string;
  region: Region;
  role: Role;
  regions: Record<Role, Region>;
  alarms: pulumi.Input<string>[];
  /** The load balancer's part of its ARN after `loadbalancer/`, where this stack has one. */
  balancer: pulumi.Input<string> | undefined;
};

export class Board extends pulumi.ComponentResource {
  readonly dashboard: aws.cloudwatch.Dashboard;

  constructor(name: string, args: BoardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Board", name, {}, opts);
    const { workload, region, role, regions } = args;
    const shown = pulumi
      .all([pulumi.all(args.alarms), args.balancer])
      .apply(([alarms, balancer]): Shown => ({ workload, region, role, regions, alarms, balancer }));
    this.dashboard = new aws.cloudwatch.Dashboard(
      `${name}-page`,
      {
        region,
        dashboardName: ours(workload),
        dashboardBody: shown.apply((what) => JSON.stringify(body(what))),
      },
      { parent: this },
    );
    this.registerOutputs({ dashboard: this.dashboard.dashboardName });
  }
}
