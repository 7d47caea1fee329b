/** tests · analyzer. How far trouble reaches, named with its evidence before anything moves. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { scopeOf } from "../../analyzer/assess/scope.ts";
import type { Sight } from "../../analyzer/assess/zones.ts";
import { nothingFalls } from "../../analyzer/cascade.ts";
import type { Health, Role, ServiceHealth, Vote } from "../../store/records.ts";

const home = "us-east-1";
const away = "us-west-2";
const blind: Sight = { addresses: null, zones: null, failedShare: 0 };

function region(name: string, role: Role, hurtVotes: number): Health {
  const votes = [0, 1].map(
    (i): Vote => ({ vantage: `v${i}`, says: i < hurtVotes ? "hurt" : "fine", why: "", at: 0 }),
  );
  return {
    ...{ region: name, role, score: 1, coverage: 1, reasons: [], votes, p95Ms: null, capacity: null },
    ...{ lagMs: null, certificateDays: null },
  };
}
const down = (service: string, where = home): ServiceHealth => ({
  ...{
    service,
    region: where,
    verdict: "down",
    reason: "timeout",
    latencyMs: null,
    agree: 2,
    of: 2,
    since: 0,
  },
});
const up = (service: string, where = home): ServiceHealth => ({
  ...down(service, where),
  verdict: "up",
  reason: null,
});

const scope = (
  hurt: string[],
  services: ServiceHealth[],
  sight: Partial<Sight> = {},
  fall = nothingFalls(),
) =>
  scopeOf(
    [
      region(home, "primary", hurt.includes(home) ? 2 : 0),
      region(away, "standby", hurt.includes(away) ? 2 : 0),
      region("eu-west-1", "witness", 0),
    ],
    services,
    fall,
    () => ({ ...blind, ...sight }),
  );

test("all well is no scope, and costs no look at the zones", () => {
  const looked = () => {
    throw new Error("nobody need look");
  };
  expect(scopeOf([region(home, "primary", 0)], [up("s3")], nothingFalls(), looked)).toEqual({
    kind: "none",
    region: null,
    evidence: [],
  });
});

test("a service's name that fails is its region's trouble, though users are fine", () => {
  expect(scope([], [down("dynamodb"), up("s3")])).toEqual({
    kind: "regional",
    region: home,
    evidence: ["dynamodb fails"],
  });
});

test("the same third of the addresses for everybody is a zone, however many vantage points it hurts", () => {
  const addresses = { failing: ["192.0.2.1"], of: 3, agree: 2 };
  const told = scope([home], [], { addresses, failedShare: 1 });
  expect(told).toMatchObject({ kind: "zonal", region: home });
  expect(told.evidence).toContain("1 of 3 addresses fail, the same for 2 vantage points");
});

test("machines ill in one zone of three are a zone; in two they are the region", () => {
  const zones = { ill: ["use1-az4"], of: 3 };
  expect(scope([], [down("ec2"), down("ebs")], { zones }).kind).toBe("zonal");
  expect(scope([], [down("ec2")], { zones: { ill: ["use1-az4", "use1-az6"], of: 3 } }).kind).toBe("regional");
});

test("what users see outweighs what the machines say: if most of them fail, it is no zone", () => {
  const zones = { ill: ["use1-az4"], of: 3 };
  const told = scope([home], [down("ec2")], { zones, failedShare: 0.9 });
  expect(told.kind).toBe("regional");
  expect(told.evidence.join()).toContain("more of the users fail than one zone serves");
  expect(scope([home], [down("ec2")], { zones, failedShare: 0.3 }).kind).toBe("zonal");
});

test("three services that no zone takes down make it regional, whatever the zones say", () => {
  const zones = { ill: ["a"], of: 3 };
  expect(scope([], [down("s3"), down("dynamodb"), down("lambda")], { zones }).kind).toBe("regional");
});

test("what one zone took down stays the zone's while nothing else fails, though its machines are well", () => {
  const fall = { ...nothingFalls(), root: `zone@${home}` };
  const told = scope([], [down("ebs"), down("rds")], {}, fall);
  expect(told).toMatchObject({ kind: "zonal", region: home });
  expect(told.evidence).toContain("one zone explains what fails");
  const more = [down("ebs"), down("s3"), down("sts"), down("lambda")];
  expect(scope([], more, {}, fall).kind).toBe("regional");
  expect(scope([home], [down("ebs")], { failedShare: 1 }, fall).kind).toBe("regional"); // users outweigh it
});

test("control planes without a region, while the rest answers and users are fine, are everybody's and nobody's", () => {
  const told = scope([], [down("route53", "global"), down("iam", "global"), up("s3"), up("s3", away)]);
  expect(told).toMatchObject({ kind: "global-control-plane", region: null });
  expect(told.evidence).toContain("2 regional services answer, and users are not hurt");
  const fall = {
    ...nothingFalls(),
    fallen: [{ node: "elb@us-east-1", since: 0, because: "route53@global", says: "" }],
  };
  expect(scope([], [down("route53", "global"), down("elb")], {}, fall).kind).toBe("global-control-plane");
});

test("with users hurt in one region it is that region's, and a broken control plane is only said beside it", () => {
  const told = scope([home], [down("route53", "global"), down("ec2"), down("sts")], { failedShare: 1 });
  expect(told).toMatchObject({ kind: "regional", region: home });
  expect(told.evidence).toContain("route53 fails everywhere: make and change nothing");
});

test("users hurt in both regions, or services failing in several, can't be told to be one region's", () => {
  expect(scope([home, away], [])).toMatchObject({ kind: "unknown", region: null });
  expect(scope([], [down("s3"), down("s3", away)])).toMatchObject({ kind: "unknown", region: null });
});

test("whatever is seen, a scope that names something says why, and zonal or regional names a region", () => {
  const service = fc.constantFrom("s3", "dynamodb", "ec2", "ebs", "lambda");
  const failing = fc.array(fc.tuple(service, fc.constantFrom(home, away, "global")), { maxLength: 6 });
  const zones = fc.option(fc.record({ ill: fc.subarray(["a", "b", "c"]), of: fc.constant(3) }));
  fc.assert(
    fc.property(
      fc.subarray([home, away]),
      failing,
      zones,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (hurt, list, seen, failedShare) => {
        const told = scope(
          hurt,
          list.map(([s, r]) => down(s, r)),
          { zones: seen, failedShare },
        );
        expect(told.evidence.length > 0).toBe(told.kind !== "none");
        expect(told.region !== null).toBe(told.kind === "zonal" || told.kind === "regional");
        if (hurt.length > 0) expect(["none", "global-control-plane"]).not.toContain(told.kind);
      },
    ),
  );
});
