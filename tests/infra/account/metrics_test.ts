/** What a function tells CloudWatch: lines that keep the embedded metric format's limits, and nothing that is not known. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../../../infra/account/metrics/emf.ts";
import { countOf, linesOf, metricsOf, shownOf } from "../../../infra/account/metrics/mod.ts";
import { theatre, topology } from "../../../infra/simulated/stage.ts";
import { type Datum, datum, type MetricName, metrics, namespace } from "../../../store/metrics.ts";
import type { Round } from "../../../store/records.ts";

const anyDatum: fc.Arbitrary<Datum> = fc
  .record({
    name: fc.constantFrom(...(Object.keys(metrics) as MetricName[])),
    at: fc.constantFrom(1_767_225_600_000, 1_767_225_610_000),
    text: fc.oneof(fc.constantFrom("a", "b", ""), fc.string({ unit: "grapheme", maxLength: 3_000 })),
    values: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 350 }),
  })
  .map(({ name, at, text, values }) => {
    const dimensions = Object.fromEntries(metrics[name].dimensions.map((d) => [d, text]));
    return { name, unit: metrics[name].unit, dimensions, at, values: values.map((v) => v + 0) };
  });

type Line = {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
} & Record<string, unknown>;

describe("linesOf()", () => {
  test("whatever is told, each line keeps the format's limits and every value is in exactly one of them", () => {
    fc.assert(
      fc.property(fc.array(anyDatum, { maxLength: 30 }), (data) => {
        const lines = linesOf(data);
        const seen: number[] = [];
        for (const text of lines) {
          expect(text).not.toContain("\n");
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limits.bytes);
          const read = JSON.parse(text) as Line;
          const [directive, ...others] = read._aws.CloudWatchMetrics;
          expect(others).toEqual([]);
          expect(Number.isInteger(read._aws.Timestamp)).toBe(true);
          expect(directive?.Namespace).toBe(namespace);
          const told = directive?.Metrics ?? [];
          expect(told.length).toBeLessThanOrEqual(limits.metrics);
          expect(new Set(told.map((m) => m.Name)).size).toBe(told.length);
          for (const set of directive?.Dimensions ?? []) {
            expect(set.length).toBeLessThanOrEqual(limits.dimensions);
            for (const name of set) expect(String(read[name]).length).toBeGreaterThan(0);
            for (const name of set) expect(String(read[name]).length).toBeLessThanOrEqual(limits.textChars);
          }
          for (const { Name, Unit } of told) {
            expect(Unit).toBe(metrics[Name as MetricName].unit);
            const values = [read[Name]].flat() as number[];
            expect(values.length).toBeLessThanOrEqual(limits.values);
            expect(values.every(Number.isFinite)).toBe(true);
            seen.push(...values);
          }
        }
        const sorted = (all: number[]) => all.toSorted((a, b) => a - b);
        expect(sorted(seen)).toEqual(sorted(data.flatMap((d) => [...d.values])));
      }),
      { numRuns: 60 },
    );
  });

  test("what was seen at one instant in one place is one line, as CloudWatch bills a log by the byte", () => {
    const at = 1_767_225_600_000;
    const place = { Service: "s3", Region: "us-east-1", Vantage: "eu-west-1" };
    expect(
      linesOf([datum("DnsSuccessRate", place, at, 100), datum("DnsResponseTime", place, at, [12, 30.5])]),
    ).toEqual([
      '{"_aws":{"Timestamp":1767225600000,"CloudWatchMetrics":[{"Namespace":"Holdfast","Dimensions":[["Service","Region","Vantage"]],"Metrics":[{"Name":"DnsSuccessRate","Unit":"Percent"},{"Name":"DnsResponseTime","Unit":"Milliseconds"}]}]},"Service":"s3","Region":"us-east-1","Vantage":"eu-west-1","DnsSuccessRate":100,"DnsResponseTime":[12,30.5]}',
    ]);
  });

  test("a function's own word is no dimension's or metric's name: they would overwrite each other in the line", () => {
    const dimensions = new Set<string>(Object.values(metrics).flatMap((m) => [...m.dimensions]));
    expect(Object.keys(metrics).filter((name) => dimensions.has(name) || name === "_aws")).toEqual([]);
  });
});

describe("metricsOf()", () => {
  async function tell(prepare: (stage: ReturnType<typeof theatre>["stage"]) => void, ticks = 6) {
    const { stage, advance, store } = theatre();
    prepare(stage);
    let ticked = await advance();
    for (let n = 1; n < ticks; n++) ticked = await advance();
    const standing = await store.standing();
    if (!standing) throw new Error("the stage has not begun");
    const told = {
      workload: "shop",
      assessment: ticked.assessment,
      standing,
      unconfirmed: 0,
      undone: 0,
      tookMs: 12,
    };
    return metricsOf(told);
  }
  const of = (data: Datum[], name: MetricName) =>
    Object.fromEntries(
      data.filter((d) => d.name === name).map((d) => [d.dimensions.Region ?? "", d.values[0]]),
    );

  test("tells each region's score in percent, where it is known", async () => {
    const data = await tell((stage) => stage.wrong.set("app@us-east-1", "timeout"), 3);
    expect(of(data, "RegionHealthScore")).toEqual({ "us-east-1": 0, "us-west-2": 100, "eu-west-1": 100 });
    expect(of(data, "CascadeRiskScore")["us-east-1"]).toBeGreaterThan(0);
    expect(of(data, "Phase")).toEqual({ "": 3 }); // shifting
  });

  test("leaves out what nobody knows, rather than to write a 0", async () => {
    const data = await tell((stage) => {
      for (const vantage of ["us-east-1", "us-west-2", "eu-west-1"]) stage.blind.add(vantage);
    });
    expect(of(data, "RegionHealthScore")).toEqual({});
    expect(of(data, "AnomalyScore")).toEqual({});
    expect(of(data, "RegionCoverage")).toEqual({ "us-east-1": 0, "us-west-2": 0, "eu-west-1": 0 });
    expect(of(data, "BlindVantages")).toEqual({ "": 3 });
  });

  test("every point is one that the table of metrics knows, with its unit and its dimensions", async () => {
    const data = await tell((stage) => stage.wrong.set("s3@us-east-1", "timeout"));
    for (const { name, unit, dimensions } of data) {
      expect(unit).toBe(metrics[name].unit);
      expect(Object.keys(dimensions).toSorted()).toEqual([...metrics[name].dimensions].toSorted());
    }
    expect(linesOf(data).length).toBeLessThanOrEqual(4);
  });
});

describe("shownOf()", () => {
  const house = topology();
  const heard = async (blind: boolean) => {
    const { stage, advance, store } = theatre();
    stage.wrong.set("s3@us-east-1", "timeout");
    if (blind) stage.blind.add("eu-west-1");
    await advance();
    return (await store.rounds(0)).find((round) => round.vantage === "eu-west-1") as Round;
  };

  test("tells what people look at: how names and endpoints answered, as they did", async () => {
    const data = shownOf(await heard(false));
    const rate = (region: string) =>
      data.find(
        (d) => d.name === "DnsSuccessRate" && d.dimensions.Service === "s3" && d.dimensions.Region === region,
      )?.values;
    expect([rate("us-east-1"), rate("us-west-2")]).toEqual([[0], [100]]);
    expect(data.some((d) => d.name === "EndpointResponseTime")).toBe(true);
    expect(data.some((d) => d.name === "DnsUnknown")).toBe(false);
  });

  test("of a blind round tells only that it is one", async () => {
    expect(shownOf(await heard(true)).map((d) => [d.name, d.values])).toEqual([["Blind", [1]]]);
  });

  test("countOf() is as many as a round in which all answers writes, so that the bill is right", async () => {
    const { advance, store } = theatre();
    await advance();
    const [round] = await store.rounds(0);
    const written = new Set(shownOf(round as Round).map((d) => JSON.stringify([d.name, d.dimensions])));
    expect(countOf(house, "eu-west-1")).toBe(written.size);
  });
});
