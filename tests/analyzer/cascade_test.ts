/** tests · analyzer. Which failure explains the others, and what falls next. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { blast, cascade } from "../../analyzer/cascade.ts";
import { dependencies, type Edge } from "../../analyzer/dependencies.ts";
import type { ServiceHealth } from "../../store/records.ts";

const now = Date.UTC(2026, 0, 1);
const minute = 60_000;
const watched = ["app", "dynamodb", "ec2", "ecs", "elb", "lambda", "rds", "s3", "sts"];

function cell(service: string, region: string, rest: Partial<ServiceHealth> = {}): ServiceHealth {
  return {
    service,
    region,
    verdict: "up",
    reason: null,
    latencyMs: 5,
    agree: 3,
    of: 3,
    since: now - 60 * minute,
    ...rest,
  };
}

/** Two regions in which all is well but what is listed, down since so many minutes. */
function house(down: Record<string, number>): ServiceHealth[] {
  return ["us-east-1", "us-west-2"].flatMap((region) =>
    watched.map((service) => {
      const minutes = down[`${service}@${region}`];
      if (minutes === undefined) return cell(service, region);
      return cell(service, region, { verdict: "down", reason: "nodata", since: now - minutes * minute });
    }),
  );
}

test("nothing fails: no root, nothing next, no risk", () => {
  const calm = cascade(house({}), dependencies, now);
  expect(calm).toMatchObject({ root: null, confidence: null, fallen: [], next: [] });
  expect(calm.risk).toEqual({ "us-east-1": 0, "us-west-2": 0 });
});

test("DynamoDB's name alone: it is the root, and what it took in 2025 is next, with its source", () => {
  const { root, next, confidence } = cascade(house({ "dynamodb@us-east-1": 1 }), dependencies, now);
  expect(root).toBe("dynamodb@us-east-1");
  expect(confidence).toBe(1);
  const nodes = next.map((n) => n.node);
  for (const node of ["lambda@us-east-1", "sts@us-east-1", "ec2@us-east-1"]) expect(nodes).toContain(node);
  expect(next.find((n) => n.node === "sts@us-east-1")).toMatchObject({
    because: "dynamodb@us-east-1",
    grade: "observed",
    source: "aws.amazon.com/message/101925",
  });
});

test("what fell from the root is told from what did not", () => {
  const { root, fallen } = cascade(
    house({ "dynamodb@us-east-1": 5, "lambda@us-east-1": 2, "sts@us-east-1": 2, "s3@us-west-2": 1 }),
    dependencies,
    now,
  );
  expect(root).toBe("dynamodb@us-east-1");
  expect(fallen.map((f) => [f.node, f.because])).toEqual([
    ["dynamodb@us-east-1", null],
    ["lambda@us-east-1", "dynamodb@us-east-1"],
    ["sts@us-east-1", "dynamodb@us-east-1"],
    ["s3@us-west-2", null],
  ]);
});

test("a victim that failed long before is no victim: the earlier failure is the root", () => {
  const { root } = cascade(house({ "lambda@us-east-1": 40, "sts@us-east-1": 38 }), dependencies, now);
  expect(root).toBe("lambda@us-east-1");
});

test("a whole region at once: its ground is the root, not whichever service comes first", () => {
  const down = Object.fromEntries(watched.map((s) => [`${s}@us-east-1`, 1]));
  expect(cascade(house(down), dependencies, now).root).toBe("network@us-east-1");
});

test("a service that was not heard neither supports nor weakens a root", () => {
  const matrix = house({ "dynamodb@us-east-1": 90 });
  const heard = cascade(matrix, dependencies, now);
  const deaf = cascade(
    matrix.map((s) => (s.service === "sts" ? { ...s, verdict: "unknown" as const, reason: "not-heard" } : s)),
    dependencies,
    now,
  );
  expect(heard.evidence.join()).toContain("sts should have followed");
  expect(deaf.evidence.join()).not.toContain("sts");
  expect(deaf.confidence ?? 0).toBeGreaterThan(heard.confidence ?? 1);
});

test("what should have fallen long ago is no longer said to be next", () => {
  const { next } = cascade(house({ "dynamodb@us-east-1": 90 }), dependencies, now);
  expect(next.map((n) => n.node)).not.toContain("sts@us-east-1");
  for (const n of next) expect(n.until).toBeGreaterThanOrEqual(now);
});

const names = fc.constantFrom("a", "b", "c", "d", "e", "f");
const graph: fc.Arbitrary<Edge[]> = fc.array(
  fc.record({
    from: names,
    to: names,
    says: fc.constant("breaks"),
    plane: fc.constantFrom("data" as const, "control" as const),
    stages: fc
      .tuple(fc.nat(60), fc.nat(60))
      .map(([a, b]) => [{ minutes: [Math.min(a, b), Math.max(a, b)] as const }]),
    grade: fc.constant("observed" as const),
    source: fc.constant("a story"),
  }),
  { maxLength: 30 },
);

test("ends on any graph, cycles and self-loops included, and names each node once, causes first", () => {
  fc.assert(
    fc.property(graph, names, (edges, root) => {
      const reach = blast(`${root}@here`, now, edges);
      const nodes = reach.map((r) => r.node);
      expect(new Set(nodes).size).toBe(nodes.length);
      for (const r of reach.slice(1)) {
        const cause = reach.find((c) => c.node === r.because);
        expect(cause?.from).toBeLessThanOrEqual(r.from);
        expect(r.from).toBeLessThanOrEqual(r.until);
      }
    }),
  );
});

test("one more failure never lowers a region's risk, and risk stays within 0 and 1", () => {
  fc.assert(
    fc.property(fc.subarray(watched), fc.constantFrom(...watched), (down, more) => {
      const at = (services: string[]) =>
        cascade(house(Object.fromEntries(services.map((s) => [`${s}@us-east-1`, 1]))), dependencies, now)
          .risk;
      const less = at(down)["us-east-1"] ?? Number.NaN;
      const worse = at([...down, more])["us-east-1"] ?? Number.NaN;
      expect(less).toBeGreaterThanOrEqual(0);
      expect(worse).toBeLessThanOrEqual(1);
      expect(worse).toBeGreaterThanOrEqual(less);
    }),
  );
});
