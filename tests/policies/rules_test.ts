/** The sentences about failover, each with what it lets pass and what it stops; the others: workload_rules_test.ts. The real host and the real stacks: ../infra/aws/trio_test.ts. */
import { describe, expect, it } from "vitest";
import * as rules from "../../policies/mod.ts";
import { balancerRegion, types } from "../../policies/reading.ts";
import { covers } from "../../policies/statements.ts";
import { ask, askStack, type Made, type Props } from "./asking.ts";
import { type Case, hold } from "./cases.ts";

const endpoint = { type: types.check, name: "endpoint", props: { type: "HTTPS", requestInterval: 10 } };
const serve = {
  type: types.check,
  name: "serve",
  props: { type: "CALCULATED", childHealthchecks: ["endpoint", "drain"], childHealthThreshold: 2 },
};
const alarm = { type: types.alarm, name: "alarm", props: { region: "us-west-2" } };
const lever = {
  type: types.check,
  name: "lever",
  props: { type: "CLOUDWATCH_METRIC", cloudwatchAlarmRegion: "us-west-2" },
  on: { cloudwatchAlarmName: [alarm] },
};
const record = (half: string, region: string, check: Made | undefined, more: Props = {}): Made => ({
  type: types.record,
  name: half.toLowerCase(),
  props: {
    name: "shop.example.com",
    type: "A",
    failoverRoutingPolicies: [{ type: half }],
    aliases: [{ name: `shop-1.${region}.elb.amazonaws.com`, evaluateTargetHealth: true }],
    ...(check ? { healthCheckId: "an id" } : {}),
    ...more,
  },
  ...(check ? { on: { healthCheckId: [check] } } : {}),
});
const primary = record("PRIMARY", "us-east-1", serve);
const secondary = record("SECONDARY", "us-west-2", endpoint);

describe("failoverPairsComplete()", () => {
  const said = (...made: Made[]) => askStack(rules.failoverPairsComplete(), made);

  it("lets a whole pair pass, and each half in its own region's stack", async () => {
    expect(await said(primary, serve, secondary, endpoint)).toEqual([]);
    expect(await said(primary, serve, endpoint)).toEqual([]);
    expect(await said(secondary, endpoint, lever, alarm)).toEqual([]);
    const control = { type: types.check, name: "control", props: { type: "RECOVERY_CONTROL" } };
    expect(await said(secondary, endpoint, control)).toEqual([]);
  });

  it("stops a half without a health check", async () => {
    const bare = record("SECONDARY", "us-west-2", undefined);
    expect(await said(bare, primary, serve)).toEqual([
      expect.stringContaining("always healthy; give it healthCheckId"),
    ]);
  });

  it("stops a half that does not look at its target", async () => {
    const blind = record("SECONDARY", "us-west-2", endpoint, {
      aliases: [{ name: "x", evaluateTargetHealth: false }],
    });
    expect(await said(blind, primary, serve)).toEqual([
      expect.stringContaining("set evaluateTargetHealth: true"),
    ]);
  });

  it("stops a primary that no lever can drain", async () => {
    expect(await said(record("PRIMARY", "us-east-1", endpoint), endpoint)).toEqual([
      expect.stringContaining("cannot be drained"),
    ]);
    const either = { ...serve, props: { ...serve.props, childHealthThreshold: 1 } };
    expect(await said(record("PRIMARY", "us-east-1", either), either)).toHaveLength(1);
  });

  it("stops a standby with neither its primary nor a lever beside it, and two halves of one kind", async () => {
    expect(await said(secondary, endpoint)).toEqual([expect.stringContaining("put the Lever beside it")]);
    expect(await said(primary, record("PRIMARY", "us-east-1", serve), serve)).toHaveLength(2);
  });
});

describe("leverLivesInTheRegionThatTakesOver()", () => {
  const said = (...made: Made[]) => askStack(rules.leverLivesInTheRegionThatTakesOver(), made);

  it("lets a lever pass where users go", async () => {
    expect(await said(secondary, lever, alarm)).toEqual([]);
    expect(await said(lever, alarm)).toEqual([]); // no name yet, so no record
  });

  it("stops a lever in the region being left", async () => {
    const here = { ...alarm, props: { region: "us-east-1" } };
    const wrong = {
      ...lever,
      props: { ...lever.props, cloudwatchAlarmRegion: "us-east-1" },
      on: { cloudwatchAlarmName: [here] },
    };
    expect(await said(primary, wrong, here)).toEqual([expect.stringContaining("must turn users away from")]);
    expect(await said(secondary, wrong, here)).toEqual([
      expect.stringContaining("users go to us-west-2; move it there"),
    ]);
  });

  const asks = (region: string) => ({
    type: types.check,
    name: "lever",
    props: { type: "HTTPS", invertHealthcheck: true, fqdn: `abc.lambda-url.${region}.on.aws` },
  });

  it("lets a function pass where users go, and stops one in the region being left", async () => {
    expect(await said(secondary, asks("us-west-2"))).toEqual([]);
    expect(await said(primary, asks("us-east-1"))).toEqual([
      expect.stringContaining("must turn users away from"),
    ]);
  });

  it("stops a lever that looks for its alarm elsewhere, or reads another stack's", async () => {
    const lost = { ...lever, props: { ...lever.props, cloudwatchAlarmRegion: "eu-west-1" } };
    expect(await said(lost, alarm)).toEqual([
      expect.stringContaining("set cloudwatchAlarmRegion to us-west-2"),
    ]);
    expect(await said({ ...lever, on: {} })).toEqual([expect.stringContaining("make the alarm beside it")]);
  });
});

const allow = (more: Props, Effect = "Allow") => ({
  policy: JSON.stringify({ Statement: { Effect, ...more } }),
});
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const put = { Action: "cloudwatch:PutMetricData", Resource: "*" };
const fence = { Condition: { StringEquals: { "cloudwatch:namespace": "Holdfast" } } };
const queue = "arn:aws:sqs:us-west-2:123456789012:jobs";
const variables = (v: Props) => ({ environment: { variables: v } });

const { check, alarm: alarms, logs, lambda } = types;
const tagged = { tags: { "holdfast:watches": "us-east-1" } };

const cases: Case[] = [
  [
    rules.namesFollowWithin({ seconds: 60 }),
    types.record,
    [primary.props, { name: "a", type: "A", ttl: 60 }, { name: "a", type: "NS", ttl: 172_800 }],
    [[{ name: "a.example.com", type: "CNAME", ttl: 300 }, "lives for 300 s"]],
  ],
  [
    rules.usersAreAskedForEvery({ seconds: 10 }),
    check,
    [endpoint.props, serve.props, lever.props],
    [
      [{ type: "HTTPS", requestInterval: 30 }, "every 30 s; set requestInterval to 10"],
      [{ type: "TCP" }, "every 30 s"],
    ],
  ],
  [
    rules.silenceMovesNobody(),
    check,
    [{ ...lever.props, insufficientDataHealthStatus: "LastKnownStatus" }, endpoint.props],
    [
      [{ ...lever.props, insufficientDataHealthStatus: "Unhealthy" }, "counts as Unhealthy"],
      [lever.props, "set insufficientDataHealthStatus to LastKnownStatus"],
    ],
  ],
  [
    rules.monitorsShareNoFate(),
    alarms,
    [
      { region: "us-west-2", ...tagged },
      { region: "us-east-1", tags: { ...tagged.tags, "holdfast:silence-heard-in": "us-west-2" } },
    ],
    [
      [{ region: "us-east-1", ...tagged }, "move it to another region"],
      [
        { region: "us-east-1", tags: { ...tagged.tags, "holdfast:silence-heard-in": "us-east-1" } },
        "the region that hears its silence",
      ],
      [{ region: "us-west-2" }, "tag it holdfast:watches"],
      [tagged, "set its region"],
    ],
  ],
  [
    rules.alarmsHaveActions(),
    alarms,
    [
      { alarmActions: ["arn"], treatMissingData: "ignore" },
      { tags: { "holdfast:rings": "for nobody" }, treatMissingData: "ignore" },
    ],
    [
      [{ alarmActions: ["arn"] }, "set treatMissingData"],
      [{ alarmActions: [] }, "give it alarmActions"],
      [{}, "give it alarmActions"],
      [{ alarmActions: ["arn"], actionsEnabled: false }, "set actionsEnabled to true"],
    ],
  ],
  [
    rules.logsExpire(),
    logs,
    [{ retentionInDays: 30 }],
    [
      [{}, "set retentionInDays"],
      [{ retentionInDays: 0 }, "set retentionInDays"],
    ],
  ],
  [
    rules.noWildcards(),
    rolePolicy,
    [
      allow({ Action: ["sqs:SendMessage"], Resource: queue }),
      allow({ ...put, ...fence }),
      allow({ Action: "*", Resource: "*" }, "Deny"),
    ],
    [
      [allow({ Action: "sqs:*", Resource: queue }), "name each one"],
      [allow({ Action: "sqs:SendMessage", Resource: ["*"] }), "name the resources it is for"],
      [allow(put), "add a condition on cloudwatch:namespace"],
      [allow({ NotAction: "iam:*", Resource: queue }), "allow all they do not name"],
    ],
  ],
  [
    rules.recoveryNeedsNoControlPlane(),
    rolePolicy,
    [
      allow({ ...put, ...fence }),
      allow({ Action: "route53-recovery-cluster:UpdateRoutingControlState", Resource: "arn" }),
    ],
    [
      [allow({ Action: "route53:ChangeResourceRecordSets", Resource: "arn" }), "move traffic by the lever"],
      [allow({ Action: "Route53:Update*", Resource: "arn" }), "route53:UpdateHealthCheck"],
      [allow({ NotAction: "s3:*", Resource: "*" }), "could lean on route53:"],
    ],
  ],
  [
    rules.whatIsKeptStays(),
    rolePolicy,
    [
      allow({ Action: ["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"], Resource: "arn" }),
      allow({ Action: "dynamodb:DeleteItem", Resource: "arn" }),
    ],
    [
      [allow({ Action: "rds:RemoveFromGlobalCluster", Resource: "arn" }), "let people delete"],
      [allow({ Action: "dynamodb:Delete*", Resource: "arn" }), "could lose data by dynamodb:DeleteTable"],
      [allow({ NotAction: "rds:*", Resource: "arn" }), "could lose data by dynamodb:"],
    ],
  ],
  [
    rules.recoveryNeedsNoControlPlane(),
    lambda,
    [{}, variables({ URL: "https://monitoring.us-west-2.amazonaws.com", NAME: "my-iam.amazonaws.com" })],
    [
      [variables({ API: "https://route53.amazonaws.com/" }), "API points to route53.amazonaws.com"],
      [variables({ AWS_STS_REGIONAL_ENDPOINTS: "legacy" }), "sends sign-in to us-east-1"],
    ],
  ],
];

hold(cases);

describe("the rules", () => {
  it("are sentences with a name and a full stop", () => {
    const sentences = [
      rules.failoverPairsComplete(),
      rules.leverLivesInTheRegionThatTakesOver(),
      ...cases.map(([rule]) => rule),
    ];
    for (const { name, description } of sentences) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(description).toMatch(/^[A-Z].+\.$/);
    }
  });

  it("know a monitor's region by its provider when it names none", async () => {
    expect(await ask(rules.monitorsShareNoFate(), alarms, tagged, { providerRegion: "us-west-2" })).toEqual(
      [],
    );
    expect(
      await ask(rules.monitorsShareNoFate(), alarms, tagged, { providerRegion: "us-east-1" }),
    ).toHaveLength(1);
  });

  it("read policies inside a role", async () => {
    const inlinePolicies = [{ name: "x", ...allow({ Action: "*", Resource: queue }) }];
    expect(await ask(rules.noWildcards(), "aws:iam/role:Role", { inlinePolicies })).toHaveLength(1);
  });
});

describe("covers()", () => {
  it("matches as IAM does: * and ?, no case, nothing else special", () => {
    expect(covers("ROUTE53:change*", "route53:ChangeResourceRecordSets")).toBe(true);
    expect(covers("s3:Get?bject", "s3:GetObject")).toBe(true);
    expect(covers("s3.GetObject", "s3:GetObject")).toBe(false);
    expect(covers("s3:Get", "s3:GetObject")).toBe(false);
  });
});

describe("balancerRegion()", () => {
  it("reads the region from a load balancer's own name", () => {
    expect(balancerRegion("dualstack.shop-1.us-west-2.elb.amazonaws.com.")).toBe("us-west-2");
    expect(balancerRegion("shop-1.elb.us-gov-west-1.amazonaws.com")).toBe("us-gov-west-1");
    expect(balancerRegion("d111.cloudfront.net")).toBe(null);
  });
});
