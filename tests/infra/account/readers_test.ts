/** What CloudWatch tells of canaries and load balancers, and what is made of it. The stand-in answers GetMetricData as its
 *  JSON protocol does; the local AWS API knows no percentiles. */
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Deadline } from "../../../infra/account/deadline.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { hearing } from "../../../infra/account/readers/hearing.ts";
import {
  balancerQueries,
  canaryQueries,
  canaryRound,
  metricsMax,
  metricsOf,
  type Values,
  voiceOf,
} from "../../../infra/account/readers/queries.ts";
import { createWatch } from "../../../infra/account/readers/watch.ts";
import { topology } from "../../../infra/simulated/stage.ts";
import { memory } from "../../../store/memory.ts";
import { Round, Voice } from "../../../store/records.ts";
import { type Recorder, recorder } from "./recorder.ts";

const house = topology();
const minute = 60_000;
const noon = Date.UTC(2026, 0, 1, 12);
const target = house.targets.find((t) => t.id === "app us-east-1");
if (!target) throw new Error("no such target");
const walk = [{ name: "walk", target }];

const valuesOf = (told: Record<string, number>, at = noon): Values =>
  new Map(Object.entries(told).map(([id, value]) => [id, { at, value }]));

describe("canaryRound()", () => {
  const cases: [string, Record<string, number>, string, string | null][] = [
    ["every step passed", { c0SuccessPercent: 100, c0Duration: 812, c0Failed: 0 }, "up", null],
    ["a step failed", { c0SuccessPercent: 50, c0Duration: 812 }, "down", "canary-steps-failed"],
    ["all failed", { c0SuccessPercent: 0 }, "down", "canary-steps-failed"],
    ["the canary itself failed", { c0Failed: 1 }, "unknown", "canary-failed"],
    ["it timed out, and tells no success", { c0Duration: 60_000 }, "unknown", "no-point"],
  ];
  test.each(cases)("when %s", (_, told, verdict, reason) => {
    const other = { name: "other", target };
    const round = canaryRound(
      "eu-west-1",
      [...walk, other],
      valuesOf({ ...told, c1SuccessPercent: 100 }),
      noon,
    );
    expect(round?.observations[0]).toMatchObject({ verdict, reason });
    expect(Round.parse(round)).toEqual(round);
  });

  test("is nothing when no canary told anything: silence is no round", () => {
    expect(canaryRound("eu-west-1", walk, new Map(), noon)).toBeNull();
  });
});

describe("voiceOf()", () => {
  test("counts what the balancer and its targets failed, of the same minute", () => {
    const told = { bRequestCount: 100, bHTTPCodeTarget5XXCount: 3, bTargetResponseTime: 0.25 };
    const late = new Map([...valuesOf(told), ["bHTTPCodeELB5XXCount", { at: noon - minute, value: 50 }]]);
    expect(voiceOf("us-east-1", late, noon + minute)).toEqual({
      at: noon + minute,
      spanMs: minute,
      region: "us-east-1",
      requests: 100,
      failed: 3,
      p95Ms: 250,
    });
  });

  test("is silent when CloudWatch is: no requests told is not no requests", () => {
    expect(voiceOf("us-east-1", valuesOf({ bHTTPCodeELB5XXCount: 7 }), noon)).toBeNull();
  });

  test("is a voice whatever is told", () => {
    const count = fc.nat({ max: 1e6 });
    fc.assert(
      fc.property(count, fc.option(count), fc.option(count), (requests, elb, own) => {
        const told = {
          bRequestCount: requests,
          ...(elb === null ? {} : { bHTTPCodeELB5XXCount: elb }),
          ...(own === null ? {} : { bHTTPCodeTarget5XXCount: own }),
        };
        const voice = voiceOf("us-east-1", valuesOf(told), noon);
        expect(Voice.parse(voice)).toEqual(voice);
        expect(voice?.failed).toBeLessThanOrEqual(voice?.requests ?? -1);
      }),
    );
  });
});

test("what is read each minute is what is counted, and more than the bound is refused at the start", () => {
  expect(canaryQueries("a", 0).length + balancerQueries("app/b/1").length).toBe(metricsOf(1, 1));
  const canaries = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`walk-${i}`, target.id]));
  const start = () =>
    readEnvironment("analyzer", {
      HOLDFAST_WORKLOAD: "shop",
      HOLDFAST_REGION: "us-west-2",
      HOLDFAST_TOPOLOGY: JSON.stringify(house),
      HOLDFAST_ROUNDS_TABLE: "rounds",
      HOLDFAST_STATE_TABLE: "state",
      HOLDFAST_LEVER: '{"kind":"metric","alarm":"drain"}',
      HOLDFAST_CANARIES: JSON.stringify({ "eu-west-1": canaries }),
    });
  expect(start).toThrow(`at most ${metricsMax} metrics to read each minute, as each is paid for; got 51`);
});

describe("createWatch()", () => {
  let exchange: Recorder;
  let now = noon;
  const silenced: string[] = [];
  beforeAll(async () => {
    exchange = await recorder("http://127.0.0.1:9");
  });
  afterAll(() => exchange.stop());
  beforeEach(() => {
    exchange.calls.length = 0;
    exchange.standIns.length = 0;
    silenced.length = 0;
    now = noon;
  });

  const options = () => ({
    topology: house,
    canaries: { "eu-west-1": { walk: "app us-east-1" } },
    balancers: { "us-east-1": "app/shop/50dc6c495c0c9188", "us-west-2": "app/shop/50dc6c495c0c9189" },
    reach: { credentials: { accessKeyId: "local", secretAccessKey: "local" }, agent: exchange.agent },
    deadline: new Deadline(),
    now: () => now,
    silent: (region: string) => silenced.push(region),
  });
  const cloudwatch = (told: Record<string, number>, ill: string[] = []) =>
    exchange.standIns.push(({ host, body }) => {
      if (ill.some((region) => host.includes(region))) return { status: 500, body: "{}" };
      const { MetricDataQueries } = JSON.parse(body) as { MetricDataQueries: { Id: string }[] };
      const results = MetricDataQueries.map(({ Id }) => ({
        Id,
        Label: Id,
        StatusCode: "Complete",
        Timestamps: told[Id] === undefined ? [] : [now / 1000 - 120],
        Values: told[Id] === undefined ? [] : [told[Id]],
      }));
      const headers = { "content-type": "application/x-amz-json-1.0" };
      return { status: 200, headers, body: JSON.stringify({ MetricDataResults: results }) };
    });
  const paid = () =>
    exchange.calls.reduce(
      (sum, { body }) =>
        sum + (JSON.parse(body) as { MetricDataQueries: unknown[] }).MetricDataQueries.length,
      0,
    );

  test("reads each region's own CloudWatch once a minute, however often it is asked, and no metric more than counted", async () => {
    cloudwatch({ c0SuccessPercent: 100, bRequestCount: 60 });
    const watch = createWatch(options());
    const first = await watch();
    expect(first.rounds.map((r) => [r.vantage, r.observations[0]?.verdict])).toEqual([
      ["canary@eu-west-1", "up"],
    ]);
    expect(first.voices.map((v) => [v.region, v.requests])).toEqual([
      ["us-east-1", 60],
      ["us-west-2", 60],
    ]);
    for (let beat = 1; beat < 6; beat++) {
      now += 10_000;
      expect(await watch()).toEqual({ rounds: [], voices: [] });
    }
    expect(exchange.calls.map((c) => c.host).sort()).toEqual(
      ["eu-west-1", "us-east-1", "us-west-2"].map((region) => `monitoring.${region}.amazonaws.com`),
    );
    expect(paid()).toBe(metricsOf(1, 2));
    now += 10_000;
    expect((await watch()).voices).toHaveLength(2);
    expect(paid()).toBe(2 * metricsOf(1, 2));
  });

  test("a region whose CloudWatch fails is silent, and the others are heard", async () => {
    cloudwatch({ c0SuccessPercent: 0, bRequestCount: 60 }, ["us-east-1"]);
    const { rounds, voices } = await createWatch(options())();
    expect(silenced).toEqual(["us-east-1"]);
    expect(voices.map((v) => v.region)).toEqual(["us-west-2"]);
    expect(rounds[0]?.observations[0]?.verdict).toBe("down");
  });

  test("a minute's count stands until the next one is due, and a round from the future is not heard", async () => {
    cloudwatch({ bRequestCount: 60 });
    const kept = memory();
    const { store, hear } = hearing(kept, createWatch(options()), () => now);
    await hear();
    now += 50_000;
    expect(await store.voices(now - 40_000)).toHaveLength(2);
    exchange.standIns.length = 0;
    cloudwatch({});
    now += 3 * minute;
    await hear();
    expect(await store.voices(now - 40_000)).toEqual([]);
    const round = {
      vantage: "us-east-1",
      vantageRegion: "us-east-1",
      tookMs: 1,
      blind: false,
      observations: [],
    };
    await kept.addRound({ ...round, at: now });
    await kept.addRound({ ...round, at: now + 60 * minute });
    expect((await store.rounds(0)).map((r) => r.at)).toEqual([now]);
  });
});
