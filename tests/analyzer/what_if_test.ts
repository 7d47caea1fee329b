/** tests · analyzer. The blast radius of a failure, from the command line. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;
const whatIf = (...args: string[]) =>
  spawnSync(process.execPath, ["holdfast.ts", "what-if", ...args], { cwd: root, encoding: "utf8" });

test("what-if draws causes above what they take, with the time and the source of each", () => {
  const { status, stdout } = whatIf("dynamodb@us-east-1");
  expect(status).toBe(0);
  const lines = stdout.split("\n");
  const of = (name: string) => lines.findIndex((l) => new RegExp(`─ ${name} `).test(l));
  expect(lines[0]).toContain("dynamodb@us-east-1 fails");
  expect(lines[of("sts")]).toMatch(/0–3 min.*tokens are refused.*aws\.amazon\.com\/message\/101925/);
  expect(of("elb")).toBeGreaterThan(of("ec2"));
  expect(lines[of("elb")]).toMatch(/^│ +├─ elb/);
  expect(stdout).not.toContain("\x1b"); // not a terminal
});

test("what-if --json says the same to programs", () => {
  const { root: from, falls } = JSON.parse(whatIf("s3@eu-west-1", "--json").stdout);
  expect(from).toBe("s3@eu-west-1");
  expect(falls).toContainEqual(
    expect.objectContaining({
      node: "ec2@eu-west-1",
      because: "s3@eu-west-1",
      fromMinutes: 0,
      untilMinutes: 3,
      grade: "observed",
    }),
  );
});

test.each([
  ["dynamdb@us-east-1", /expected one of apigateway.*did you mean dynamodb\?/],
  ["dynamodb", /expected SERVICE@REGION.*got dynamodb/],
  ["dynamodb@east", /expected a region such as us-east-1; got "east"/],
])("what-if refuses %s with exit code 2 and says what it wanted", (node, says) => {
  const { status, stderr } = whatIf(node);
  expect(status).toBe(2);
  expect(stderr).toMatch(says);
});
