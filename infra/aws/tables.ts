/** infra/aws · effects. Where a region keeps what was seen, and the standby what was decided. Kept through a mistaken
 *  destroy, and restorable to any second of the last month. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { schema } from "../../store/dynamodb/keys.ts";
import type { Region } from "../../store/records.ts";

export type TableArgs = { region: Region; tableName: string };

export class Table extends pulumi.ComponentResource {
  readonly table: aws.dynamodb.Table;

  constructor(name: string, { region, tableName }: TableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Table", name, {}, opts);
    this.table = new aws.dynamodb.Table(
      `${name}-table`,
      {
        region,
        name: tableName,
        billingMode: "PAY_PER_REQUEST",
        hashKey: schema.partition,
        rangeKey: schema.sort,
        attributes: [
          { name: schema.partition, type: "S" },
          { name: schema.sort, type: "S" },
        ],
        ttl: { attributeName: schema.expires, enabled: true },
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true },
        deletionProtectionEnabled: true,
      },
      { parent: this, protect: true },
    );
    this.registerOutputs({ table: this.table.name });
  }
}
