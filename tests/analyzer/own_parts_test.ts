/** tests · analyzer. A file of a workload's own parts: what it becomes, and what is refused with which line. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { blast } from "../../analyzer/cascade/blast.ts";
import { cascade } from "../../analyzer/cascade.ts";
import { dependencies } from "../../analyzer/dependencies.ts";
import { joined } from "../../analyzer/own-parts.ts";
import type { ServiceHealth } from "../../store/records.ts";

const regions = ["us-east-1", "us-west-2"];
const reached = (text: string, root: string) =>
  blast(root, 0, joined(text, "parts.yaml"), regions).map((r) => r.node);

test("a part hangs on what it needs in its own region, through other parts, and may hang on itself", () => {
  const text = `
- part: search
  needs: [dynamodb, suggestions]
- part: suggestions
  needs: [search]
- part: app
  needs: [search]
`;
  const nodes = reached(text, "dynamodb@us-east-1");
  for (const part of ["search", "suggestions", "app"]) {
    expect(nodes).toContain(`${part}@us-east-1`);
    expect(nodes).not.toContain(`${part}@us-west-2`);
  }
});

test("a need in one named region is felt everywhere the part stands, and a global one too", () => {
  const text = `
- part: login
  regions: [us-west-2]
  needs: [cognito@us-east-1, iam@global]
`;
  expect(reached(text, "cognito@us-east-1")).toContain("login@us-west-2");
  expect(reached(text, "cognito@us-east-1")).not.toContain("login@us-east-1");
  expect(reached(text, "cognito@us-west-2")).not.toContain("login@us-west-2");
  expect(reached(text, "iam@global")).toContain("login@us-west-2");
});

test("a stated need explains a failing part; a guessed one only advises", () => {
  const cell = (service: string, verdict: "up" | "down", since: number): ServiceHealth => ({
    ...{ service, region: "us-east-1", verdict, reason: verdict === "down" ? "timeout" : null, latencyMs: 5 },
    ...{ agree: 3, of: 3, since },
  });
  const now = 10 * 60_000;
  const matrix = [cell("kinesis", "down", now - 60_000), cell("billing", "up", 0), cell("shop", "up", 0)];
  const text =
    "- part: billing\n  needs: [kinesis]\n- part: shop\n  needs: [{ node: kinesis, grade: plausible }]\n";
  const { risks, risk } = cascade(matrix, joined(text, "parts.yaml"), now);
  expect(risks).toEqual({ "kinesis@us-east-1": 1, "billing@us-east-1": 0.5, "shop@us-east-1": 0.1 });
  expect(risk["us-east-1"]).toBeCloseTo(1.5 / 3);
});

test.each([
  [
    "- part: a\n  needs: [dynamdb]\n",
    "parts.yaml:2, part 1: nothing is called dynamdb; did you mean dynamodb?",
  ],
  [
    "- part: checkout\n  needs: []\n- part: app\n  needs:\n    - s3\n    - chekout\n",
    "parts.yaml:6, part 2: nothing is called chekout; did you mean checkout?",
  ],
  [
    "- part: a\n  needs: [s3@east]\n",
    "parts.yaml:2, part 1: expected a region such as us-east-1, or global; got east",
  ],
  [
    "- part: a\n  needs: []\n- part: a\n  needs: []\n",
    "parts.yaml:3, part 2: expected each part once; got a twice",
  ],
  ["- part: a\n  need: [s3]\n", "parts.yaml:1, part 1"],
  [
    "- part: a\n  needs: [{ node: s3, minutes: [5, 2] }]\n",
    "parts.yaml:2, part 1: needs.0.minutes: expected the earlier minute first",
  ],
  ["part: a\n", "parts.yaml:1: expected a list of parts"],
  ["- part: [\n", "parts.yaml:"],
])("refuses %j and says where and what was meant", (text, says) => {
  expect(() => joined(text, "parts.yaml")).toThrow(says);
});

test("whatever parts are written, they only add to the shipped graph, and every walk over it ends", () => {
  const part = fc.constantFrom("a", "b", "c", "d");
  const need = fc.oneof(part, fc.constantFrom("dynamodb", "s3@us-west-2", "iam@global"));
  const file = fc.uniqueArray(fc.record({ part, needs: fc.array(need, { maxLength: 4 }) }), {
    selector: (p) => p.part,
  });
  fc.assert(
    fc.property(file, (parts) => {
      const known = [
        ...parts,
        ...["a", "b", "c", "d"]
          .filter((n) => !parts.some((p) => p.part === n))
          .map((n) => ({ part: n, needs: [] })),
      ];
      const edges = joined(JSON.stringify(known), "parts.json");
      expect(edges.slice(0, dependencies.length)).toEqual(dependencies);
      const nodes = blast("dynamodb@us-east-1", 0, edges, regions).map((r) => r.node);
      expect(new Set(nodes).size).toBe(nodes.length);
    }),
  );
});
