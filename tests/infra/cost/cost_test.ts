/** What a configuration costs: the arithmetic, and the command over stacks' files. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bill, dearest, type Placed, promisedUsd } from "../../../infra/cost/bill.ts";
import { prices } from "../../../infra/cost/prices.ts";

const small: Placed = {
  region: "us-east-1",
  functions: [{ name: "prober", memoryMb: 512 }],
  cadenceSeconds: 10,
  roundsRead: 0,
  canaries: 1,
  canaryMinutes: 5,
  metrics: 0,
  metricsRead: 0,
  lagsRead: 0,
  alarms: 5,
  dashboards: 1,
  healthChecks: 1,
  healthCheckOptions: 1,
  lever: "none",
};
const itemOf = (placed: Placed, starts: string) =>
  bill(placed).items.find(({ item }) => item.startsWith(starts))?.usdPerMonth ?? 0;

describe("bill()", () => {
  test("counts what can be counted by hand", () => {
    // a month of 512 MB, five seconds more at each of its 43 200 starts, and as many requests
    const function512 = 0.5 * (2_592_000 + 43_200 * 5) * 0.0000133334 + 43_200 * (0.2 / 1e6 + 1 / 1e6);
    expect(itemOf(small, "prober")).toBeCloseTo(function512, 2);
    expect(itemOf(small, "canaries")).toBeCloseTo(8_640 * (0.0012 + 3 * 0.0000166667 + 4 * 0.000005), 2);
    expect(itemOf(small, "5 alarms")).toBe(0.5);
    expect(itemOf(small, "Route 53")).toBe(1.5);
    expect(itemOf({ ...small, lagsRead: 2 }, "data: how far")).toBeCloseTo(2 * 43_200 * (0.01 / 1_000), 2);
    expect(itemOf({ ...small, lever: "arc" }, "lever: a cluster")).toBe(1_800);
  });

  const placed: fc.Arbitrary<Placed> = fc.record({
    region: fc.constant("us-east-1"),
    functions: fc.array(
      fc.record({ name: fc.constant("f"), memoryMb: fc.integer({ min: 128, max: 10_240 }) }),
      { maxLength: 3 },
    ),
    cadenceSeconds: fc.integer({ min: 1, max: 60 }),
    roundsRead: fc.nat({ max: 20 }),
    canaries: fc.nat({ max: 20 }),
    canaryMinutes: fc.integer({ min: 1, max: 60 }),
    metrics: fc.nat({ max: 500 }),
    metricsRead: fc.nat({ max: 50 }),
    lagsRead: fc.nat({ max: 4 }),
    alarms: fc.nat({ max: 50 }),
    dashboards: fc.nat({ max: 3 }),
    healthChecks: fc.nat({ max: 9 }),
    healthCheckOptions: fc.nat({ max: 9 }),
    lever: fc.constantFrom("metric", "endpoint", "arc", "none"),
  });

  test("whatever is placed, the items are the sum, none is below nothing, and more of anything never costs less", () => {
    fc.assert(
      fc.property(
        placed,
        fc.constantFrom("canaries", "metrics", "alarms", "dashboards", "healthChecks"),
        (one, more) => {
          const { items, usdPerMonth } = bill(one);
          expect(items.reduce((sum, i) => sum + i.usdPerMonth, 0)).toBeCloseTo(usdPerMonth, 2);
          expect(items.every((i) => i.usdPerMonth > 0)).toBe(true);
          expect(bill({ ...one, [more]: one[more] + 1 }).usdPerMonth).toBeGreaterThan(usdPerMonth);
        },
      ),
    );
  });

  test("a region above the promise says which of its lines make it so, dearest first", () => {
    fc.assert(
      fc.property(placed, (one) => {
        const region = bill(one);
        const why = dearest(region);
        expect(why.length > 0).toBe(region.usdPerMonth > promisedUsd);
        const rest = region.usdPerMonth - why.reduce((sum, i) => sum + i.usdPerMonth, 0);
        expect(rest).toBeLessThanOrEqual(promisedUsd + 0.01);
        expect(why.map((i) => i.usdPerMonth)).toEqual(
          why.map((i) => i.usdPerMonth).toSorted((a, b) => b - a),
        );
      }),
    );
  });

  test("every price has a unit, a source, and says how well it is known", () => {
    for (const { usd, per, source, sure } of Object.values(prices)) {
      expect(usd).toBeGreaterThan(0);
      expect([per.length, source.length].every((n) => n > 2)).toBe(true);
      expect(["list", "quoted", "recalled"]).toContain(sure);
    }
  });
});

describe("holdfast cost", () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "cost-"));
  });
  afterAll(() => rmSync(dir, { recursive: true }));
  const root = join(import.meta.dirname, "../../..");
  const cost = (...args: string[]) => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(root, "holdfast.ts"), "cost", ...args],
      { cwd: root, encoding: "utf8" },
    );
    return { stdout, stderr, status };
  };

  test("prices the example trio by region and item, and five-minute canaries keep each region within the promise", () => {
    const { stdout, status } = cost("--json", "--canary-minutes", "5");
    expect(status).toBe(0);
    const { regions, usdPerMonth } = JSON.parse(stdout) as {
      regions: { region: string; usdPerMonth: number; items: object[] }[];
      usdPerMonth: number;
    };
    expect(regions.map((r) => r.region)).toEqual(["us-east-1", "us-west-2", "eu-west-1"]);
    for (const region of regions) expect(region.usdPerMonth).toBeLessThan(promisedUsd);
    expect(regions.reduce((sum, r) => sum + r.usdPerMonth, 0)).toBeCloseTo(usdPerMonth, 1);
    const plain = cost();
    expect(plain.stdout).toMatch(/Above 100 \$ because of: canaries/);
    expect(plain.stdout).toMatch(/Not counted: the workload itself/);
  });

  test("a folder without stacks, a file that is no YAML and a setting that is wrong are told, with code 2", () => {
    expect(cost("--dir", dir)).toMatchObject({
      status: 2,
      stderr: /expected files such as Pulumi\.us-east-1\.yaml/,
    });
    writeFileSync(join(dir, "Pulumi.us-east-1.yaml"), "config: [");
    expect(cost("--dir", dir)).toMatchObject({ status: 2, stderr: /expected YAML/ });
    expect(cost("--canary-minutes", "0")).toMatchObject({ status: 2, stderr: /expected 1 to 60; got 0/ });
  });
});
