/** tests · analyzer. Which failure explains the others, and what falls next. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { blast } from "../../analyzer/cascade/blast.ts";
import { suppress } from "../../analyzer/cascade/suppress.ts";
import { cascade } from "../../analyzer/cascade.ts";
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

test("what is only guessed never raises a region's risk, and never silences anybody", () => {
  fc.assert(
    fc.property(graph, fc.subarray(["a", "b", "c", "d", "e", "f"]), (edges, down) => {
      const guesses = edges.map((e) => ({ ...e, grade: "plausible" as const }));
      const matrix = ["a", "b", "c", "d", "e", "f"].map((service) =>
        cell(service, "here", down.includes(service) ? { verdict: "down", since: now - minute } : {}),
      );
      const { risk, suppressed } = cascade(matrix, guesses, now);
      expect(risk.here).toBeCloseTo(down.length / 6);
      expect(suppressed).toEqual([]);
    }),
  );
});

test("every root that was weighed is shown, best first, with what speaks for and against it", () => {
  const { candidates, root } = cascade(
    house({ "dynamodb@us-east-1": 5, "lambda@us-east-1": 2, "s3@us-west-2": 1 }),
    dependencies,
    now,
  );
  expect(candidates.map((c) => c.node)).toEqual(["dynamodb@us-east-1", "lambda@us-east-1", "s3@us-west-2"]);
  expect(candidates[0]?.node).toBe(root);
  expect(candidates[0]?.for).toContain("dynamodb in us-east-1 explains 2 of 3 failing services");
  expect(candidates[0]?.against).toEqual(["it does not explain s3 in us-west-2"]);
  expect(candidates[1]?.against.join()).toContain("it does not explain dynamodb");
});

test("a cause that nobody asks is named when three of its victims fail and nothing else explains them", () => {
  const matrix = ["cloudwatch", "logs", "cognito", "s3"].map((service) =>
    cell(service, "us-east-1", service === "s3" ? {} : { verdict: "down", since: now - minute }),
  );
  const { root, confidence, candidates } = cascade(matrix, dependencies, now);
  expect(root).toBe("kinesis@us-east-1");
  expect(confidence).toBeLessThan(1);
  expect(candidates[0]?.against).toContain("nobody asks it: it is only inferred");
});

test("children of a known root are suppressed and measured as before; strangers and the root are not", () => {
  const matrix = house({ "dynamodb@us-east-1": 5, "lambda@us-east-1": 2, "s3@us-west-2": 2 });
  const { suppressed, fallen, root } = cascade(matrix, dependencies, now, undefined, [
    "sts@us-east-1",
    "rds@us-west-2",
  ]);
  expect(root).toBe("dynamodb@us-east-1");
  expect(suppressed).toEqual([
    { node: "lambda@us-east-1", because: "dynamodb@us-east-1" },
    { node: "sts@us-east-1", because: "dynamodb@us-east-1" },
  ]);
  expect(fallen.map((f) => f.node)).toContain("lambda@us-east-1");
});

test("a control plane that fails takes nothing with it that only has to run", () => {
  const nodes = blast("route53@global", now, dependencies, ["us-east-1"]).map((r) => r.node);
  expect(nodes).toContain("elb@us-east-1");
  expect(nodes).not.toContain("app@us-east-1");
});

/** Minute by minute: what was down at each, and the cascade that remembers. */
function history(downs: Record<string, number>[], proven: string[] = []) {
  const past = { services: house({}), cascade: cascade(house({}), dependencies, now) };
  return downs.map((down, i) => {
    const at = now + i * minute;
    const services = house({}).map((s) => {
      const since = down[`${s.service}@${s.region}`];
      const was = past.services.find((b) => b.service === s.service && b.region === s.region);
      if (since === undefined) return { ...s, since: was?.verdict === "up" ? was.since : at };
      return { ...s, verdict: "down" as const, reason: "nodata", since };
    });
    const fall = cascade(services, dependencies, at, { before: past as never, proven: new Set(proven) });
    Object.assign(past, { services, cascade: fall });
    return fall;
  });
}

test("the end of a root is not the end: a second wave is expected until launches and balancers are seen well", () => {
  const lasted = Array.from({ length: 30 }, () => ({ "dynamodb@us-east-1": now }));
  const mended = Array.from({ length: 400 }, () => ({}));
  const told = history([...lasted, ...mended]);
  const after = told[31];
  expect(after?.root).toBeNull();
  expect(after?.aftermath).toMatchObject({
    root: "dynamodb@us-east-1",
    beganAt: now,
    endedAt: now + 30 * minute,
  });
  expect(after?.aftermath?.waitingFor).toEqual(expect.arrayContaining(["ec2@us-east-1", "elb@us-east-1"]));
  expect(after?.next.map((n) => n.node)).toContain("elb@us-east-1");
  expect(after?.risk["us-east-1"]).toBeGreaterThan(0.1);
  expect(after?.risk["us-west-2"]).toBe(0);
  expect(told.at(-1)?.aftermath).toBeNull();

  const asked = history(
    [...lasted, ...mended],
    ["ec2", "elb", "lambda", "sts", "ecs"].map((s) => `${s}@us-east-1`),
  );
  const until = (all: typeof told) => all.findLastIndex((c) => c.aftermath !== null);
  expect(until(asked)).toBeLessThan(until(told)); // seen well for an hour is enough where their work is asked
  expect(until(asked)).toBeGreaterThanOrEqual(30 + 59);
});

test("what outlasts a root that is well again stays its doing, until it is well or more fails than it took", () => {
  const taken = { "lambda@us-east-1": now + 3 * minute, "ecs@us-east-1": now + 3 * minute };
  const told = history([
    ...Array.from({ length: 3 }, () => ({ "dynamodb@us-east-1": now })),
    ...Array.from({ length: 20 }, () => ({ "dynamodb@us-east-1": now, ...taken })),
    ...Array.from({ length: 10 }, () => taken), // DynamoDB is well
    { "ecs@us-east-1": now + 3 * minute },
    { "ecs@us-east-1": now + 3 * minute, "s3@us-east-1": now + 34 * minute }, // a stranger, which explains itself
    {},
  ]);
  const after = told[30];
  expect(after?.root).toBe("dynamodb@us-east-1");
  expect(after?.evidence[0]).toBe(
    "dynamodb in us-east-1 is well again, and took down 2 of 2 failing services",
  );
  expect(after?.fallen.map((f) => [f.node, f.because])).toEqual([
    ["ecs@us-east-1", "dynamodb@us-east-1"],
    ["lambda@us-east-1", "dynamodb@us-east-1"],
  ]);
  expect(after?.suppressed.map((s) => s.node)).toEqual(["ecs@us-east-1", "lambda@us-east-1"]);
  expect(after?.next.map((n) => n.node)).not.toContain("sqs@us-east-1"); // its caches are filled again
  expect(told[33]?.root).toBe("dynamodb@us-east-1"); // a single victim is no root for having outlasted its own
  expect(told[34]?.root).toBe("s3@us-east-1");
  expect(told[35]).toMatchObject({ root: null, fallen: [] });
});

test("a root that is well again silences only what it had taken", () => {
  const node = "dynamodb@us-east-1";
  const root = {
    node,
    score: 0.9,
    explains: new Set(["lambda@us-east-1"]),
    reach: blast(node, 0, dependencies),
  };
  const troubled = ["lambda@us-east-1", "sts@us-east-1"];
  const silenced = (isOver: boolean) => suppress({ ...root, isOver }, troubled, now).map((s) => s.node);
  expect(silenced(false)).toEqual(troubled);
  expect(silenced(true)).toEqual(["lambda@us-east-1"]);
});

test("what is known of the root itself is not hidden by a sooner road through others", () => {
  const reach = blast("dynamodb@us-east-1", now, dependencies).find((r) => r.node === "connect@us-east-1");
  expect(reach?.because).toBe("lambda@us-east-1");
  expect(reach?.again.map((b) => [b.because, (b.from - now) / minute])).toEqual([["dynamodb@us-east-1", 32]]);
});

test("the second wave that load balancers brought to STS in 2025 is foretold once DynamoDB is well", () => {
  const lasted = Array.from({ length: 172 }, () => ({ "dynamodb@us-east-1": now }));
  const after = history([...lasted, {}]).at(-1);
  const sts = after?.next.find((n) => n.node === "sts@us-east-1");
  expect(sts?.because).toBe("elb@us-east-1");
  expect((sts?.from ?? 0) - (now + 172 * minute)).toBe((2 + 181) * minute);
});

test("a cause that nobody asks has ended when nothing fails any more, and so has what outlasts it", () => {
  const down = Object.fromEntries(watched.map((s) => [`${s}@us-east-1`, now]));
  const told = history([...Array.from({ length: 60 }, () => down), {}]);
  expect(told[59]?.root).toBe("network@us-east-1");
  expect(told.at(-1)?.aftermath?.waitingFor ?? []).not.toContain("sts@us-east-1");
});

test("a root of a few minutes leaves no aftermath", () => {
  const told = history([...Array.from({ length: 5 }, () => ({ "dynamodb@us-east-1": now })), {}, {}]);
  expect(told.map((c) => c.aftermath)).toEqual(told.map(() => null));
});

test("over any graph, one more failure lowers no region's risk and no node's", () => {
  const all = ["a", "b", "c", "d", "e", "f"];
  fc.assert(
    fc.property(
      graph,
      fc.subarray(all),
      fc.constantFrom(...all),
      fc.nat(30),
      (edges, down, more, minutes) => {
        const at = (failing: readonly string[]) =>
          cascade(
            all.map((service) =>
              cell(
                service,
                "here",
                failing.includes(service) ? { verdict: "down", since: now - minutes * minute } : {},
              ),
            ),
            edges,
            now,
          );
        const less = at(down);
        const worse = at([...down, more]);
        expect(worse.risk.here ?? 0).toBeGreaterThanOrEqual(less.risk.here ?? 1);
        for (const node of Object.keys(less.risks)) {
          expect(worse.risks[node] ?? 0).toBeGreaterThanOrEqual(less.risks[node] ?? 1);
        }
      },
    ),
  );
});

test("after any history, one more failure lowers no region's risk, whatever hangs over it", () => {
  const nodes = fc.constantFrom("dynamodb", "ec2", "elb", "lambda", "s3", "sts");
  const downs = fc.array(fc.uniqueArray(nodes, { maxLength: 3 }), { minLength: 1, maxLength: 8 });
  let waves = 0;
  fc.assert(
    fc.property(downs, fc.integer({ min: 1, max: 40 }), nodes, (steps, minutes, more) => {
      let before: { services: ServiceHealth[]; cascade: ReturnType<typeof cascade> } | null = null;
      let last = house({});
      const seen = (down: readonly string[], at: number) =>
        last.map((s) => {
          const isDown = s.region === "us-east-1" && down.includes(s.service);
          if (isDown === (s.verdict === "down")) return s;
          return { ...s, verdict: isDown ? ("down" as const) : ("up" as const), reason: null, since: at };
        });
      const look = (services: ServiceHealth[], at: number) =>
        cascade(services, dependencies, at, { before: before as never, proven: new Set() });
      const [end = [], past] = [steps.at(-1), steps.slice(0, -1)];
      past.forEach((down, i) => {
        const at = now + i * minutes * minute;
        last = seen(down, at);
        before = { services: last, cascade: look(last, at) };
      });
      const at = now + past.length * minutes * minute;
      const less = look(seen(end, at), at);
      const worse = look(seen([...end, more], at), at);
      waves += Number(less.aftermath !== null);
      expect(worse.risk["us-east-1"] ?? 0).toBeGreaterThanOrEqual((less.risk["us-east-1"] ?? 1) - 1e-9);
    }),
    { numRuns: 300 },
  );
  expect(waves).toBeGreaterThan(20);
});

test("a root once named stays until another explains clearly more", () => {
  const first = cascade(house({ "lambda@us-east-1": 3, "rds@us-east-1": 3 }), dependencies, now);
  expect(first.root).toBe("lambda@us-east-1");
  const services = house({ "lambda@us-east-1": 3, "rds@us-east-1": 3 });
  const before = { services, cascade: { ...first, root: "rds@us-east-1" } };
  const past = { before: before as never, proven: new Set<string>() };
  expect(cascade(services, dependencies, now, past).root).toBe("rds@us-east-1");
  const more = house({ "lambda@us-east-1": 3, "rds@us-east-1": 3, "sts@us-east-1": 2 });
  expect(cascade(more, dependencies, now, past).root).not.toBe("rds@us-east-1");
});
