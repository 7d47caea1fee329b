/** What follows a tick in an account, and the listening of a region without an analyzer: over real HTTP, and never in the
 *  tick's way. */
import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { afterTick } from "../../../infra/account/after.ts";
import { Deadline } from "../../../infra/account/deadline.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { listener } from "../../../infra/account/listener.ts";
import { theatre, topology } from "../../../infra/simulated/stage.ts";
import { memory } from "../../../store/mod.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { type Hook, hook } from "../notify/hook.ts";
import { type Recorder, recorder } from "./recorder.ts";

const minute = 60_000;
const variables = {
  HOLDFAST_WORKLOAD: "shop",
  HOLDFAST_TOPOLOGY: JSON.stringify(topology()),
  HOLDFAST_RULES: "{}",
  HOLDFAST_ROUNDS_TABLE: "holdfast-shop-rounds",
  HOLDFAST_STATE_TABLE: "holdfast-shop-state",
  HOLDFAST_LEVER: '{"kind":"metric","alarm":"shop-lever"}',
};
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

let pager: Hook;
beforeAll(async () => {
  pager = await hook();
});
afterAll(() => pager?.stop());
beforeEach(() => {
  pager.answer = 200;
  pager.told.length = 0;
});
const channels = () => JSON.stringify([{ kind: "webhook", name: "pager", url: pager.url }]);
const said = () => pager.told.map(({ body }) => JSON.parse(body).incident.title as string);

describe.skipIf(missing("moto_server"))("afterTick()", () => {
  let api: AwsApi;
  let exchange: Recorder;
  beforeAll(async () => {
    api = await awsApi();
    exchange = await recorder(api.endpoint);
    // It loads a service when that is first asked for, which may take longer than a beat's call waits.
    const first = new CloudWatchClient({ region: "eu-west-1", endpoint: api.endpoint, credentials });
    await first.send(new ListMetricsCommand({}));
  }, 60_000);
  afterAll(async () => {
    await exchange?.stop();
    await api?.stop();
  });
  beforeEach(() => {
    exchange.calls.length = 0;
    api.meddle = () => null;
  });

  function house() {
    const show = theatre();
    const lines: string[] = [];
    const troubles: string[] = [];
    const after = afterTick({
      told: readEnvironment("analyzer", {
        ...variables,
        HOLDFAST_REGION: "us-west-2",
        HOLDFAST_NOTIFY: channels(),
      }),
      store: show.store,
      reach: { credentials, agent: exchange.agent },
      deadline: new Deadline(),
      now: show.now,
      write: (line) => lines.push(line),
      trouble: (what) => troubles.push(what),
    });
    const ticks = async (count: number) => {
      for (let n = 0; n < count; n++) await after(await show.advance(), show.now());
    };
    return { ...show, ticks, after, lines, troubles };
  }

  test("beats once a minute in the witness's region, where the alarm listens", async () => {
    const { ticks } = house();
    await ticks(13);
    expect(exchange.calls.map((c) => `${c.host} ${c.action}`)).toEqual(
      Array(3).fill("monitoring.eu-west-1.amazonaws.com PutMetricData"),
    );
    const cloudwatch = new CloudWatchClient({ region: "eu-west-1", endpoint: api.endpoint, credentials });
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: "Holdfast",
        MetricName: "Beat",
        Dimensions: [{ Name: "Workload", Value: "shop" }],
        StartTime: new Date(Date.now() - 10 * minute),
        EndTime: new Date(Date.now() + minute),
        Period: 60,
        Statistics: ["SampleCount"],
      }),
    );
    expect(Datapoints.reduce((sum, d) => sum + (d.SampleCount ?? 0), 0)).toBe(3);
  });

  test("writes the tick's numbers into the log, and tells people of what is wrong", async () => {
    const { stage, ticks, lines } = house();
    stage.wrong.set("app@us-east-1", "timeout");
    await ticks(3);
    expect(lines.some((line) => line.includes('"RegionHealthScore"'))).toBe(true);
    expect(said()[0]).toBe("Users in us-east-1 are hurt");
  });

  test("neither a CloudWatch that is away nor a pager that is mute fails the tick: it is said, and tried again", async () => {
    const { stage, ticks, troubles } = house();
    api.meddle = () => ({ error: [503, "ServiceUnavailable"] });
    pager.answer = 500;
    stage.wrong.set("app@us-east-1", "timeout");
    await ticks(3);
    expect(new Set(troubles)).toEqual(new Set(["beat", "the channel pager"]));
    api.meddle = () => null;
    pager.answer = 200;
    pager.told.length = 0;
    await ticks(1);
    expect(said()).toEqual(["Users in us-east-1 are hurt"]);
    expect(exchange.calls.at(-1)?.action).toBe("PutMetricData");
  });

  test("an analyzer that stood down says nothing: whoever was first does", async () => {
    const { advance, after, lines } = house();
    await after({ ...(await advance()), outcome: "stood-down" }, 0);
    expect([lines, exchange.calls, pager.told]).toEqual([[], [], []]);
  });
});

describe("listener()", () => {
  const rounds = "holdfast-shop-rounds";
  function place(region: string, more: Record<string, string> = { HOLDFAST_LISTEN: "holdfast-shop-state" }) {
    const told = readEnvironment("prober", {
      ...variables,
      HOLDFAST_ROUNDS_TABLE: rounds,
      HOLDFAST_REGION: region,
      HOLDFAST_VANTAGE: region,
      HOLDFAST_NOTIFY: channels(),
      ...more,
    });
    let now = Date.UTC(2026, 0, 1);
    let beat: number | Error = now;
    let listened = 0;
    const own = memory();
    const analyzer = {
      async lastReport() {
        listened++;
        if (beat instanceof Error) throw beat;
        return { assessment: { at: beat } } as Awaited<ReturnType<typeof own.lastReport>>;
      },
    };
    const listen = listener({ reach: {}, told, analyzer, own, now: () => now, trouble: () => undefined });
    /** Minutes pass, six beats in each. */
    const pass = async (minutes: number, to: () => number | Error) => {
      for (let n = 0; n < minutes * 6; n++) {
        now += minute / 6;
        beat = to();
        await listen();
      }
    };
    return { pass, now: () => now, listened: () => listened };
  }

  test("tells people from its own region when the standby's analyzer falls silent, and when it is heard again", async () => {
    const { pass, now, listened } = place("eu-west-1");
    await pass(3, now);
    expect(listened()).toBe(3);
    expect(said()).toEqual([]);
    const last = now();
    await pass(7, () => last);
    expect(said()).toEqual(["Nobody hears the analyzer in us-west-2"]);
    await pass(3, now);
    expect(pager.told.map(({ body }) => JSON.parse(body).event)).toEqual(["opened", "resolved"]);
  });

  test("a region that cannot be reached is as silent as one that says nothing", async () => {
    const { pass, now } = place("us-east-1");
    await pass(2, now);
    await pass(7, () => new Error("timeout"));
    expect(said()).toEqual(["Nobody hears the analyzer in us-west-2"]);
  });

  test("nobody listens beside the analyzer, or where nobody was told to", async () => {
    for (const { pass, now, listened } of [place("us-west-2"), place("eu-west-1", {})]) {
      await pass(3, now);
      expect(listened()).toBe(0);
    }
  });
});
