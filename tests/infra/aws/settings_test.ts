/** A stack's settings: what is taken, and what is refused with which words. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../../infra/settings.ts";
import { BadInput } from "../../../store/records.ts";
import { exampleConfig, fullConfig, ownBalancer, regions } from "./trio.ts";

const drainCheck = "01234567-89ab-cdef-0123-456789abcdef";
const wrong = (config: Record<string, string>, stack = "us-east-1"): string => {
  try {
    readSettings(config, stack);
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  }
  return "nothing is wrong";
};

describe("readSettings()", () => {
  it("reads every example file, and tells the role by the region", () => {
    for (const [role, region] of Object.entries(regions))
      expect(readSettings(exampleConfig(region), region)).toMatchObject({
        role,
        region,
        regions,
        lever: "metric",
      });
  });

  it("reads the local stack's file, whose addresses are all keys that the AWS provider knows", () => {
    const config = exampleConfig("local");
    expect(readSettings(config, "local")).toMatchObject({ role: "standby", domain: undefined });
    const [addresses] = config["aws:endpoints"] as unknown as [Record<string, string>];
    const types = readFileSync(
      join(import.meta.dirname, "../../../node_modules/@pulumi/aws/types/input.d.ts"),
      "utf8",
    );
    const known = types.slice(
      types.indexOf("interface ProviderEndpoint "),
      types.indexOf("interface ProviderIgnoreTags "),
    );
    for (const [key, address] of Object.entries(addresses)) {
      expect(known).toContain(`    ${key}?: `);
      expect(address).toBe("http://127.0.0.1:5566");
    }
  });

  it("keeps a name with its zone", () => {
    const { domain, balancer } = readSettings(fullConfig("us-west-2", ownBalancer("us-west-2")), "us-west-2");
    expect(domain).toEqual({ name: "shop.example.com", zoneId: "Z0EXAMPLE" });
    expect(balancer).toEqual({ name: "shop-1.us-west-2.elb.amazonaws.com", zoneId: "Z1H1FL5HABSF5" });
  });

  it("says all that is wrong at once: key, what was expected, what came, how to set it", () => {
    const { "holdfast:workload": _, ...config } = exampleConfig("us-east-1");
    expect(wrong({ ...config, "holdfast:zoneId": "example.com" })).toBe(
      `Cannot use the settings of stack us-east-1:
  holdfast:workload: expected small letters, digits and dashes, at most 20, a letter first and no dash last; nothing is set
    pulumi config set holdfast:workload shop --stack us-east-1
  holdfast:zoneId: expected a hosted zone's id, which begins with Z; got "example.com"
    pulumi config set holdfast:zoneId Z0123456789EXAMPLE --stack us-east-1`,
    );
  });

  it("refuses a key it does not know, and says how to take it away", () => {
    const said = wrong({ ...exampleConfig("us-east-1"), "holdfast:drainChek": drainCheck });
    expect(said).toContain("holdfast:drainChek: no such key is known; known are aws:region, ");
    expect(said).toContain("pulumi config rm holdfast:drainChek --stack us-east-1");
  });

  it("leaves other namespaces alone", () => {
    const config = { ...exampleConfig("us-east-1"), "aws:profile": "work", "other:thing": "1" };
    expect(wrong(config)).toBe("nothing is wrong");
  });

  it("checks a secret as well, and repeats none of it", () => {
    const notify = (channels: unknown) =>
      wrong({ ...exampleConfig("us-east-1"), "holdfast:notify": JSON.stringify(channels) });
    const slack = { kind: "slack", url: "https://hooks.example.com/T0P53CRET" };
    expect(notify([slack, { kind: "webhook", url: "https://desk.example.com/" }])).toBe("nothing is wrong");
    for (const [channels, complaint] of [
      [[{ ...slack, url: "http://hooks.example.com/T0P53CRET" }], "expected an https:// address"],
      [[{ ...slack, url: "env:T0P53CRET" }], "expected the variable"],
      [[{ kind: "T0P53CRET" }], "0.kind: "],
      [[{ ...slack, name: "sns" }], "sns is there twice"],
      [[slack, slack], "slack is there twice"],
    ] as const) {
      const said = notify(channels);
      expect(said).toContain(`holdfast:notify: expected channels as JSON; `);
      expect(said).toContain(complaint);
      expect(said).toMatch(/what came is a secret of \d+ characters, not repeated here/);
      expect(said).toContain("pulumi config set --secret holdfast:notify");
      if (!complaint.includes("variable")) expect(said).not.toContain("T0P53CRET");
    }
    const said = wrong({ ...exampleConfig("us-east-1"), "holdfast:notify": "https://T0P53CRET" });
    expect(said).toContain("holdfast:notify: expected channels as JSON; this is no JSON");
    expect(said).not.toContain("T0P53CRET");
  });

  for (const [what, change, complaint] of [
    [
      "a canary's runtime that lacks the library it is written for",
      { "holdfast:canaryRuntime": "syn-nodejs-puppeteer-11.0" },
      "holdfast:canaryRuntime: expected a runtime of Node.js without a browser from 3.1 on",
    ],
    [
      "one from before the library had its name",
      { "holdfast:canaryRuntime": "syn-nodejs-3.0" },
      "holdfast:canaryRuntime: expected",
    ],
    [
      "a path that the dashboard's image does not answer",
      { "holdfast:checkPath": "/ready" },
      "holdfast:checkPath: expected /healthz, which is all that the dashboard's image answers a checker",
    ],
    [
      "parts that need what nobody knows",
      { "holdfast:parts": '[{"part":"checkout","needs":["dynamobd"]}]' },
      "holdfast:parts: expected a list of parts; ",
    ],
    [
      "a load balancer's whole ARN",
      { "holdfast:primaryBalancer": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/shop/5" },
      "holdfast:primaryBalancer: expected the end of a load balancer's ARN, as app/shop/50dc6c495c0c9188",
    ],
    [
      "a service without its cluster",
      { "holdfast:primaryService": "web" },
      "holdfast:primaryService: expected an ECS cluster's name and a service's in it, as shop/web",
    ],
    [
      "one region's service without the other's",
      { "holdfast:standbyService": "shop/web" },
      "holdfast:primaryService: expected a value, as holdfast:standbyService has one",
    ],
    [
      "services of the user's own beside tasks that are made here",
      { "holdfast:primaryService": "shop/web", "holdfast:standbyService": "shop/web" },
      "holdfast:balancerName: expected a value, as holdfast:primaryService has one",
    ],
    [
      "a database's ARN for its identifier",
      { "holdfast:standbyDatabase": "arn:aws:rds:us-west-2:123456789012:cluster:shop" },
      "holdfast:standbyDatabase: expected an identifier, no ARN",
    ],
    [
      "a database's name longer than RDS keeps",
      { "holdfast:standbyDatabase": "a".repeat(64) },
      "holdfast:standbyDatabase: expected at most 63 characters",
    ],
    [
      "a wish to move it that is neither yes nor no",
      { "holdfast:moveDatabase": "sometimes" },
      'holdfast:moveDatabase: expected "true" or "false"; got "sometimes"',
    ],
    [
      "a lever there is none of",
      { "holdfast:lever": "crowbar" },
      'holdfast:lever: expected "metric" or "endpoint" or "arc"; got "crowbar"',
    ],
    [
      "a network that begins inside itself",
      { "holdfast:cidr": "10.20.1.0/16" },
      "holdfast:cidr: expected a block",
    ],
    ["a network too small", { "holdfast:cidr": "10.20.0.0/25" }, "from /16 to /24"],
    ["one zone", { "holdfast:zones": "a" }, "holdfast:zones: expected two or three letters of zones"],
    ["a zone twice", { "holdfast:zones": "a,a" }, "holdfast:zones: expected two or three letters"],
    [
      "tasks that could not fetch their image",
      { "holdfast:nat": "none" },
      "holdfast:endpoints: expected ecr.api,ecr.dkr,logs among them",
    ],
    [
      "memory Fargate has none of for that CPU",
      { "holdfast:cpu": "1024" },
      "holdfast:memory: expected MiB that Fargate takes for 1024 CPU units: 2048 to 8192 in steps of 1024",
    ],
    ["no task to stand by", { "holdfast:standbyTasks": "0" }, "expected a whole number from 1 to 1000"],
    ["more tasks than there may be", { "holdfast:tasks": "11" }, "holdfast:tasksMax: expected at least 11"],
    [
      "an image of a region that may be lost",
      { "holdfast:image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1" },
      "holdfast:image: expected an image in us-east-1",
    ],
    [
      "another region's certificate",
      { "holdfast:certificateArn": `arn:aws:acm:eu-west-1:123456789012:certificate/${drainCheck}` },
      "holdfast:certificateArn: expected a certificate of us-east-1",
    ],
    [
      "rules that are none",
      { "holdfast:rules": '{"mode":"sometimes"}' },
      "holdfast:rules: expected rules as JSON;",
    ],
    [
      "rules that are no JSON",
      { "holdfast:rules": "mode=approve" },
      "holdfast:rules: expected rules as JSON;",
    ],
    ["one control name", { "holdfast:controls": "dns.google" }, "holdfast:controls: expected two or more"],
    ["nobody who may come", { "holdfast:clients": "" }, "holdfast:clients: expected at least one block"],
    [
      "a witness in the standby",
      { "holdfast:witness": "us-west-2" },
      "holdfast:witness: expected three different regions",
    ],
    [
      "a region that plays no part",
      { "aws:region": "eu-north-1" },
      "aws:region: expected one of the stack's own three regions",
    ],
    [
      "a name without its zone",
      { "holdfast:domain": "shop.example.com" },
      "holdfast:zoneId: expected a value, as holdfast:domain has one",
    ],
    [
      "half a load balancer",
      { "holdfast:balancerZoneId": "Z35SXDOTRQ7X7K" },
      "holdfast:balancerName: expected a value",
    ],
    [
      "a path that is none",
      { "holdfast:checkPath": "health" },
      "holdfast:checkPath: expected a path that begins with /",
    ],
    [
      "a health check's ARN for its id",
      { "holdfast:drainCheck": `arn:aws:route53:::healthcheck/${drainCheck}` },
      "holdfast:drainCheck: expected a health check's id",
    ],
  ] as const)
    it(`refuses ${what}`, () => {
      expect(wrong({ ...exampleConfig("us-east-1"), ...change })).toContain(complaint);
    });

  it("refuses a primary that could take users but not be drained", () => {
    expect(wrong(fullConfig("us-east-1"))).toContain(
      "holdfast:drainCheck: expected a value, as holdfast:domain has one",
    );
    expect(wrong(fullConfig("us-east-1", { "holdfast:drainCheck": drainCheck }))).toBe("nothing is wrong");
    expect(wrong(fullConfig("us-west-2"), "us-west-2")).toBe("nothing is wrong");
  });

  it("refuses to move a database of which it does not know all", () => {
    const parts = {
      "holdfast:globalDatabase": "shop",
      "holdfast:primaryDatabase": "shop-east",
      "holdfast:standbyDatabase": "shop-west",
    };
    const config: Record<string, string> = {
      ...exampleConfig("us-west-2"),
      ...parts,
      "holdfast:moveDatabase": "true",
    };
    for (const key of Object.keys(parts)) {
      const { [key]: _, ...rest } = config;
      const said = wrong(rest, "us-west-2");
      expect(said).toContain(`${key}: expected a value, as holdfast:moveDatabase is "true"; nothing is set`);
      expect(said).toContain(`pulumi config set ${key} shop`);
    }
    const { database } = readSettings(config, "us-west-2");
    const moves = { globalDatabase: "shop", primary: "shop-east", standby: "shop-west" };
    expect(database).toEqual({ standby: "shop-west", moves });
    const still = readSettings({ ...config, "holdfast:moveDatabase": "false" }, "us-west-2");
    expect(still.database).toEqual({ standby: "shop-west", moves: undefined });
  });

  it("gives settings or BadInput, whatever is set", () => {
    const keys = Object.keys(
      fullConfig("us-east-1", {
        ...ownBalancer("us-east-1"),
        "holdfast:drainCheck": drainCheck,
        "holdfast:checkText": "ok",
        "holdfast:cidr": "10.0.0.0/16",
        "holdfast:zones": "a,b",
        "holdfast:rules": "{}",
        "holdfast:memory": "512",
        "holdfast:standbyDatabase": "shop-west",
        "holdfast:moveDatabase": "true",
      }),
    );
    const values = fc.oneof(
      fc.string(),
      fc.constantFrom(...Object.values(regions), "Z1", "a.b", "/", drainCheck),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), values), (change) => {
        expect(wrong({ ...fullConfig("us-east-1"), ...change })).toMatch(
          /^(nothing is wrong|Cannot use the settings)/,
        );
      }),
    );
  });
});
