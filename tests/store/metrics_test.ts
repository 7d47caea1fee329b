/** One table says what is told to CloudWatch, and nothing is told that is not known. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { datum, type Metric, metrics } from "../../store/metrics.ts";

test("a share is percent, a time is milliseconds, a number of things is a count", () => {
  for (const [name, { unit }] of Object.entries<{ unit: string }>(metrics)) {
    if (/Rate$|Health$/.test(name)) expect([name, unit]).toEqual([name, "Percent"]);
    if (/Time$/.test(name)) expect([name, unit]).toEqual([name, "Milliseconds"]);
    if (/Failures$|Unknown$|Healthy$/.test(name)) expect([name, unit]).toEqual([name, "Count"]);
  }
});

test("datum() takes the unit from the table", () => {
  const where = { Service: "s3", Region: "eu-west-1", Vantage: "here" };
  expect(datum("DnsResponseTime", where, 7, [3, 4])).toEqual({
    name: "DnsResponseTime",
    unit: "Milliseconds",
    dimensions: where,
    at: 7,
    values: [3, 4],
  });
});

test.for([[[]], [[1, Number.NaN]], [Number.POSITIVE_INFINITY]])(
  "datum() refuses what is no measurement: %j",
  ([values]) => {
    expect(() => datum("Blind", { Vantage: "here" }, 7, values ?? [])).toThrow("expected one number or more");
  },
);

test("docs/probes.md has a line for each metric of those who ask, with its unit and its dimensions", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/probes.md"), "utf8");
  const lines = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  const asking = Object.entries<Metric>(metrics).filter(([, { dimensions }]) =>
    dimensions.includes("Vantage"),
  );
  expect(asking.length).toBeGreaterThan(10);
  for (const [name, { unit, dimensions }] of asking) {
    expect(lines.find(([, first]) => first === name)?.slice(2, 4)).toEqual([unit, dimensions.join(", ")]);
  }
});
