/** What the program places, applied to a local AWS API in three regions, and read back. */
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { GetHealthCheckCommand, Route53Client } from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys as kept } from "../../../infra/aws/tables.ts";
import { schema } from "../../../store/dynamodb.ts";
import { missing } from "../../machine.ts";
import { credentials as local } from "../../store/tables.ts";
import type { Resource, Run } from "../aws/engine.ts";
import { bringUp, regions, type Trio } from "../aws/trio.ts";
import { applier, makeIn, startApi } from "./local_api.ts";

const find = ({ resources }: Run, name: string): Resource => {
  const found = resources.find((r) => r.name === name);
  if (!found) throw new Error(`expected ${name}; got ${resources.map((r) => r.name)}`);
  return found;
};

describe.skipIf(missing("moto_server") || missing("boto3"))("the trio in a local AWS API", () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  let trio: Trio;
  const at = (region: string) => ({ region, endpoint: api.url, credentials: local });

  beforeAll(async () => {
    api = await startApi();
    const { ask, stop } = applier(api.url);
    trio = await bringUp(makeIn(ask));
    stop();
  }, 600_000);
  afterAll(() => api?.stop());

  it("takes every resource of all three stacks", () => {
    for (const run of Object.values(trio)) expect([run.exitCode, run.said]).toEqual([0, ""]);
  });

  it("keeps what was asked for: tables, checks, alarms, services, each in its region", async () => {
    for (const region of Object.values(regions)) {
      const dynamodb = new DynamoDBClient(at(region));
      const table = { TableName: "holdfast-shop-rounds" };
      const { Table } = await dynamodb.send(new DescribeTableCommand(table));
      expect(Table).toMatchObject({ DeletionProtectionEnabled: true, SSEDescription: { Status: "ENABLED" } });
      expect(Table?.KeySchema?.map((k) => k.AttributeName)).toEqual([schema.partition, schema.sort]);
      const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand(table));
      expect(TimeToLiveDescription).toMatchObject({ AttributeName: schema.expires });
      const { MetricAlarms = [] } = await new CloudWatchClient(at(region)).send(
        new DescribeAlarmsCommand({}),
      );
      const ours = MetricAlarms.filter(({ AlarmName }) => !AlarmName?.startsWith("TargetTracking")); // scaling makes its own
      const shadows = ours.filter(({ AlarmName }) => AlarmName?.includes("-shadow")); // it follows the lever's own test, and wakes nobody
      expect(shadows.map((a) => a.AlarmActions ?? [])).toEqual(region === regions.standby ? [[]] : []);
      for (const alarm of ours.filter((a) => !shadows.includes(a)))
        expect([alarm.AlarmName, alarm.AlarmActions?.[0]]).toEqual([
          alarm.AlarmName,
          expect.stringContaining(`:sns:${region}:`),
        ]);
      expect(ours.length).toBeGreaterThan(2);
    }
    expect(kept).toEqual(schema);
    const route53 = new Route53Client({ ...at("us-east-1") });
    const serve = find(trio.primary, "shop-traffic-serve");
    const { HealthCheck } = await route53.send(new GetHealthCheckCommand({ HealthCheckId: serve.id }));
    expect(HealthCheck?.HealthCheckConfig).toMatchObject({
      Type: "CALCULATED",
      HealthThreshold: 2,
      ChildHealthChecks: [
        find(trio.primary, "shop-traffic-endpoint").id,
        find(trio.standby, "shop-lever-check").id,
      ],
    });
    expect(await desired("us-west-2")).toBe(1);
    expect(await desired("us-east-1")).toBe(2);
  });

  const desired = async (region: string) => {
    const client = new ECSClient({ region, endpoint: api.url, credentials: local });
    const asked = { cluster: "holdfast-shop", services: ["holdfast-shop"] };
    const { services = [] } = await client.send(new DescribeServicesCommand(asked));
    return services[0]?.desiredCount ?? 0;
  };
});
