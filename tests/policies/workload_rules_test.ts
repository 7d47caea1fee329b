/** The sentences about what is served, run, watched and kept, each with what it lets pass and what it stops. */
import { describe, expect, it } from "vitest";
import * as rules from "../../policies/mod.ts";
import { types } from "../../policies/reading.ts";
import { ask, askStack, type Made, type Props } from "./asking.ts";
import { type Case, hold } from "./cases.ts";

const { listener, service, scaling, schedule, tries, lambda, queue, table, canary } = types;
const bounded = { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 };
const target = (more: Props) => ({
  target: { arn: "a", roleArn: "r", deadLetterConfig: { arn: "q" }, ...more },
});
const givenUp = rules.whatFailsIsGivenUp({ retries: 1, seconds: 60 });
const walks = { startCanary: true, schedule: { expression: "rate(1 minute)" } };

const cases: Case[] = [
  [
    rules.usersSpeakTls(),
    listener,
    [
      { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" },
      { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS-1-2-2017-01" },
      { protocol: "HTTP", defaultActions: [{ type: "redirect" }] },
      { protocol: "HTTP", defaultActions: [{ type: "fixed-response" }] },
    ],
    [
      [{ protocol: "HTTP", defaultActions: [{ type: "forward" }] }, "redirect to HTTPS"],
      [{ protocol: "HTTPS" }, "set sslPolicy"],
      [
        { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06" },
        "checkers do not speak TLS 1.3",
      ],
      [{ protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-2016-08" }, "older than 1.2"],
      [{ protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-0-2021-06" }, "older than 1.2"],
      [{ protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-1-2021-06" }, "older than 1.2"],
    ],
  ],
  [
    rules.oneTaskAlways(),
    service,
    [{ desiredCount: 1 }],
    [
      [{ desiredCount: 0 }, "set desiredCount to 1 or more"],
      [{}, "set desiredCount"],
    ],
  ],
  [
    rules.oneTaskAlways(),
    scaling,
    [{ minCapacity: 2 }],
    [[{ minCapacity: 0 }, "set minCapacity to 1 or more"]],
  ],
  [
    rules.deploymentsRollBack(),
    service,
    [{ deploymentCircuitBreaker: { enable: true, rollback: true } }],
    [
      [{}, "tried without end"],
      [{ deploymentCircuitBreaker: { enable: true, rollback: false } }, "set deploymentCircuitBreaker"],
    ],
  ],
  [
    givenUp,
    schedule,
    [target({ retryPolicy: bounded })],
    [
      [target({ retryPolicy: { ...bounded, maximumRetryAttempts: 185 } }), "set maximumRetryAttempts to 1"],
      [target({ retryPolicy: { maximumRetryAttempts: 0 } }), "set maximumEventAgeInSeconds to 60"],
      [target({ retryPolicy: bounded, deadLetterConfig: null }), "give its target a deadLetterConfig"],
    ],
  ],
  [givenUp, tries, [bounded], [[{ ...bounded, maximumEventAgeInSeconds: 21_600 }, "of long ago"]]],
  [givenUp, lambda, [{ deadLetterConfig: { targetArn: "q" } }], [[{}, "give it a deadLetterConfig"]]],
  [
    rules.storageIsEncrypted(),
    queue,
    [{ sqsManagedSseEnabled: true }, { kmsMasterKeyId: "alias/mine" }],
    [[{}, "set sqsManagedSseEnabled: true"]],
  ],
  [
    rules.storageIsEncrypted(),
    table,
    [{ serverSideEncryption: { enabled: true } }],
    [
      [{}, "set serverSideEncryption"],
      [{ serverSideEncryption: { enabled: false } }, "can be read off the disk"],
    ],
  ],
  [
    rules.storageIsEncrypted(),
    "aws:rds/cluster:Cluster",
    [{ storageEncrypted: true }],
    [[{ storageEncrypted: false }, "set storageEncrypted: true"]],
  ],
  [
    rules.canariesWalk(),
    canary,
    [walks],
    [
      [{ ...walks, startCanary: false }, "set startCanary to true"],
      [{ ...walks, schedule: { expression: "rate(0 minute)" } }, "walks once and never again"],
    ],
  ],
  [
    rules.everythingIsSomebodys({ tag: "holdfast:workload" }),
    table,
    [{ tags: { "holdfast:workload": "shop" } }],
    [
      [{}, "tag it holdfast:workload"],
      [{ tags: { Name: "shop" } }, "Nobody can tell whose this is"],
    ],
  ],
];

hold(cases);

describe("stateIsProtected()", () => {
  const kept = { deletionProtectionEnabled: true, pointInTimeRecovery: { enabled: true } };
  const said = (props: Props, protect = true) => ask(rules.stateIsProtected(), table, props, { protect });

  it("lets a table pass that nothing takes by mistake", async () => {
    expect(await said(kept)).toEqual([]);
  });

  it("stops one that a replacement, a person or a wrong write takes", async () => {
    expect(await said(kept, false)).toEqual([expect.stringContaining("protect: true")]);
    expect(await said({ ...kept, deletionProtectionEnabled: false })).toEqual([
      expect.stringContaining("Anybody may delete this table"),
    ]);
    expect(await said({ deletionProtectionEnabled: true })).toEqual([
      expect.stringContaining("set pointInTimeRecovery"),
    ]);
  });
});

describe("of buckets", () => {
  const bucket: Made = { type: types.bucket, name: "kept", props: {} };
  const beside = (type: string, props: Props = {}): Made => ({ type, props, on: { bucket: [bucket] } });
  const all = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  };

  it("lets a shut one pass, and stops one that is open in any way", async () => {
    const said = (...made: Made[]) => askStack(rules.storageIsPrivate(), made);
    expect(await said(bucket, beside(types.bucketShut, all))).toEqual([]);
    expect(await said(bucket)).toEqual([expect.stringContaining("put a BucketPublicAccessBlock beside it")]);
    const { blockPublicPolicy: _, ...most } = all;
    expect(await said(bucket, beside(types.bucketShut, most))).toEqual([
      expect.stringContaining("set blockPublicPolicy to true"),
    ]);
    const open = { ...bucket, props: { acl: "public-read" } };
    expect(await said(open, { ...beside(types.bucketShut, all), on: { bucket: [open] } })).toEqual([
      expect.stringContaining("has the ACL public-read"),
    ]);
  });

  it("stops one that does not say how it encrypts, or talks without TLS", async () => {
    const said = (...made: Made[]) => askStack(rules.bucketsAreEncrypted(), made);
    const [encrypts, tls] = [beside(types.bucketEncryption), beside(types.bucketPolicy)];
    expect(await said(bucket, encrypts, tls)).toEqual([]);
    expect(await said(bucket, tls)).toEqual([expect.stringContaining("how it encrypts")]);
    expect(await said(bucket, encrypts)).toEqual([expect.stringContaining("aws:SecureTransport")]);
    const other: Made = { type: types.bucket, name: "other", props: {} };
    expect(await said(bucket, encrypts, tls, other), "each its own").toHaveLength(2);
  });
});

describe("zonesAreSeveral()", () => {
  const subnet = (zone: string): Made => ({
    type: types.subnet,
    name: `in ${zone}`,
    props: { availabilityZone: `us-west-2${zone}` },
  });
  const said = (...made: Made[]) => askStack(rules.zonesAreSeveral(), made);
  const door = (...subnets: Made[]): Made => ({
    type: types.balancer,
    name: "door",
    props: { subnets: subnets.map((_, i) => `subnet-${i}`) },
    on: { subnets },
  });

  it("lets two zones pass, and subnets of other stacks that are two", async () => {
    const [a, b] = [subnet("a"), subnet("b")];
    expect(await said(door(a, b), a, b)).toEqual([]);
    const elsewhere = { type: service, props: { networkConfiguration: { subnets: ["x", "y"] } } };
    expect(await said(elsewhere)).toEqual([]);
  });

  it("stops one zone, be it in two subnets", async () => {
    const [a, again] = [subnet("a"), { ...subnet("a"), name: "again" }];
    expect(await said(door(a, again), a, again)).toEqual([expect.stringContaining("at least two zones")]);
    expect(await said({ type: service, props: { networkConfiguration: { subnets: ["x"] } } })).toHaveLength(
      1,
    );
  });
});

describe("usersAreSeenFromTwoRegions()", () => {
  const from = (role: string, about: string): Made => ({
    type: canary,
    name: `${role} about ${about}`,
    props: { tags: { "holdfast:role": role, "holdfast:watches": about } },
  });
  const said = (...made: Made[]) => askStack(rules.usersAreSeenFromTwoRegions(), made);

  it("lets a witness pass that looks at both, and each of the two that looks at the other", async () => {
    expect(await said(from("witness", "us-east-1"), from("witness", "us-west-2"))).toEqual([]);
    expect(await said(from("primary", "us-west-2"))).toEqual([]);
    expect(await said()).toEqual([]);
  });

  it("stops a witness that looks at one", async () => {
    const same = { ...from("witness", "us-east-1"), name: "again" };
    expect(await said(from("witness", "us-east-1"), same)).toEqual([
      expect.stringContaining("a canary for each of the two regions that take users"),
    ]);
  });
});
