/** What a fault is and what it takes down with it, without a world. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isHurt } from "../../../infra/local/consequences.ts";
import { menu, nameFault, readFault } from "../../../infra/local/faults.ts";
import { regions, serviceIds } from "../../../infra/local/places.ts";
import { tally } from "../../../infra/local/tally.ts";
import { nearest } from "../../../store/nearest.ts";
import { BadInput } from "../../../store/records.ts";

const nodata = { fault: "dns-nodata", region: "us-east-1", service: "dynamodb", since: 1_000 };

test("Lambda and STS fail 18 s after DynamoDB's name, there and nowhere else", () => {
  const hurt = (service: string, region: string, now: number) =>
    isHurt([nodata], service, region, now, 18_000);
  expect(hurt("sts", "us-east-1", 18_999)).toBe(false);
  expect(hurt("sts", "us-east-1", 19_000)).toBe(true);
  expect(hurt("lambda", "us-east-1", 19_000)).toBe(true);
  expect(hurt("s3", "us-east-1", 1e9)).toBe(false);
  expect(hurt("sts", "us-west-2", 1e9)).toBe(false);
});

test("of two faults on one name the latest shows", () => {
  const faults = [nodata, { ...nodata, fault: "dns-servfail" }];
  expect(nameFault(faults, "dynamodb", "us-east-1")).toBe("servfail");
  expect(nameFault(faults, "dynamodb", "us-west-2")).toBeNull();
});

test("everything on the menu can be asked for; whatever else is asked is refused, never a crash", () => {
  for (const { name, takesService } of menu) {
    const service = takesService ? "sts" : undefined;
    expect(readFault({ fault: name, region: "us-west-2", service }, 5)).toMatchObject({
      fault: name,
      since: 5,
    });
  }
  const word = fc.oneof(fc.string(), fc.constantFrom(...regions, ...serviceIds, ...menu.map((k) => k.name)));
  fc.assert(
    fc.property(word, word, fc.option(word, { nil: undefined }), (fault, region, service) => {
      try {
        const read = readFault({ fault, region, service }, 0);
        expect(menu.map((k) => k.name)).toContain(read.fault);
        expect(regions).toContain(read.region);
      } catch (error) {
        expect(error).toBeInstanceOf(BadInput);
      }
    }),
  );
});

test.each([
  ["region-dwon", "region-down"],
  ["REGION-DOWN", "region-down"],
  ["dns-nodat", "dns-nodata"],
  ["earthquake", null],
])("%s probably means %s", (word, meant) => {
  expect(
    nearest(
      word,
      menu.map((k) => k.name),
    ),
  ).toBe(meant);
});

test("a tally counts every visit once, and its 95th percentile is a time that somebody waited", () => {
  const outcome = fc.record({
    region: fc.constantFrom("us-east-1", "us-west-2", "nowhere"),
    served: fc.boolean(),
    tookMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(outcome), (outcomes) => {
      const voices = tally(outcomes, 7, 1_000);
      expect(voices.reduce((sum, v) => sum + v.requests, 0)).toBe(outcomes.length);
      expect(voices.reduce((sum, v) => sum + v.failed, 0)).toBe(outcomes.filter((o) => !o.served).length);
      for (const { region, requests, failed, p95Ms } of voices) {
        const took = outcomes.filter((o) => o.served && o.region === region).map((o) => o.tookMs);
        expect(p95Ms === null).toBe(requests === failed);
        if (p95Ms === null) continue;
        expect(took).toContain(p95Ms);
        expect(took.filter((ms) => ms <= p95Ms).length).toBeGreaterThanOrEqual(took.length * 0.95);
      }
    }),
  );
});
