/** What of a round is told to CloudWatch: shares of what could be told, and nothing of what could not. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { batches } from "../../probes/aws/publish.ts";
import { measure } from "../../probes/measure.ts";
import { type Datum, metrics } from "../../store/metrics.ts";
import type { Facts, Observation, Round } from "../../store/records.ts";

type Said = "up" | "down" | "unknown";
const seen = (
  verdict: Said,
  {
    kind = "dns" as Observation["kind"],
    service = "s3",
    latencyMs = 12,
    facts = {} as Facts,
    control = false,
  } = {},
): Observation => {
  const about = { at: 7, vantage: "oregon", target: "t", kind, service, region: "us-east-1", facts } as const;
  const whole = { ...about, purpose: control ? ("control" as const) : ("service" as const) };
  if (verdict === "up") return { ...whole, verdict, reason: null, latencyMs };
  return verdict === "down"
    ? { ...whole, verdict, reason: "nodata", latencyMs }
    : { ...whole, verdict, reason: "unreachable", latencyMs: null };
};
const roundOf = (observations: Observation[], blind = false): Round => ({
  vantage: "oregon",
  vantageRegion: "us-west-2",
  at: 7,
  tookMs: 1,
  blind,
  observations,
});
const told = (data: Datum[]) => Object.fromEntries(data.map((one) => [one.name, one.values]));

test("shares are percent of what could be told, times are ms, and the unknown is counted apart", () => {
  const data = measure(roundOf([seen("up"), seen("up", { latencyMs: 20 }), seen("down"), seen("unknown")]));
  expect(told(data)).toEqual({
    DnsSuccessRate: [200 / 3],
    DnsFailures: [1],
    DnsResponseTime: [12, 20, 12],
    DnsUnknown: [1],
    OverallDnsHealth: [200 / 3],
  });
  expect(data[0]).toMatchObject({
    at: 7,
    unit: "Percent",
    dimensions: { Service: "s3", Region: "us-east-1", Vantage: "oregon" },
  });
});

test("where nothing could be told no share is written, and no failure, least of all a 0", () => {
  expect(told(measure(roundOf([seen("unknown"), seen("unknown")])))).toEqual({ DnsUnknown: [2] });
});

test("a blind round tells only that it is blind", () => {
  const observations = [seen("down"), seen("unknown", { control: true })];
  expect(told(measure(roundOf(observations, true)))).toEqual({ Blind: [1] });
  expect(told(measure(roundOf([seen("up"), seen("up", { control: true })]))).Blind).toEqual([0]);
});

test("endpoints apart from names, with the certificate that runs out first", () => {
  const data = measure(
    roundOf([
      seen("up", { kind: "tls", facts: { daysLeft: 40 } }),
      seen("down", { kind: "tls", facts: { daysLeft: -2 } }),
      seen("up", { kind: "tcp" }),
    ]),
  );
  expect(told(data)).toMatchObject({
    EndpointFailures: [1],
    EndpointUnknown: [0],
    CertificateDaysLeft: [-2],
  });
});

test("an account's resources as they were counted, and not where the count broke off", () => {
  const counts = { healthy: 3, unhealthy: 1, unknown: 0 };
  const whole = measure(roundOf([seen("down", { kind: "aws", facts: counts })]));
  expect(told(whole)).toEqual({ ResourcesHealthy: [3], ResourcesUnhealthy: [1], ResourcesUnknown: [0] });
  const broken = seen("unknown", { kind: "aws", facts: { ...counts, troubles: ["Throttling"] } });
  expect(measure(roundOf([broken]))).toEqual([]);
});

test("any round: each point is one of the table's, with its unit and its dimensions", () => {
  const one = fc
    .record({
      verdict: fc.constantFrom<Said>("up", "down", "unknown"),
      kind: fc.constantFrom<Observation["kind"]>("dns", "http", "tcp", "tls", "aws"),
      service: fc.constantFrom("s3", "sts"),
      control: fc.boolean(),
    })
    .map(({ verdict, ...more }) => seen(verdict, more));
  fc.assert(
    fc.property(fc.array(one), fc.boolean(), (observations, blind) => {
      for (const { name, unit, dimensions, values } of measure(roundOf(observations, blind))) {
        expect(unit).toBe(metrics[name].unit);
        expect(Object.keys(dimensions)).toEqual([...metrics[name].dimensions]);
        if (unit === "Percent") for (const value of values) expect(value >= 0 && value <= 100).toBe(true);
      }
    }),
  );
});

test("any points: calls within the limits, and no value lost", () => {
  const point = fc
    .array(fc.float({ noNaN: true, min: 0, max: 9_999 }), { minLength: 1, maxLength: 400 })
    .map((values): Datum => ({ name: "DnsUnknown", unit: "Count", dimensions: {}, at: 7, values }));
  fc.assert(
    fc.property(fc.array(point, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (points, times) => {
      const data = Array.from({ length: times }, () => points).flat();
      const calls = batches(data);
      for (const call of calls) {
        expect(call.length).toBeLessThanOrEqual(1_000);
        for (const { Values = [] } of call) expect(Values.length).toBeLessThanOrEqual(150);
        expect(JSON.stringify(call).length).toBeLessThan(1_000_000);
      }
      const sent = calls.flat().map(({ Counts = [] }) => Counts.reduce((sum, count) => sum + count, 0));
      expect(sent.reduce((sum, count) => sum + count, 0)).toBe(data.flatMap(({ values }) => values).length);
    }),
    { numRuns: 50 },
  );
});
