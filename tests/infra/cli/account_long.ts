/** What the program places, applied to a local AWS API in three regions, and read back; and the functions at work there, told
 *  what the program told them, with IAM at the door: each may do what its own role there lets it, and no more. */
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
import { GetHealthCheckCommand, ListHostedZonesCommand, Route53Client } from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { lastAudit } from "../../../infra/account/audited.ts";
import { auditorEntry } from "../../../infra/account/auditor.ts";
import { dashboardEntry } from "../../../infra/account/dashboard.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { dynamodb, schema } from "../../../store/dynamodb.ts";
import type { Observation, Round, Target, Topology } from "../../../store/records.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { credentials as local } from "../../store/tables.ts";
import { type Door, doorOf } from "../account/door.ts";
import { clusterIn, type GlobalDb, globalCluster, globalDb } from "../account/globaldb.ts";
import { isAllowed, type Need } from "../account/needs.ts";
import { type Recorder, recorder } from "../account/recorder.ts";
import type { Credentials } from "../account/rig.ts";
import { urlEvent } from "../account/url-event.ts";
import { remembered, synthetics } from "../audit/placed.ts";
import type { Run } from "../aws/engine.ts";
import { bringUp, find, regions, type Trio } from "../aws/trio.ts";
import { applier, makeIn } from "./local-api.ts";
import { walk } from "./placed-canary.ts";
import { analyzerOf, day, given, leaveOf, proberOf, toldTo } from "./placed-functions.ts";

describe.skipIf(missing("moto_server") || missing("boto3") || missing("unzip"))(
  "the trio in a local AWS API",
  () => {
    let api: AwsApi;
    let trio: Trio;
    /** Who sets the account up and plays nature; said to run out at once, so that it is asked for each call. */
    let admin: Credentials = local;
    const credentials = async () => ({ ...admin, expiration: new Date(Date.now() + 1_000) });
    const at = (region: string) => ({ region, endpoint: api.endpoint, credentials });

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
      let door: Door;
      let moto: string;
      let probers: Recorder;
      let judge: Recorder;
      let database: GlobalDb;
      /** Whoever a function is there: what its role may do, as the account has it. */
      const as = async (run: Run, role: string) =>
        door.admit(`${role}@${run.outputs.region}`, await leaveOf(moto, run, role));
      let published: { region: string; drained: boolean }[] = [];

      beforeAll(async () => {
        [probers, judge] = [await recorder(api.endpoint), await recorder(api.endpoint)];
        moto = `http://127.0.0.1:${api.motoPort}`;
        door = doorOf(moto);
        for (const { standIns } of [probers, judge]) standIns.push(door.standIn);
        admin = await door.admit("nature", [{ Action: "*", Resource: "*" }]);
        vi.spyOn(console, "log").mockImplementation(() => undefined); // what Lambda would keep
        vi.spyOn(process.stdout, "write").mockImplementation(() => true);
        // The local API runs no tasks: those that are asked for are taken to run.
        api.meddle = ({ action, body }) => ({
          rewrite: (answer) => {
            const refused = /^<\?xml[\s\S]*<Code>AccessDenied.*<Message>([^<]*)/.exec(answer)?.[1];
            if (refused && body.startsWith("{"))
              // in XML, to those who speak JSON
              return JSON.stringify({ __type: "AccessDeniedException", message: refused });
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
        const who = new Map<string, Credentials>();
        for (const run of Object.values(trio))
          who.set(String(run.outputs.region), await as(run, "shop-prober-runs"));
        const decider = await as(trio.standby, "shop-analyzer-runs");
        await door.shut(true);
        try {
          const { time, beat, next } = day(Math.floor(Date.now() / 10_000) * 10_000);
          const asking = places.map((region) => ({
            region,
            entry: proberOf(
              ours[region] as ReturnType<typeof given>,
              probers,
              who.get(region) as Credentials,
              time,
            ),
          }));
          const deciding = analyzerOf(analyzer, judge, decider, time);
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

          expect(door.refused).toEqual([]);
          expect([...door.seen].map(([name, calls]) => [name, calls.length > 0])).toEqual(
            ["us-east-1", "us-west-2", "eu-west-1"]
              .map((region) => [`shop-prober-runs@${region}`, true])
              .concat([["shop-analyzer-runs@us-west-2", true]]),
          );
        } finally {
          await door.shut(false);
          for (const { remove } of [...Object.values(ours), analyzer]) remove();
        }
      }, 300_000);

      it("look whether all is as made, and find it so, and show it", async () => {
        const [auditor, dashboard] = [given(trio.witness, "auditor"), given(trio.standby, "dashboard")];
        const { HostedZones = [] } = await new Route53Client(at("us-east-1")).send(
          new ListHostedZonesCommand({}),
        );
        const zone = HostedZones[0]?.Id?.split("/").at(-1) ?? "";
        const withZone = <T>(of: T): T => JSON.parse(JSON.stringify(of).replaceAll("Z0EXAMPLE", zone)); // it has ids of its own making
        const may = withZone(await leaveOf(moto, trio.witness, "shop-auditor-runs"));
        const looker = await door.admit("auditor", may);
        const shown = await as(trio.standby, "shop-dashboard-runs");
        const doing = api.meddle;
        api.meddle = (call) => {
          const [ours, theirs] = [remembered(call), doing(call)].map((one) =>
            one && typeof one === "object" && "rewrite" in one ? one.rewrite : (answer: string) => answer,
          );
          return { rewrite: (answer) => theirs?.(ours?.(answer) ?? answer) ?? answer };
        };
        probers.standIns.push(synthetics);
        await door.shut(true);
        try {
          const told = readEnvironment("auditor", withZone(auditor.environment));
          const reach = { credentials: looker, agent: probers.agent };
          await auditorEntry(told, { reach })({}, { getRemainingTimeInMillis: () => 60_000 });
          const view = toldTo(dashboard.place, () => readEnvironment("dashboard", dashboard.environment));
          const answer = dashboardEntry(view, { reach: { credentials: shown, agent: probers.agent } });
          const page = (await answer(urlEvent("GET", "/api/state"))) as { statusCode: number };
          expect([page.statusCode, door.refused]).toEqual([200, []]);
        } finally {
          await door.shut(false);
          for (const { remove } of [auditor, dashboard]) remove();
        }
        const kept = await lastAudit({
          client: new DynamoDBClient(at(regions.standby)),
          name: "holdfast-shop-state",
        });
        const lines = kept?.lines.map(({ id, met, value }) => [id, met, met ? "" : value]) ?? [];
        // The checkers of the local API never change their mind, and no canary walks there of late.
        expect(lines.filter(([id]) => !/^door-|^canary-runs/.test(String(id)))).toEqual(
          ["records", "doors", "checks", "canaries"].map((id) => [id, true, ""]),
        );
      }, 120_000);

      it("let a canary's runtime do what it does, and nothing beside", async () => {
        const bucketOf = (run: Run) => String(find(run, "shop-artifacts-bucket").state.bucket);
        for (const run of Object.values(trio))
          for (const { inputs } of run.resources.filter((r) => r.type === "aws:synthetics/canary:Canary")) {
            const about = String((inputs.tags as Record<string, string>)["holdfast:watches"]);
            const may = await leaveOf(moto, run, `shop-canaries-${about}`);
            const [region, bucket, name] = [run.outputs.region, bucketOf(run), inputs.name];
            const count = { "cloudwatch:namespace": "CloudWatchSynthetics" };
            const log = `arn:aws:logs:${region}:123456789012:log-group:/aws/lambda/cwsyn-${name}-0a1b`;
            // CloudWatch guide, "Required roles and permissions for canaries".
            const does: Need[] = [
              { action: "s3:GetObject", resource: `arn:aws:s3:::${bucket}/${inputs.s3Key}`, context: {} },
              {
                action: "s3:PutObject",
                resource: `arn:aws:s3:::${bucket}/seen/${name}/2026/a.json`,
                context: {},
              },
              { action: "s3:GetBucketLocation", resource: `arn:aws:s3:::${bucket}`, context: {} },
              { action: "logs:CreateLogGroup", resource: log, context: {} },
              { action: "logs:CreateLogStream", resource: log, context: {} },
              { action: "logs:PutLogEvents", resource: `${log}:log-stream:1`, context: {} },
              { action: "cloudwatch:PutMetricData", resource: "*", context: count },
            ];
            const beside: Need[] = [
              { action: "s3:PutObject", resource: `arn:aws:s3:::${bucket}/${inputs.s3Key}`, context: {} },
              { action: "s3:PutObject", resource: `arn:aws:s3:::${bucket}/seen/another/a.json`, context: {} },
              { action: "s3:GetObject", resource: `arn:aws:s3:::${bucket}/seen/${name}/a.json`, context: {} },
              {
                action: "cloudwatch:PutMetricData",
                resource: "*",
                context: { "cloudwatch:namespace": "Holdfast" },
              },
              { action: "dynamodb:GetItem", resource: "*", context: {} },
            ];
            expect(does.filter((need) => !isAllowed(may, need))).toEqual([]);
            expect(beside.filter((need) => isAllowed(may, need))).toEqual([]);
            expect(may.filter((one) => !does.some((need) => isAllowed([one], need)))).toEqual([]);
          }
      });

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
