/** A whole failover through an account's hands: the same tick decides on a stage, and what it orders is done over real
 *  HTTP. Every call is written down, with the host that AWS's SDK meant. */
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Actions, actionsFrom } from "../../../infra/account/actions/mod.ts";
import { answerFrom, type LeverSettings, leverFrom } from "../../../infra/account/lever/mod.ts";
import { trafficOf } from "../../../infra/account/traffic.ts";
import { theatre } from "../../../infra/simulated/stage.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { makeTable } from "../../store/tables.ts";
import { drainAlarm } from "./alarm.ts";
import { cluster, control, endpoints } from "./cluster.ts";
import { moves, trespasses } from "./planes.ts";
import { type Recorder, recorder } from "./recorder.ts";
import { autoscale, makeService } from "./service.ts";

const place = { workload: "shop", primary: "us-east-1", standby: "us-west-2" };
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const service = { cluster: "shop", service: "web" };
const alarm = "shop-lever-alarm";

test("a call to a control plane, or to the region being left, is told from those that a failover may make", () => {
  const call = (host: string, action: string, region: string) => ({ host, action, region, body: "" });
  expect(
    trespasses(
      [
        call("monitoring.us-west-2.amazonaws.com", "PutMetricData", "us-west-2"),
        call("monitoring.us-east-1.amazonaws.com", "PutMetricData", "us-east-1"),
        call("monitoring.us-west-2.amazonaws.com", "SetAlarmState", "us-west-2"),
        call("route53.amazonaws.com", "POST /2013-04-01/hostedzone/Z1/rrset/", "us-east-1"),
        call("iam.amazonaws.com", "GetRole", "us-east-1"),
      ],
      "us-east-1",
    ),
  ).toEqual([
    "monitoring.us-east-1.amazonaws.com PutMetricData: in the region being left",
    "monitoring.us-west-2.amazonaws.com SetAlarmState: on no list",
    "route53.amazonaws.com POST /2013-04-01/hostedzone/Z1/rrset/: on no list",
    "iam.amazonaws.com GetRole: on no list",
  ]);
});

describe.skipIf(missing("moto_server"))("a failover through an account's hands", () => {
  let api: AwsApi;
  let exchange: Recorder;
  let dynamodb: DynamoDBClient;
  const arc = cluster();

  beforeAll(async () => {
    api = await awsApi();
    exchange = await recorder(api.endpoint);
    const usual = { region: "us-west-2", endpoint: api.endpoint, credentials };
    dynamodb = new DynamoDBClient(usual);
    await makeTable(dynamodb, "holdfast-shop");
    await makeService(new ECSClient(usual), service);
    await autoscale(new ApplicationAutoScalingClient(usual), service, 2);
    await new CloudWatchClient(usual).send(drainAlarm(alarm, "shop"));
    const client = new DynamoDBClient({ ...usual, maxAttempts: 1 });
    const lever = { client, table: "holdfast-shop", workload: "shop" };
    const handler = answerFrom({ lever, shadow: lever }, () => undefined);
    exchange.standIns.push(arc.standIn, async ({ host }) => {
      if (!host.includes(".lambda-url.")) return null;
      const { statusCode, headers, body } = await handler({});
      return { status: statusCode, headers, body };
    });
  }, 60_000);
  afterAll(async () => {
    await exchange?.stop();
    await api?.stop();
  });

  /** The loop on a stage, with an account's hands. The stage's users follow what the lever is seen to hold. */
  async function openHouse(settings: LeverSettings) {
    const show = theatre();
    const reach = { credentials, agent: exchange.agent };
    const lever = leverFrom(settings, place, { now: Date.now, chance: () => 0.5, reach });
    const actions: Actions = actionsFrom(
      { capacity: { "us-west-2": service } },
      {
        topology: show.world.topology,
        source: async () => null,
        gate: async () => ({ open: false, why: "nobody asked" }),
        reach,
      },
    );
    const hands = trafficOf({ ...place, lever, shadow: null, actions });
    const cloudwatch = new CloudWatchClient({ region: "us-west-2", endpoint: api.endpoint, credentials });
    let told = false;
    /** CloudWatch's and Route 53's part, which the local AWS API does not play. */
    const follow = async () => {
      if (settings.kind === "metric")
        await cloudwatch.send(
          new SetAlarmStateCommand({
            AlarmName: alarm,
            StateValue: told ? "ALARM" : "OK",
            StateReason: "judged",
          }),
        );
      show.stage.drained = (await lever.holds()) ? place.primary : null;
    };
    api.meddle = ({ action, body }) => {
      if (action === "PutMetricData") told = /Value=1\b/.test(body) || /"Value":\s*1\b/.test(body);
      // Moto runs no tasks: those that are asked for are taken to run.
      if (action !== "DescribeServices" && action !== "UpdateService") return null;
      return {
        rewrite: (answer) => {
          const desired = /"desiredCount": ?(\d+)/.exec(answer)?.[1] ?? "0";
          show.stage.tasks.set("us-west-2", Number(desired));
          return answer.replaceAll(/"runningCount": ?\d+/g, `"runningCount": ${desired}`);
        },
      };
    };
    show.world.traffic = hands;
    const after = async () => {
      const ticked = await show.advance();
      const calls = exchange.calls.splice(0);
      await follow();
      exchange.calls.length = 0;
      return { ...ticked, calls, phase: (await show.store.standing())?.phase };
    };
    return { ...show, after };
  }

  const kinds: LeverSettings[] = [
    { kind: "metric", alarm },
    { kind: "endpoint", table: "holdfast-shop", url: "https://abc123.lambda-url.us-west-2.on.aws/" },
    { kind: "arc", control, endpoints: endpoints.map((e) => ({ ...e })) },
  ];

  test.each(kinds)(
    "calls nothing but data planes, and nothing in the region being left: $kind",
    async (settings) => {
      const house = await openHouse(settings);
      exchange.calls.length = 0;
      house.stage.wrong.set("app@us-east-1", "timeout");
      const calls = [];
      const phases = new Set<string>();
      for (let i = 0; i < 20 && !phases.has("away"); i++) {
        const tick = await house.after();
        calls.push(...tick.calls);
        phases.add(tick.phase ?? "none");
      }
      expect([...phases]).toEqual(["doubting", "preparing", "shifting", "verifying", "away"]);
      expect(await house.store.unconfirmed()).toEqual([]);
      expect(calls.map((c) => c.action)).toContain("UpdateService");
      expect(trespasses(calls, place.primary)).toEqual([]);
      await new ECSClient({ region: "us-west-2", endpoint: api.endpoint, credentials }).send(
        new UpdateServiceCommand({ ...service, desiredCount: 1 }),
      );
      await house.world.traffic.publish(null);
    },
  );

  test.each(kinds)("moves users while every API but the lever's own is down: $kind", async (settings) => {
    const house = await openHouse(settings);
    house.stage.tasks.set("us-west-2", 4); // a warm standby, as nothing can be scaled now
    const down = api.meddle;
    const ours = ["GetItem", "SetAlarmState"]; // what the stage does itself, in AWS's place
    const isLever = (action: string) => ours.includes(action) || moves.some(([, a]) => a.test(action));
    api.meddle = (call) => (isLever(call.action) ? down(call) : { error: [503, "ServiceUnavailable"] });
    house.stage.wrong.set("app@us-east-1", "timeout");
    let phase: string | undefined;
    for (let i = 0; i < 20 && phase !== "away"; i++) phase = (await house.after()).phase;
    expect(phase).toBe("away");
    expect((await house.store.unconfirmed()).map((o) => o.kind)).toEqual(["capacity"]); // shown, and tried again
    await house.world.traffic.publish(null);
  });
});
