/** The audit: what it says of an account that is as it was made, and of one that is not. */
import type { HealthCheckConfig, ResourceRecordSet } from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { auditEveryMs, linesNow } from "../../../infra/account/audited.ts";
import type { Found } from "../../../infra/audit/found.ts";
import { auditLines } from "../../../infra/audit/lines.ts";
import { readAudit } from "../../../infra/audit/reads.ts";
import type { Wanted } from "../../../infra/audit/wanted.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { type Recorder, recorder } from "../account/recorder.ts";
import {
  account,
  door,
  foundIn,
  name,
  now,
  obeysAlarm,
  obeysUrl,
  placeIn,
  remembered,
  synthetics,
  walk,
  wanted,
} from "./placed.ts";

const say = (found: Found, want = wanted) => auditLines(want, found, now);
const ids = ["records", "doors", "checks", "door-us-east-1", "door-us-west-2", "canaries", "canary-runs"];

describe("auditLines()", () => {
  const levers: [Wanted["lever"], HealthCheckConfig][] = [
    ["metric", obeysAlarm],
    ["endpoint", obeysUrl],
    ["arc", { Type: "RECOVERY_CONTROL" }],
  ];
  test.each(levers)(
    "finds nothing where all is as the program made it: a lever of kind %s",
    (lever, check) => {
      const lines = say(foundIn(account(check)), { ...wanted, lever });
      expect(lines.map(({ id }) => id)).toEqual(ids);
      expect(lines.filter(({ met }) => met !== true)).toEqual([]);
    },
  );

  type Change = (all: ReturnType<typeof account>) => unknown;
  const first = ({ records }: ReturnType<typeof account>) => records[0] as ResourceRecordSet;
  const part = ({ checks }: ReturnType<typeof account>, id: string) => checks[id] as HealthCheckConfig;
  const changes: [what: string, line: string, change: Change, says: RegExp][] = [
    ["a half is gone", "records", (a) => a.records.pop(), /expected one SECONDARY record, of us-west-2/],
    [
      "an AAAA record leads past the pair",
      "records",
      (a) => a.records.push({ Name: name, Type: "AAAA" }),
      /another record answers for the name.*AAAA/,
    ],
    [
      "the halves are exchanged",
      "records",
      (a) => {
        for (const r of a.records) r.Failover = r.Failover === "PRIMARY" ? "SECONDARY" : "PRIMARY";
      },
      /the PRIMARY record is of us-west-2, and was made of us-east-1/,
    ],
    [
      "targets are not looked at",
      "records",
      (a) => Object.assign(first(a).AliasTarget ?? {}, { EvaluateTargetHealth: false }),
      /PRIMARY record does not look at the health/,
    ],
    ["a record without a check", "records", (a) => delete first(a).HealthCheckId, /has no health check/],
    [
      "users are led to a load balancer that the program did not make",
      "doors",
      (a) =>
        Object.assign(first(a).AliasTarget ?? {}, {
          DNSName: "dualstack.old-9.us-east-1.elb.amazonaws.com.",
        }),
      /the PRIMARY record leads to old-9\.us-east-1\.elb\.amazonaws\.com; made in us-east-1 was shop-1\.us-east-1/,
    ],
    [
      "the load balancer was made anew by other hands, and the record leads to the one that is gone",
      "doors",
      (a) => (a.made["us-west-2"] = "holdfast-shop-2.us-west-2.elb.amazonaws.com"),
      /the SECONDARY record leads to shop-1\.us-west-2.*; made in us-west-2 was holdfast-shop-2/,
    ],
    [
      "a load balancer of the user's own is in the settings, and another in the record",
      "doors",
      (a) => {
        a.made["us-east-1"] = null;
        a.named["us-east-1"] = "mine-1.us-east-1.elb.amazonaws.com";
      },
      /the PRIMARY record leads to shop-1.*; us-east-1\.shop\.example\.com leads to mine-1/,
    ],
    [
      "nothing of the program's is there to lead to, not even the region's own name",
      "doors",
      (a) => {
        a.made["us-east-1"] = null;
        a.named["us-east-1"] = null;
      },
      /there is no load balancer holdfast-shop in us-east-1, and no record us-east-1\.shop\.example\.com/,
    ],
    [
      "the pair obeys the door alone",
      "checks",
      (a) => (first(a).HealthCheckId = "primary"),
      /0 parts of us-east-1's check obey a lever/,
    ],
    [
      "one part of the check is enough",
      "checks",
      (a) => (part(a, "serve").HealthThreshold = 1),
      /healthy with 1 of its 2 parts/,
    ],
    [
      "a check is switched off",
      "checks",
      (a) => (part(a, "lever").Disabled = true),
      /switched off, and so always healthy/,
    ],
    [
      "the lever is turned round",
      "checks",
      (a) => (part(a, "lever").Inverted = true),
      /turned round: it drains while nobody/,
    ],
    [
      "the lever reads the alarm of the region being left",
      "checks",
      (a) => Object.assign(part(a, "lever").AlarmIdentifier ?? {}, { Region: "us-east-1" }),
      /in us-east-1; made was holdfast-shop-drain in us-west-2/,
    ],
    [
      "silence drains",
      "checks",
      (a) => (part(a, "lever").InsufficientDataHealthStatus = "Unhealthy"),
      /silence makes the lever's check Unhealthy/,
    ],
    [
      "a door's check asks elsewhere",
      "checks",
      (a) => (part(a, "standby").FullyQualifiedDomainName = "old.example.com"),
      /the check of us-west-2's door asks old\.example\.com, and users are led to shop-1\.us-west-2/,
    ],
    [
      "a door is asked slowly",
      "checks",
      (a) => (part(a, "primary").RequestInterval = 30),
      /us-east-1's door asks every 30 s/,
    ],
    [
      "a canary is gone",
      "canaries",
      (a) => Object.assign(a.walks["us-east-1"]?.[0] ?? {}, { state: null, last: null }),
      /there is no canary shop-us-west-2 in us-east-1/,
    ],
    [
      "a canary was stopped",
      "canaries",
      (a) => Object.assign(a.walks["us-east-1"]?.[0] ?? {}, { state: "ERROR", stateReason: "no bucket" }),
      /shop-us-west-2 in us-east-1 is ERROR: no bucket/,
    ],
    [
      "a canary's last walk failed",
      "canary-runs",
      (a) =>
        Object.assign(a.walks["us-east-1"]?.[0] ?? {}, {
          last: { state: "FAILED", reason: "status 500", at: now },
        }),
      /shop-us-west-2 in us-east-1 FAILED at 2026-01-01T12:00:00\.000Z: status 500/,
    ],
  ];
  test.each(changes)("is told when %s, on the line of %s", (_, line, change, says) => {
    const all = account();
    change(all);
    const said = say(foundIn(all)).find(({ id }) => id === line);
    expect(said?.met).toBe(false);
    expect(said?.value).toMatch(says);
  });

  test("what could not be read is not known, and never taken for missing or for well", () => {
    const denied = { why: "AccessDenied: no" };
    const found = foundIn(account());
    const blind: Found = {
      records: denied,
      checks: denied,
      seen: new Map(),
      walks: new Map([["us-east-1", denied]]),
      doors: new Map(["us-east-1", "us-west-2"].map((region) => [region, { made: denied, named: denied }])),
    };
    for (const { met, value } of say(blind))
      expect([met, value]).toEqual([null, expect.stringMatching(/unknown: .*no/)]);
    const [, , checks] = say({ ...found, checks: denied, seen: new Map() });
    expect(checks?.met).toBeNull();
    const runs = say({
      ...found,
      walks: new Map([["us-east-1", { told: [walk({ name: "w", last: null })] }]]),
    });
    expect(runs.at(-1)).toMatchObject({
      met: null,
      value: "unknown: nothing is told of w in us-east-1 of late",
    });
  });

  test("a load balancer of the user's own is what the settings say, or else what the region's own name leads to", () => {
    const own = { "us-east-1": door("us-east-1") };
    const mine = account();
    mine.made["us-east-1"] = null;
    const line = (want: Wanted) => say(foundIn(mine), want).find(({ id }) => id === "doors");
    expect([line(wanted)?.met, line({ ...wanted, own })?.met]).toEqual([true, true]);
    const moved = line({ ...wanted, own: { "us-east-1": "other-1.us-east-1.elb.amazonaws.com" } });
    expect(moved).toMatchObject({ met: false, value: expect.stringContaining("the settings say other-1") });
  });

  test("a region that does not say which load balancer is there leaves it unknown", () => {
    const found = foundIn(account());
    const doors = new Map(found.doors).set("us-east-1", {
      made: { why: "TimeoutError: late" },
      named: { told: door("us-east-1") },
    });
    const line = say({ ...found, doors }).find(({ id }) => id === "doors");
    expect([line?.met, line?.value]).toEqual([null, "unknown: us-east-1: TimeoutError: late"]);
  });

  test("checkers that find a door ill, or have told nothing yet, are told apart", () => {
    const found = foundIn(account());
    const heard = (healthy: number, of: number) =>
      say({ ...found, seen: new Map([["primary", { told: { healthy, of } }]]) }).find(
        (l) => l.id === "door-us-east-1",
      );
    expect(heard(2, 16)).toMatchObject({ met: false, value: "2 of 16 checkers" });
    expect(heard(3, 16)).toMatchObject({ met: true });
    expect(heard(0, 0)).toMatchObject({ met: null, value: "unknown: no checker has told anything yet" });
  });

  test("without a name there are no records, and the canaries are looked at all the same", () => {
    const lines = say(foundIn(account()), { ...wanted, domain: null });
    expect(lines.map(({ id }) => id)).toEqual(["canaries", "canary-runs"]);
  });
});

test("an audit that grew old shows what it found, and knows nothing; none at all says nothing", () => {
  const audit = { at: now, lines: say(foundIn(account())) };
  expect(linesNow(audit, now + auditEveryMs)).toEqual(audit.lines);
  const old = linesNow(audit, now + 4 * auditEveryMs);
  expect(old.map(({ met }) => met)).toEqual(audit.lines.map(() => null));
  expect(old[0]?.value).toBe("last looked at 2026-01-01T12:00:00.000Z: as made");
  expect(linesNow(null, now)).toEqual([]);
});

describe.skipIf(missing("moto_server"))("readAudit()", () => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  let api: AwsApi;
  let exchange: Recorder;
  let want = wanted;
  beforeAll(async () => {
    api = await awsApi();
    exchange = await recorder(api.endpoint);
    want = await placeIn(api);
  }, 60_000);
  afterAll(async () => {
    await exchange?.stop();
    await api?.stop();
  });
  beforeEach(() => {
    api.meddle = remembered;
    exchange.calls.length = 0;
    exchange.standIns.length = 0;
    exchange.standIns.push(synthetics);
  });
  const read = () => readAudit(want, { credentials, agent: exchange.agent });

  test("reads the pair, all checks below it and the canaries, each where it is, and changes nothing", async () => {
    const lines = say(await read(), want);
    expect(lines.map(({ id, met, value }) => [id, met, met === true ? "" : value])).toEqual(
      ids.map((id) => [id, true, ""]),
    );
    expect([...new Set(exchange.calls.map(({ host }) => host))].toSorted()).toEqual([
      "elasticloadbalancing.us-east-1.amazonaws.com",
      "elasticloadbalancing.us-west-2.amazonaws.com",
      "route53.amazonaws.com",
      "synthetics.eu-west-1.amazonaws.com",
      "synthetics.us-east-1.amazonaws.com",
    ]);
    const writes = exchange.calls.filter(({ action }) => !/^GET |^POST \/canaries|^Describe/.test(action));
    expect(writes).toEqual([]);
  });

  test("a region that does not say which load balancer it has leaves that unknown, and nothing else", async () => {
    exchange.standIns.unshift(({ host }) =>
      host.startsWith("elasticloadbalancing.us-east-1")
        ? { status: 403, body: "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>" }
        : null,
    );
    const lines = say(await read(), want).filter(({ met }) => met !== true);
    expect(lines).toEqual([
      expect.objectContaining({
        id: "doors",
        met: null,
        value: expect.stringMatching(/us-east-1: AccessDenied/),
      }),
    ]);
  });

  test("a region whose Synthetics is away is not known, and the rest is", async () => {
    exchange.standIns.unshift(({ host }) =>
      host.includes("synthetics.us-east-1") ? { status: 403, body: '{"message":"not you"}' } : null,
    );
    const lines = say(await read(), want);
    const canaries = lines.find(({ id }) => id === "canaries");
    expect([canaries?.met, canaries?.value]).toEqual([null, expect.stringMatching(/^unknown: us-east-1: /)]);
    expect(lines[0]?.met).toBe(true);
  });

  test("a Route 53 that does not answer says nothing of the records", async () => {
    exchange.standIns.unshift(({ host }) =>
      host.startsWith("route53.")
        ? {
            status: 403,
            body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
          }
        : null,
    );
    const [records, , checks] = say(await read(), want);
    expect([records?.met, checks?.met]).toEqual([null, null]);
    expect(records?.value).toMatch(/^unknown: AccessDenied/);
  });
});
