/** What a pull request is told of itself, and when its workflow runs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { comment } from "../../../infra/deploy/comment.ts";

const root = join(import.meta.dirname, "../../..");
const preview = JSON.stringify({
  stacks: [
    {
      stack: "us-west-2",
      role: "standby",
      changes: { create: 0, update: 2, same: 100 },
      seconds: 9,
      error: null,
    },
    {
      stack: "us-east-1",
      role: "primary",
      changes: null,
      seconds: 3,
      error: "error: [mandatory] a | b\nmore",
    },
  ],
});
const cost = (...usd: number[]) =>
  JSON.stringify({ regions: usd.map((usdPerMonth, i) => ({ region: `r${i}`, usdPerMonth, items: [] })) });

describe("comment()", () => {
  it("tells each stack's change and the cost's", () => {
    expect(comment(preview, "", cost(60, 70), cost(60, 82.5))).toBe(`### What the stacks would become

| stack | role | change |
| --- | --- | --- |
| us-west-2 | standby | 2 changed, 100 as before |
| us-east-1 | primary | **stopped:** error: [mandatory] a \\| b |

**Cost**: $142.50 a month, $12.50 more.
`);
  });

  it("says why no stack was looked at, as text and nothing else", () => {
    const said = "Cannot use the settings of stack us-east-1:\n  holdfast:zones: expected `a,b`; got ```x```";
    expect(comment("", said, cost(60), "")).toBe(`### What the stacks would become

No stack was looked at:

\`\`\`\`
${said}
\`\`\`\`

**Cost**: could not be told.
`);
  });

  it("says of a cost that it is the same, less, or could not be told", () => {
    expect(comment(preview, "", cost(60), cost(60))).toContain("$60.00 a month, as before.");
    expect(comment(preview, "", cost(60), cost(50))).toContain("$50.00 a month, $10.00 less.");
    expect(comment(preview, "", "", cost(50))).toContain("what it was before could not be told");
    expect(comment(preview, "", cost(50), "no such command")).toContain("**Cost**: could not be told.");
  });
});

describe("the pull request's workflow", () => {
  const workflow = parse(readFileSync(join(root, ".github/workflows/pull-request.yml"), "utf8"));

  it("gives a fork its tests without a secret, and nothing else", () => {
    const { test, preview } = workflow.jobs;
    expect(JSON.stringify(test)).not.toMatch(/secrets|vars\.|id-token/);
    expect(test.steps.map((s: { run?: string }) => s.run).filter(Boolean)).toEqual([".ci/run"]);
    expect(test.container).toMatch(/^debian:/); // where that finds what tests stand on
    expect(preview.if).toContain("head.repo.full_name == github.repository");
    expect(workflow.permissions).toEqual({ contents: "read" });
  });

  it("runs on pull_request alone, which hands a fork no secrets", () => {
    expect(workflow.on).toBe("pull_request");
  });
});
