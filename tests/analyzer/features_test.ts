/** tests · analyzer. What becomes a reading, and what does not. */
import { expect, test } from "vitest";
import { type Known, readings } from "../../analyzer/features.ts";
import type { Observation, Round } from "../../store/records.ts";

const heard = (more: Partial<Observation> = {}): Observation =>
  ({
    at: 1_000,
    vantage: "fra",
    target: "dynamodb-a",
    kind: "dns",
    purpose: "service",
    service: "dynamodb",
    region: "us-east-1",
    verdict: "up",
    reason: null,
    latencyMs: 4,
    facts: { addresses: ["192.0.2.1", "192.0.2.2"], ttlSeconds: 60 },
    ...more,
  }) as Observation;
const roundOf = (observations: Observation[], blind = false): Round => ({
  vantage: "fra",
  vantageRegion: "eu-central-1",
  at: 1_000,
  tookMs: 5,
  blind,
  observations,
});

test("readings() gives a DNS answer's latency, addresses, TTL and failure", () => {
  expect(readings([roundOf([heard()])])).toEqual([
    {
      series: "dynamodb-a|fra",
      node: "dynamodb@us-east-1",
      vantage: "fra",
      at: 1_000,
      features: { latencyMs: 4, failed: 0, addresses: 2, ttlSeconds: 60, newAddresses: null },
    },
  ]);
});

test("readings() has nothing from the blind, of controls, or of what could not be asked", () => {
  const asked = [heard({ purpose: "control" }), heard({ verdict: "unknown", reason: "unreachable" })];
  expect(readings([roundOf([heard()], true), roundOf(asked)])).toEqual([]);
});

test("readings() says null, never 0, of what was not heard", () => {
  const timeout = heard({ verdict: "down", reason: "timeout", latencyMs: null, facts: {} });
  const nodata = heard({ verdict: "down", reason: "nodata", facts: { addresses: [], ttlSeconds: null } });
  const [silent, empty] = readings([roundOf([timeout, nodata])]).map((reading) => reading.features);
  expect(silent).toMatchObject({ latencyMs: null, failed: 1, addresses: null, ttlSeconds: null });
  expect(empty).toMatchObject({ latencyMs: 4, failed: 1, addresses: 0, ttlSeconds: null });
});

test("readings() knows which addresses are new, for an hour, and keeps that as plain data", () => {
  let known: Known = {};
  const churn = (at: number, ...addresses: string[]) => {
    const [reading] = readings([roundOf([heard({ at, facts: { addresses, ttlSeconds: 60 } })])], known);
    known = JSON.parse(JSON.stringify(known));
    return reading?.features.newAddresses;
  };
  expect(churn(1_000, "192.0.2.1", "192.0.2.2")).toBeNull();
  expect(churn(2_000, "192.0.2.2", "192.0.2.3")).toBe(0.5);
  expect(churn(3_000, "192.0.2.1", "192.0.2.3")).toBe(0);
  expect(churn(2 * 60 * 60_000, "192.0.2.1")).toBe(1);
});

test("readings() leaves out how many tasks run: a standby that is scaled up is not odd", () => {
  expect(
    readings([roundOf([heard({ kind: "aws", purpose: "capacity", facts: { running: 3, desired: 4 } })])]),
  ).toEqual([]);
});

test("readings() gives an HTTP answer's phases, and the tasks that run", () => {
  const page = heard({
    kind: "http",
    latencyMs: 30,
    facts: { phases: { connect: 3, firstByte: 20, total: 30 } },
  });
  const tasks = heard({ kind: "aws", facts: { running: 3, desired: 4 } });
  const [http, aws] = readings([roundOf([page, tasks])]).map((reading) => reading.features);
  expect(http).toEqual({ latencyMs: 30, failed: 0, connectMs: 3, tlsMs: null, firstByteMs: 20 });
  expect(aws).toMatchObject({ running: 3 });
});
