/** The lever in an account, of each kind, over real HTTP against a local AWS API. */
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drainEntry } from "../../../infra/account/drain.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import {
  type Lever,
  LeverSettings,
  leverFrom,
  Refused,
  shadowFrom,
} from "../../../infra/account/lever/mod.ts";
import { drained } from "../../../infra/aws/metrics.ts";
import { BadInput, parse } from "../../../store/records.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { makeTable } from "../../store/tables.ts";
import { drainAlarm } from "./alarm.ts";
import { type Cluster, cluster, control, endpoints, shadowControl } from "./cluster.ts";
import { type Recorder, recorder } from "./recorder.ts";

const place = { workload: "shop", primary: "us-east-1", standby: "us-west-2" };
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const functionUrl = "https://abc123.lambda-url.us-west-2.on.aws/";

describe.skipIf(missing("moto_server"))("the lever in an account", () => {
  let api: AwsApi;
  let exchange: Recorder;
  const lever = (settings: unknown, chance: () => number = () => 0.5, now: () => number = Date.now): Lever =>
    leverFrom(parse("the lever", LeverSettings, settings), place, {
      now,
      chance,
      reach: { credentials, agent: exchange.agent },
    });
  const hosts = () => [...new Set(exchange.calls.map((c) => c.host))];
  const said = () => exchange.calls.map((c) => `${c.region} ${c.action}`);

  beforeAll(async () => {
    api = await awsApi();
    exchange = await recorder(api.endpoint);
  }, 60_000);
  afterAll(async () => {
    await exchange?.stop();
    await api?.stop();
  });
  beforeEach(() => {
    exchange.calls.length = 0;
    exchange.standIns.length = 0;
    api.meddle = () => null;
  });

  describe("of kind metric", () => {
    const settings = { kind: "metric", alarm: "shop-lever-alarm" };
    let cloudwatch: CloudWatchClient;
    /** Judges the alarm as CloudWatch would: moto keeps the numbers and the definition, and judges nothing. */
    const judge = async () => {
      const { namespace, metricName, dimensions, period, threshold } = drained("shop");
      const { Datapoints = [] } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: namespace,
          MetricName: metricName,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          StartTime: new Date(Date.now() - 120_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: period,
          Statistics: ["Maximum"],
        }),
      );
      const highest = Math.max(...Datapoints.map((d) => d.Maximum ?? Number.NaN));
      const StateValue = highest >= threshold ? "ALARM" : "OK";
      await cloudwatch.send(
        new SetAlarmStateCommand({ AlarmName: settings.alarm, StateValue, StateReason: "judged" }),
      );
    };

    beforeAll(async () => {
      cloudwatch = new CloudWatchClient({ region: "us-west-2", endpoint: api.endpoint, credentials });
      await cloudwatch.send(drainAlarm(settings.alarm, "shop"));
    });

    test("writes the very number that the alarm reads, in the standby region, and counts only once the alarm says so", async () => {
      const pulled = lever(settings);
      await pulled.tell(true);
      expect(await pulled.holds()).not.toBe(true);
      await judge();
      expect(await pulled.holds()).toBe(true);
      expect(hosts()).toEqual(["monitoring.us-west-2.amazonaws.com"]);
    });

    test("is not held to be anything while the alarm does not know", async () => {
      await cloudwatch.send(
        new SetAlarmStateCommand({
          AlarmName: settings.alarm,
          StateValue: "INSUFFICIENT_DATA",
          StateReason: "new",
        }),
      );
      expect(await lever(settings).holds()).toBeNull();
    });

    test("says so when the alarm is not there or may not be seen, rather than to guess", async () => {
      await expect(lever({ ...settings, alarm: "another" }).holds()).rejects.toThrow(
        "there is no alarm another",
      );
      api.meddle = ({ action }) => (action === "DescribeAlarms" ? { error: [403, "AccessDenied"] } : null);
      await expect(lever(settings).holds()).rejects.toThrow(/AccessDenied|as the test wants it/);
    });

    test("is told although it was throttled once", async () => {
      let times = 0;
      api.meddle = ({ action }) =>
        action === "PutMetricData" && ++times === 1 ? { error: [400, "Throttling"] } : null;
      await lever(settings).tell(true);
      expect(said()).toEqual(["us-west-2 PutMetricData", "us-west-2 PutMetricData"]);
    });
  });

  describe("of kind endpoint", () => {
    const settings = { kind: "endpoint", table: "holdfast-shop", url: functionUrl };
    let dynamodb: DynamoDBClient;
    let table = "";

    beforeAll(async () => {
      dynamodb = new DynamoDBClient({ region: "us-west-2", endpoint: api.endpoint, credentials });
    });
    beforeEach(async () => {
      table = `holdfast-${Math.floor(performance.now() * 1_000)}`;
      await makeTable(dynamodb, table);
      const told = readEnvironment("drain", {
        HOLDFAST_WORKLOAD: "shop",
        HOLDFAST_REGION: "us-west-2",
        HOLDFAST_STATE_TABLE: table,
      });
      const handler = drainEntry(told, { reach: { credentials, agent: exchange.agent } });
      exchange.standIns.push(async ({ host, action }) => {
        if (!host.includes(".lambda-url.")) return null;
        const { statusCode, headers, body } = await handler({ rawPath: action.split(" ")[1] ?? "" });
        return { status: statusCode, headers, body };
      });
    });

    test("answers 200 only while drained, and is seen through the function that the checkers ask", async () => {
      const pulled = lever({ ...settings, table });
      expect(await pulled.holds()).toBe(false);
      await pulled.tell(true);
      expect(await pulled.holds()).toBe(true);
      await pulled.tell(true);
      expect(await pulled.holds()).toBe(true);
      await pulled.tell(false);
      expect(await pulled.holds()).toBe(false);
      expect(hosts().toSorted()).toEqual([
        "abc123.lambda-url.us-west-2.on.aws",
        "dynamodb.us-west-2.amazonaws.com",
      ]);
    });

    test("a telling that was held up on its way does not undo a later one", async () => {
      await lever({ ...settings, table }, undefined, () => 2_000).tell(true);
      await lever({ ...settings, table }, undefined, () => 1_000).tell(false);
      expect(await lever({ ...settings, table }).holds()).toBe(true);
    });

    test("a clock that was an hour ahead once does not lock the lever for that hour", async () => {
      await lever({ ...settings, table }, undefined, () => 3_600_000).tell(false);
      await lever({ ...settings, table }, undefined, () => 1_000).tell(true);
      expect(await lever({ ...settings, table }).holds()).toBe(true);
    });

    test("what cannot be read is not drained, and not held to be either", async () => {
      const pulled = lever({ ...settings, table });
      await pulled.tell(true);
      api.meddle = ({ action }) => (action === "GetItem" ? { error: [500, "InternalServerError"] } : null);
      expect(await pulled.holds()).toBeNull();
    });

    test("a shadow is asked for beside it, at the same function, and turns nobody away", async () => {
      const rim = { now: Date.now, chance: () => 0.5, reach: { credentials, agent: exchange.agent } };
      const whole = parse("the lever", LeverSettings, {
        ...settings,
        table,
        shadowUrl: `${functionUrl}shadow`,
      });
      const shadow = shadowFrom(whole, place, rim);
      await shadow?.tell(true);
      expect([await shadow?.holds(), await lever({ ...settings, table }).holds()]).toEqual([true, false]);
    });

    test("whatever else the open URL is asked for is not there, and reads nothing", async () => {
      expect(await lever({ ...settings, table, url: `${functionUrl}else` }).holds()).toBeNull();
      expect(said()).not.toContain("us-west-2 GetItem");
    });

    test("answers in the time that a checker waits, though its table does not", async () => {
      exchange.standIns.unshift(({ action }) => (action === "GetItem" ? "hang" : null));
      expect(await lever({ ...settings, table }).holds()).toBeNull(); // an answer, where no answer would be an error
      expect(exchange.calls.filter((c) => c.action === "GetItem")).toHaveLength(2);
    });

    test("no answer at all is said, with the host", async () => {
      exchange.standIns.unshift(({ host }) => (host.includes(".lambda-url.") ? "reset" : null));
      await expect(lever({ ...settings, table }).holds()).rejects.toThrow(/Cannot ask abc123\.lambda-url/);
    });
  });

  describe("of kind arc", () => {
    const settings = { kind: "arc", control, endpoints };
    let arc: Cluster;
    beforeEach(() => {
      arc = cluster();
      exchange.standIns.push(arc.standIn);
    });

    test("turns the control off and on again, and reads it back", async () => {
      const pulled = lever(settings);
      await pulled.tell(true);
      expect([arc.state, await pulled.holds()]).toEqual(["Off", true]);
      await pulled.tell(false);
      expect([arc.state, await pulled.holds()]).toEqual(["On", false]);
    });

    test("tells a control nothing that it already holds", async () => {
      await lever(settings).tell(false);
      expect(exchange.calls.map((c) => c.action)).toEqual(["GetRoutingControlState"]);
    });

    test("asks the endpoints in the order that chance gives, and that of the region being left last", async () => {
      for (const { region } of endpoints) arc.ill[region] = "unavailable";
      const chances = [0.1, 0.9, 0.3, 0.7, 0.5];
      await expect(lever(settings, () => chances.shift() ?? 0).holds()).rejects.toThrow(
        /at any of 5 endpoints: eu-west-1: .*; ap-southeast-2: .*; ap-northeast-1: .*; us-west-2: .*; us-east-1: EndpointTemporarilyUnavailable/,
      );
    });

    test("needs only one of the five: the others may be away, busy or mute", async () => {
      arc.ill = {
        "us-east-1": "unavailable",
        "us-west-2": "throttled",
        "eu-west-1": "reset",
        "ap-northeast-1": "hang",
      };
      const pulled = lever(settings);
      await pulled.tell(true);
      expect([arc.state, await pulled.holds()]).toEqual(["Off", true]);
    });

    test("asks one that did not answer again only when the others fail, or a minute later", async () => {
      for (const region of ["us-west-2", "eu-west-1", "ap-northeast-1"]) arc.ill[region] = "reset";
      let now = 0;
      const pulled = lever(
        settings,
        () => 0.5,
        () => now,
      );
      const mute = () => exchange.calls.filter((c) => arc.ill[c.host.split(".")[2] ?? ""]).length;
      await pulled.tell(true);
      expect([await pulled.holds(), arc.state, mute()]).toEqual([true, "Off", 3]); // read, set, and read back
      arc.ill["ap-southeast-2"] = "reset";
      arc.ill["us-east-1"] = "reset";
      arc.ill["us-west-2"] = undefined;
      expect(await pulled.holds()).toBe(true);
      now += 60_000;
      arc.ill = {};
      await pulled.holds();
      expect(exchange.calls.at(-1)?.host).toContain("us-west-2"); // first by chance again
    });

    test.each(["ConflictException", "ValidationException"] as const)(
      "does not set a safety rule aside, and says that it was one: %s",
      async (name) => {
        arc.rule = name;
        await expect(lever(settings).tell(true)).rejects.toThrow(Refused);
        expect(exchange.calls.filter((c) => c.action === "UpdateRoutingControlState")).toHaveLength(1);
        expect(exchange.calls.some((c) => c.body.includes("SafetyRulesToOverride"))).toBe(false);
        expect(arc.state).toBe("On");
      },
    );

    test("does not believe a control that was told and did not follow", async () => {
      arc.forgetful = true;
      const pulled = lever(settings);
      await pulled.tell(true);
      expect(await pulled.holds()).toBe(false);
    });
  });

  describe("beside a shadow", () => {
    const rim = () => ({ now: Date.now, chance: () => 0.5, reach: { credentials, agent: exchange.agent } });
    const shadow = (settings: LeverSettings) => shadowFrom(settings, place, rim());

    test("has none where the settings name none", () => {
      expect(shadow({ kind: "metric", alarm: "a" })).toBeNull();
    });

    test("of kind metric tells a metric of its own", async () => {
      await shadow({ kind: "metric", alarm: "a", shadowAlarm: "b" })?.tell(true);
      expect(exchange.calls.map((c) => [c.action, /"Value":"([\w-]+)"/.exec(c.body)?.[1]])).toEqual([
        ["PutMetricData", "shop-shadow"],
      ]);
    });

    test("of kind arc turns its own control, and the lever's stays as it is", async () => {
      const arc = cluster();
      exchange.standIns.push(arc.standIn);
      const beside = shadow({ kind: "arc", control, shadowControl, endpoints: [...endpoints] });
      await beside?.tell(true);
      expect([await beside?.holds(), arc.shadow, arc.state]).toEqual([true, "Off", "On"]);
    });
  });

  test.each([
    [{ kind: "rope" }, /kind/],
    [{ kind: "metric" }, /alarm/],
    [{ kind: "endpoint", table: "holdfast", url: "http://plain.example" }, /https/],
    [{ kind: "arc", control: "me", endpoints }, /routing control's ARN/],
    [{ kind: "arc", control, endpoints: endpoints.slice(1) }, /all five endpoints/],
  ])("settings that name no lever are refused: %o", (settings, complaint) => {
    expect(() => lever(settings)).toThrow(BadInput);
    expect(() => lever(settings)).toThrow(complaint);
  });
});
