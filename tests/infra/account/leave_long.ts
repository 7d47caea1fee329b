/** Least privilege: the loop runs under exactly what the infrastructure grants each function, with the local AWS API's IAM
 *  at the door; all that it calls is granted, all that is granted is called, and one action fewer is refused.
 *
 *  That IAM judges actions alone: it knows neither resources nor conditions, and takes a transaction for an action of its
 *  own. Resources and conditions are held against the recorded calls by needs.ts. */
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { output } from "@pulumi/pulumi";
import type { LambdaEvent } from "hono/aws-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { lastAudit, linesNow } from "../../../infra/account/audited.ts";
import { auditorEntry } from "../../../infra/account/auditor.ts";
import { dashboardEntry } from "../../../infra/account/dashboard.ts";
import { drainEntry } from "../../../infra/account/drain.ts";
import { type EntryName, readEnvironment } from "../../../infra/account/environment.ts";
import {
  analyzerMay,
  auditorMay,
  dashboardMay,
  drainMay,
  proberMay,
} from "../../../infra/aws/functions/may.ts";
import type { Statement } from "../../../infra/aws/role.ts";
import { missing } from "../../machine.ts";
import { account, actionsOf, type Granted, isAllowed, needsOf } from "./needs.ts";
import type { Heard, StandIn } from "./recorder.ts";
import {
  anybody,
  type Credentials,
  clockwork,
  entriesOf,
  minute,
  names,
  openRig,
  primary,
  type Rig,
  readerOf,
  regions,
  standby,
  workload,
} from "./rig.ts";

/** Called only where somebody is to be told, or listened for; after_test.ts does both, nobody here. */
const tellsAndListens = { prober: ["dynamodb:GetItem", "sns:Publish"], analyzer: ["sns:Publish"] };

const noon = Date.UTC(2026, 0, 1, 12);
const known = (statements: Statement[]) =>
  new Promise<Granted[]>((resolve) => {
    output(statements).apply((all) => resolve(all as Granted[]));
  });

describe.skipIf(missing("moto_server"))("what each function may do", () => {
  let rig: Rig;
  let zoneId = "";
  let granted: Record<EntryName, Granted[]>;
  /** What the functions told their logs. */
  const said: string[] = [];
  const seen: Record<EntryName, Heard[]> = {
    prober: [],
    analyzer: [],
    dashboard: [],
    drain: [],
    auditor: [],
  };

  /** One call of IAM's, signed as nobody in particular. */
  async function iam(parameters: Record<string, string>): Promise<string> {
    const response = await fetch(rig.api.endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `AWS4-HMAC-SHA256 Credential=${anybody.accessKeyId}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: new URLSearchParams({ ...parameters, Version: "2010-05-08" }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${parameters.Action}: ${text}`);
    return text;
  }
  async function user(name: string, actions: string[]): Promise<Credentials> {
    await iam({ Action: "CreateUser", UserName: name });
    const Statement = [{ Effect: "Allow", Action: actions, Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam({ Action: "PutUserPolicy", UserName: name, PolicyName: "may", PolicyDocument });
    const told = await iam({ Action: "CreateAccessKey", UserName: name });
    const part = (tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(told)?.[1] ?? "";
    return { accessKeyId: part("AccessKeyId"), secretAccessKey: part("SecretAccessKey") };
  }
  /** From here on IAM stands at the door, or no longer. */
  const guard = (on: boolean) =>
    fetch(`${new URL(`http://127.0.0.1:${rig.api.motoPort}`).origin}/moto-api/reset-auth`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: on ? "0" : "1000000000",
    });
  /** As moto calls them: it takes a transaction for one action of its own, and CloudWatch by its host's name. */
  const forMoto = (actions: string[]) => [
    ...actions.map((action) => action.replace(/^cloudwatch:/, "monitoring:")),
    ...(actions.includes("dynamodb:PutItem") && actions.includes("dynamodb:UpdateItem")
      ? ["dynamodb:TransactWriteItems"]
      : []),
  ];

  beforeAll(async () => {
    rig = await openRig();
    zoneId = await nameOf(rig);
    const roles = { primary, standby, witness: regions[2] };
    const topic = output(`arn:aws:sns:${standby}:${account}:alerts`);
    const of = (region: string) => ({ workload, region, regions: roles, account: output(account), topic });
    const seeLever: Statement = {
      Sid: "SeeTheLever",
      Effect: "Allow",
      Action: "cloudwatch:DescribeAlarms",
      Resource: `arn:aws:cloudwatch:${standby}:${account}:alarm:${names.alarm}`,
    };
    granted = {
      prober: (await Promise.all(regions.map((region) => known(proberMay(of(region)))))).flat(),
      analyzer: await known(analyzerMay(of(standby), [seeLever])),
      dashboard: await known(dashboardMay(of(standby))),
      drain: await known(drainMay(of(standby))),
      auditor: await known(auditorMay(of(regions[2]), { zoneId, canaries: ["shop-us-west-2"] })),
    };
  }, 60_000);
  afterAll(() => rig?.stop(), 60_000);
  afterEach(() => void vi.restoreAllMocks());

  /** A failover, looked at and asked about, by whoever is given; what each function called is written down. */
  async function live(as: Partial<Record<EntryName, Credentials>>, beats: number) {
    said.length = 0;
    vi.spyOn(console, "log").mockImplementation((line) => void said.push(String(line)));
    await rig.fresh();
    rig.weather.ill.add(primary);
    const clock = clockwork(noon, 4);
    const { probers, analyzer } = entriesOf(rig, clock, as);
    const ended = await minute(clock, [...probers, analyzer], { due: noon, beats });
    seen.prober.push(...rig.exchange.calls.splice(0));
    seen.analyzer.push(...rig.judges.calls.splice(0));
    return { ended, clock };
  }

  async function look(as: Credentials) {
    const told = readEnvironment("dashboard", { ...rig.environment, HOLDFAST_REGION: standby });
    const answer = dashboardEntry(told, {
      reach: { credentials: as, agent: rig.exchange.agent },
      now: () => noon + 200_000,
    });
    const ask = async (method: string, path: string, body?: object) => {
      const domainName = "abc.lambda-url.us-west-2.on.aws";
      const event = {
        version: "2.0",
        rawPath: path,
        rawQueryString: "",
        headers: { host: domainName, ...(body ? { "content-type": "application/json" } : {}) },
        requestContext: {
          domainName,
          http: { method, path },
          authorizer: { iam: { userArn: "arn:aws:iam::1:user/ada" } },
        },
        isBase64Encoded: false,
        ...(body ? { body: JSON.stringify(body) } : {}),
      };
      return (await answer(event as unknown as LambdaEvent)) as { statusCode: number; body: string };
    };
    const said = {
      page: await ask("GET", "/"),
      state: await ask("GET", "/api/state"),
      hold: await ask("POST", "/api/requests", { kind: "hold", reason: "a drill" }),
    };
    seen.dashboard.push(...rig.exchange.calls.splice(0));
    return said;
  }

  /** The lever's function, asked for the lever and for its shadow. */
  async function turn(as: Credentials) {
    const told = readEnvironment("drain", { ...rig.environment, HOLDFAST_REGION: standby });
    const answer = drainEntry(told, { reach: { credentials: as, agent: rig.exchange.agent } });
    const said = [await answer({ rawPath: "/" }), await answer({ rawPath: "/shadow" })];
    seen.drain.push(...rig.exchange.calls.splice(0));
    return said;
  }

  /** The audit, of a name with one record and one check. Not under the local API's IAM: it knows no names for what Route 53
   *  and Synthetics are asked. */
  async function audit() {
    const domain = { name: "shop.example.com", zoneId };
    const made = { workload, primary, standby, domain, lever: "metric", alarm: names.alarm };
    const told = readEnvironment("auditor", {
      ...rig.environment,
      HOLDFAST_AUDIT: JSON.stringify({ ...made, canaries: { [primary]: ["shop-us-west-2"] } }),
    });
    const look = auditorEntry(told, { reach: { credentials: anybody, agent: rig.exchange.agent } });
    await look({}, { getRemainingTimeInMillis: () => 30_000 });
    seen.auditor.push(...rig.exchange.calls.splice(0));
  }

  test("the auditor keeps what it found where the analyzer reads it", async () => {
    const synthetics: StandIn = ({ host }) =>
      host.startsWith("synthetics.") ? { status: 200, body: '{"Canaries":[],"CanariesLastRun":[]}' } : null;
    rig.exchange.standIns.push(synthetics);
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    await audit();
    rig.exchange.standIns.splice(rig.exchange.standIns.indexOf(synthetics), 1);
    const kept = await lastAudit(rig.state);
    expect(kept?.lines.map(({ id, met }) => [id, met])).toContainEqual(["records", false]);
    expect(linesNow(kept, (kept?.at ?? 0) + 3_600_000).every(({ met }) => met === null)).toBe(true);
  });

  test("under exactly what is granted, users are moved, people look, and a request is put down", async () => {
    rig.admin.is = await user("nature", ["*"]);
    const as = {
      prober: await user("prober", forMoto(actionsOf(granted.prober))),
      analyzer: await user("analyzer", forMoto(actionsOf(granted.analyzer))),
      dashboard: await user("dashboard", forMoto(actionsOf(granted.dashboard))),
      drain: await user("drain", forMoto(actionsOf(granted.drain))),
    };
    await guard(true);
    try {
      const { clock } = await live(as, 10);
      const store = readerOf(rig, clock.now);
      expect((await store.standing())?.phase).toBe("away");
      expect(rig.isDrained()).toBe(true);
      expect(await store.unconfirmed()).toEqual([]);
      expect(said.filter((line) => /"(undone|trouble|unheard|silent)",|not authorized/.test(line))).toEqual(
        [],
      );
      const { page, state, hold } = await look(as.dashboard);
      expect([page.statusCode, state.statusCode, hold.statusCode]).toEqual([200, 200, 202]);
      expect(JSON.parse(state.body)).toMatchObject({ phase: "away", activeRegion: standby });
      expect((await store.requests()).map((r) => r.kind)).toEqual(["hold"]);
      expect((await turn(as.drain)).map((a) => a.statusCode)).toEqual([503, 503]);
    } finally {
      await guard(false);
    }
  });

  test.each(["prober", "analyzer", "dashboard", "drain", "auditor"] as const)(
    "all that the %s calls is granted, on its own resources and conditions, and all that is granted is called",
    (entry) => {
      const needs = seen[entry].flatMap(needsOf);
      expect(needs.length).toBeGreaterThan(0);
      const refused = needs.filter((need) => !isAllowed(granted[entry], need));
      expect([...new Set(refused.map((n) => `${n.action} on ${n.resource}`))]).toEqual([]);
      const used = new Set(needs.map((n) => n.action));
      const others = entry === "prober" || entry === "analyzer" ? tellsAndListens[entry] : [];
      const idle = actionsOf(granted[entry]).filter(
        (action) => !used.has(action) && !others.includes(action),
      );
      expect(idle).toEqual([]);
    },
  );

  test("one action fewer is refused, whichever it is, and said in the end", async () => {
    const all = [...new Set(actionsOf(granted.prober))].filter((a) => !tellsAndListens.prober.includes(a));
    for (const left of all) {
      const prober = await user(
        `prober-without-${left.split(":")[1]}`,
        forMoto(all.filter((action) => action !== left)),
      );
      const told: string[] = [];
      await guard(true);
      try {
        const spied = vi.spyOn(console, "log").mockImplementation((line) => void told.push(String(line)));
        await rig.fresh();
        const clock = clockwork(noon, 1);
        const [first] = entriesOf(rig, clock, { prober }).probers;
        if (first) await minute(clock, [first], { due: noon, beats: 1 });
        spied.mockRestore();
      } finally {
        await guard(false);
      }
      const [round] = await readerOf(rig, () => noon).rounds(0);
      const tasks = round?.observations.find((o) => o.purpose === "capacity");
      const refused = told.some((line) => line.includes("not authorized")) || tasks?.reason === "denied";
      expect([left, refused]).toEqual([left, true]);
    }
  });
});

/** A zone with the workload's name in it, and a check that it obeys; gives the zone's id. */
async function nameOf(rig: Rig): Promise<string> {
  const route53 = rig.clientOf(Route53Client, "us-east-1");
  const zone = { Name: "example.com", CallerReference: "zone" };
  const { HostedZone } = await route53.send(new CreateHostedZoneCommand(zone));
  const { HealthCheck } = await route53.send(
    new CreateHealthCheckCommand({
      CallerReference: "check",
      HealthCheckConfig: { Type: "HTTPS", FullyQualifiedDomainName: "door.example.com" },
    }),
  );
  const record: ResourceRecordSet = {
    Name: "shop.example.com",
    Type: "A",
    SetIdentifier: primary,
    Failover: "PRIMARY",
    HealthCheckId: HealthCheck?.Id,
    AliasTarget: { HostedZoneId: "Z2", DNSName: "door.example.com", EvaluateTargetHealth: true },
  };
  const ChangeBatch = { Changes: [{ Action: "CREATE" as const, ResourceRecordSet: record }] };
  const HostedZoneId = HostedZone?.Id ?? "";
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
  return HostedZoneId.replace("/hostedzone/", "");
}
