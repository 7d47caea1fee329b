/** tests · analyzer. The blast radius of a failure, from the command line. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  expect(lines[of("sts")]).toMatch(/3 min.*tokens are refused.*observed: aws\.amazon\.com\/message\/101925/);
  expect(lines[of("sqs") + 1]).toMatch(/again +206 min .*caches can no longer be refreshed/);
  expect(of("rds")).toBeGreaterThan(of("ec2"));
  expect(lines[of("rds")]).toMatch(/^│ +├─ rds/);
  expect(stdout).toMatch(/When it is well again after 60 min[\s\S]*elb +2–\d+ min +anew, from ec2/);
  expect(stdout).not.toContain("\x1b"); // not a terminal
});

test("what-if --json says the same to programs, what follows the end included", () => {
  const { root: from, falls } = JSON.parse(whatIf("s3@eu-west-1", "--json").stdout);
  expect(from).toBe("s3@eu-west-1");
  expect(falls).toContainEqual(
    expect.objectContaining({
      node: "ec2@eu-west-1",
      because: "s3@eu-west-1",
      fromMinutes: 0,
      untilMinutes: 0,
      plane: "control",
      grade: "observed",
      advisory: false,
    }),
  );
  const { afterwards } = JSON.parse(whatIf("dynamodb@us-east-1", "--lasts", "172", "--json").stdout);
  expect(afterwards).toContainEqual(
    expect.objectContaining({ node: "ec2@us-east-1", kind: "tail", fromMinutes: 0, untilMinutes: 670 }),
  );
  expect(afterwards).toContainEqual(
    expect.objectContaining({
      node: "elb@us-east-1",
      kind: "wave",
      fromMinutes: 2,
      because: "ec2@us-east-1",
    }),
  );
});

test("a global control plane hurts what is to be made in every region, and nothing that runs", () => {
  const { falls } = JSON.parse(whatIf("route53@global", "--regions", "us-east-1,eu-west-1", "--json").stdout);
  const nodes = falls.map((f: { node: string }) => f.node);
  expect(nodes).toEqual(expect.arrayContaining(["elb@us-east-1", "elb@eu-west-1", "cloudfront@global"]));
  expect(nodes).not.toContain("app@us-east-1"); // a load balancer that cannot be made still carries users
  for (const f of falls) expect(f.plane).toBe("control");
});

test("a service that was hurt by nobody knows what is said to be so", () => {
  expect(whatIf("ssm@us-east-1").stdout).toMatch(
    /nothing is known to fall with it\.\nssm itself was hurt, cause unknown/,
  );
});

test("a workload's own parts, from a file, hang on what they need", () => {
  const file = join(mkdtempSync(join(tmpdir(), "holdfast-parts-")), "parts.yaml");
  writeFileSync(
    file,
    "- part: checkout\n  needs: [dynamodb, { node: payments, minutes: [5, 9], when: its queue is full }]\n- part: payments\n  needs: [checkout]\n- part: app\n  needs: [checkout]\n",
  );
  const { falls } = JSON.parse(whatIf("dynamodb@us-east-1", "--dependencies", file, "--json").stdout);
  const of = (node: string) => falls.find((f: { node: string }) => f.node === node);
  expect(of("checkout@us-east-1")).toMatchObject({
    because: "dynamodb@us-east-1",
    source: `${file}:2, part 1`,
  });
  expect(of("app@us-east-1")).toMatchObject({ because: "checkout@us-east-1", advisory: false });
});

test("a part is only asked about where it stands", () => {
  const file = join(mkdtempSync(join(tmpdir(), "holdfast-parts-")), "parts.yaml");
  writeFileSync(file, "- part: payments\n  regions: [us-east-1]\n  needs: [sqs]\n");
  expect(whatIf("payments@us-east-1", "--dependencies", file).status).toBe(0);
  const { status, stderr } = whatIf("payments@us-west-2", "--dependencies", file);
  expect([status, stderr]).toEqual([
    2,
    "Cannot find payments@us-west-2: payments stands in us-east-1 only\n",
  ]);
});

test.each([
  ["dynamdb@us-east-1", /expected one of account.*did you mean dynamodb\?/],
  ["dynamodb", /expected SERVICE@REGION.*got dynamodb/],
  ["dynamodb@east", /expected a region such as us-east-1; got "east"/],
  ["dynamodb@us-est-1", /expected a region such as us-east-1; got "us-est-1"; did you mean us-east-1\?/],
  ["iam@us-east-1", /iam has no region; expected iam@global/],
])("what-if refuses %s with exit code 2 and says what it wanted", (node, says) => {
  const { status, stderr } = whatIf(node);
  expect(status).toBe(2);
  expect(stderr).toMatch(says);
});
