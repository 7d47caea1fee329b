/** What the program places, applied to a local AWS API in three regions, and read back; and the functions at work there, told
 *  what the program told them and let do what it lets them. */
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { GetHealthCheckCommand, Route53Client } from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { keys as kept } from "../../../infra/aws/tables.ts";
import { dynamodb, schema } from "../../../store/dynamodb.ts";
import type { Observation, Round, Target, Topology } from "../../../store/records.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { credentials as local } from "../../store/tables.ts";
import { clusterIn, type GlobalDb, globalCluster, globalDb } from "../account/globaldb.ts";
import { isAllowed } from "../account/needs.ts";
import { type Recorder, recorder } from "../account/recorder.ts";
import { bringUp, regions, type Trio } from "../aws/trio.ts";
import { applier, makeIn } from "./local_api.ts";
import { walk } from "./placed_canary.ts";
import { analyzerOf, day, find, given, proberOf, refused, toldTo } from "./placed_functions.ts";

describe.skipIf(missing("moto_server") || missing("boto3") || missing("unzip"))(
  "the trio in a local AWS API",
  () => {
    let api: AwsApi;
    let trio: Trio;
    const at = (region: string) => ({ region, endpoint: api.endpoint, credentials: local });

    beforeAll(async () => {
      api = await awsApi();
      const { ask, stop } = applier(`http://127.0.0.1:${api.motoPort}`);
      trio = await bringUp(makeIn(ask), {
        "holdfast:globalDatabase": globalCluster,
        "holdfast:primaryDatabase": `shop-${regions.primary}`,
        "holdfast:standbyDatabase": `shop-${regions.standby}`,
        "holdfast:moveDatabase": "true",
      });
      stop();
    }, 600_000);
    afterAll(() => api?.stop(), 60_000);

    it("takes every resource of all three stacks", () => {
      for (const run of Object.values(trio)) expect([run.exitCode, run.said]).toEqual([0, ""]);
    });

    it("keeps what was asked for: tables, checks, alarms, services, each in its region", async () => {
      for (const region of Object.values(regions)) {
        const dynamodb = new DynamoDBClient(at(region));
        const table = { TableName: "holdfast-shop-rounds" };
        const { Table } = await dynamodb.send(new DescribeTableCommand(table));
        expect(Table).toMatchObject({
          DeletionProtectionEnabled: true,
          SSEDescription: { Status: "ENABLED" },
        });
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
      const client = new ECSClient(at(region));
      const asked = { cluster: "holdfast-shop", services: ["holdfast-shop"] };
      const { services = [] } = await client.send(new DescribeServicesCommand(asked));
      return services[0]?.desiredCount ?? 0;
    };

    describe("and its functions", () => {
      const told: Record<string, string> = {
        AWS_ENDPOINT_URL_SNS: "",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
      };
      const before = { ...process.env };
      let probers: Recorder;
      let judge: Recorder;
      let database: GlobalDb;
      let published: { region: string; drained: boolean }[] = [];

      beforeAll(async () => {
        [probers, judge] = [await recorder(api.endpoint), await recorder(api.endpoint)];
        Object.assign(process.env, told, { AWS_ENDPOINT_URL_SNS: api.endpoint });
        vi.spyOn(console, "log").mockImplementation(() => undefined); // what Lambda would keep
        vi.spyOn(process.stdout, "write").mockImplementation(() => true);
        // The local API runs no tasks: those that are asked for are taken to run.
        api.meddle = ({ action }) => ({
          rewrite: (answer) => {
            if (action !== "DescribeServices" && action !== "UpdateService") return answer;
            const wanted = /"desiredCount": ?(\d+)/.exec(answer)?.[1] ?? "0";
            return answer.replaceAll(/"runningCount": ?\d+/g, `"runningCount": ${wanted}`);
          },
        });
        published = [];
        database = globalDb();
        judge.standIns.push(database.standIn);
        probers.standIns.push(({ action, body }) => (action === "GetMetricData" ? lagTold(body) : null));
        judge.standIns.push(async ({ host, action, body }) => {
          if (action === "GetMetricData") return usersHeard(body);
          if (action !== "PutMetricData" || !body.includes('"Drain"')) return null;
          const drained = /"Value":\s*1/.test(body);
          if (body.includes("shop-shadow")) return null;
          const region = host.split(".")[1] ?? "";
          published.push({ region, drained });
          // No alarm judges by itself there.
          const StateValue = drained ? "ALARM" : "OK";
          await new CloudWatchClient(at(region)).send(
            new SetAlarmStateCommand({ AlarmName: "holdfast-shop-drain", StateValue, StateReason: "judged" }),
          );
          return null;
        });
      });
      afterAll(async () => {
        vi.restoreAllMocks();
        for (const name of Object.keys(told))
          if (before[name] === undefined) delete process.env[name];
          else process.env[name] = before[name];
        await probers?.stop();
        await judge?.stop();
      });

      /** No percentile is known there: what balancers count is played. */
      const usersHeard = (body: string) => {
        const { MetricDataQueries } = JSON.parse(body) as { MetricDataQueries: { Id: string }[] };
        const MetricDataResults = MetricDataQueries.map(({ Id }) => ({
          Id,
          Timestamps: [Math.floor(Date.now() / 60_000) * 60 - 60],
          Values: [Id === "bRequestCount" ? 600 : 0],
        }));
        const headers = { "content-type": "application/x-amz-json-1.0" };
        return { status: 200, headers, body: JSON.stringify({ MetricDataResults }) };
      };

      /** How far the standby's cluster says that its copy is behind, in ms. */
      const lagTold = (body: string) => {
        const { MetricDataQueries } = JSON.parse(body) as {
          MetricDataQueries: { Id: string; MetricStat: { Metric: { Dimensions: { Value: string }[] } } }[];
        };
        for (const { MetricStat } of MetricDataQueries)
          expect(MetricStat.Metric.Dimensions[0]?.Value).toBe(`shop-${regions.standby}`);
        const at = Math.floor(Date.now() / 60_000) * 60 - 60;
        const [{ Id = "" } = {}] = MetricDataQueries;
        const headers = { "content-type": "application/x-amz-json-1.0" };
        const MetricDataResults = [{ Id, Timestamps: [at], Values: [120] }];
        return { status: 200, headers, body: JSON.stringify({ MetricDataResults }) };
      };

      it("move users when the primary fails: by tables, service, lever and topic of the program's making, the database after them, with no leave but what it gave", async () => {
        const places = Object.values(regions);
        const ours = Object.fromEntries(
          Object.values(trio).map((run) => [String(run.outputs.region), given(run, "prober")]),
        );
        const analyzer = given(trio.standby, "analyzer");
        try {
          const { time, beat, next } = day(Math.floor(Date.now() / 10_000) * 10_000);
          const asking = places.map((region) => ({
            region,
            entry: proberOf(ours[region] as ReturnType<typeof given>, probers, time),
          }));
          const deciding = analyzerOf(analyzer, judge, time);
          const topology = toldTo(analyzer.place, () =>
            readEnvironment("analyzer", analyzer.environment),
          ).HOLDFAST_TOPOLOGY;
          const tables = new Map(
            places.map((region) => [
              region,
              { client: new DynamoDBClient(at(region)), name: "holdfast-shop-rounds" },
            ]),
          );
          const state = { client: new DynamoDBClient(at(regions.standby)), name: "holdfast-shop-state" };
          const store = dynamodb({ state, rounds: tables, now: time.now });

          for (let i = 0; i < 9; i++) {
            for (const { region, entry } of asking) {
              expect(await beat(entry)).toMatchObject({ value: { done: 1, failed: 0 } });
              const own = (await store.rounds(0)).filter((r) => r.vantage === region).at(-1);
              await store.addRound(played(topology, own, published.at(-1)?.drained ?? false));
            }
            expect(await beat(deciding)).toMatchObject({ value: { done: 1, failed: 0 } });
            next();
          }

          const phases = (await store.decisions(50)).toReversed().map((d) => d.to);
          expect(phases.filter((to, i) => to !== phases[i - 1])).toEqual([
            "doubting",
            "preparing",
            "shifting",
            "verifying",
            "away",
          ]);
          expect([await desired(regions.standby), await desired(regions.primary)]).toEqual([2, 2]);
          expect(await least(regions.standby)).toBe(2);
          expect([database.writer, database.moving]).toEqual([clusterIn(regions.standby), null]);
          const copies = (await store.lastReport())?.assessment.regions.map((r) => [r.region, r.lagMs]);
          expect(copies).toContainEqual([regions.standby, 120]);
          expect(published.at(-1)).toEqual({ region: regions.standby, drained: true });
          expect(await drainIn(regions.standby)).toBe(1);
          for (const region of [regions.primary, regions.witness]) expect(await drainIn(region)).toBeNull();
          const voices = await store.voices(0);
          expect(voices.map((v) => [v.region, v.requests])).toContainEqual([regions.standby, 600]);
          const topics = api.calls.flatMap(({ action, region, body }) =>
            action === "Publish" ? [[region, new URLSearchParams(body).get("TopicArn")]] : [],
          );
          expect(topics).toContainEqual([regions.standby, find(trio.standby, "shop-alerts-topic").state.arn]);

          expect(refused(analyzer.may, judge)).toEqual([]);
          for (const [, resource] of topics.filter(([region]) => region === regions.standby))
            expect(
              isAllowed(analyzer.may, { action: "sns:Publish", resource: resource ?? "", context: {} }),
            ).toBe(true);
          for (const { region } of asking) {
            const calls = probers.calls.filter(({ host }) => host.startsWith(`dynamodb.${region}`));
            expect(calls.length).toBeGreaterThan(0);
          }
          const everybody = Object.values(ours).flatMap(({ may }) => may);
          expect(refused(everybody, probers)).toEqual([]);
        } finally {
          for (const { remove } of [...Object.values(ours), analyzer]) remove();
        }
      }, 300_000);

      it("walk, as canaries, from the archive in the bucket, to what the program told each to ask", async () => {
        for (const run of Object.values(trio))
          for (const canary of run.resources.filter((r) => r.type === "aws:synthetics/canary:Canary")) {
            const about = String((canary.inputs.tags as Record<string, string>)["holdfast:watches"]);
            const { files, steps, errors } = await walk(canary, `http://127.0.0.1:${api.motoPort}`);
            expect([files, steps]).toEqual([["holdfast.js"], []]); // nobody answers here, which is no failed step
            expect(errors).toEqual(
              [`app@${about}`, `dynamodb@${about}/A`, `elb@${about}/A`].map(
                (target) => `${target} is unknown`,
              ),
            );
          }
      }, 120_000);

      const least = async (region: string) => {
        const client = new ApplicationAutoScalingClient(at(region));
        const asked = new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" });
        return (await client.send(asked)).ScalableTargets?.[0]?.MinCapacity;
      };
      /** The most that was published of the lever's number in a region; null when nothing was. */
      const drainIn = async (region: string) => {
        const asked = new GetMetricStatisticsCommand({
          Namespace: "Holdfast",
          MetricName: "Drain",
          Dimensions: [{ Name: "Workload", Value: "shop" }],
          StartTime: new Date(Date.now() - 3_600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 3_600,
          Statistics: ["Maximum"],
        });
        const { Datapoints = [] } = await new CloudWatchClient(at(region)).send(asked);
        return Datapoints.length === 0 ? null : Math.max(...Datapoints.map((d) => d.Maximum ?? 0));
      };
    });
  },
);

/** What a vantage point would have heard, had it a network: names resolve, the primary's endpoint answers with errors, users
 *  arrive where the lever leads them. What AWS itself said, of tasks, stands as the real prober heard it. */
function played(topology: Topology, own: Round | undefined, drained: boolean): Round {
  if (!own) throw new Error("expected a round of the prober's own");
  const ill = (target: Target) =>
    target.id === `app@${regions.primary}` || (target.purpose === "route" && !drained);
  const observations = own.observations.map((o): Observation => {
    const target = topology.targets.find((t) => t.id === o.target);
    if (!target || o.kind === "aws") return o;
    const { verdict: _, reason: __, ...rest } = o;
    const facts = target.purpose === "route" ? { servedBy: drained ? regions.standby : regions.primary } : {};
    const heard = { ...rest, latencyMs: 20, facts };
    return ill(target)
      ? { ...heard, verdict: "down", reason: "status" }
      : { ...heard, verdict: "up", reason: null };
  });
  return { ...own, at: own.at + 1, tookMs: 20, blind: false, observations };
}
