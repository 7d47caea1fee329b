/** Least privilege: every entry runs under exactly what the program grants it, for each kind of lever, with IAM at the door
 *  (door.ts). All that is called is granted; all that is granted is called; one action fewer is refused, and one action
 *  more. What each call needs is held to AWS's own reference. */
import { createHash } from "node:crypto";
import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
  UpdateHealthCheckCommand,
} from "@aws-sdk/client-route-53";
import {
  Route53RecoveryClusterClient,
  UpdateRoutingControlStateCommand,
} from "@aws-sdk/client-route53-recovery-cluster";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { lastAudit, linesNow } from "../../../infra/account/audited.ts";
import { auditorEntry } from "../../../infra/account/auditor.ts";
import { containerApp, readContainer } from "../../../infra/account/container.ts";
import { dashboardEntry } from "../../../infra/account/dashboard.ts";
import { drainEntry } from "../../../infra/account/drain.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { statusEntry } from "../../../infra/account/status.ts";
import { missing } from "../../machine.ts";
import type { Run } from "../aws/engine.ts";
import { lint } from "../aws/iam_linter.ts";
import { bringUp, find, fullConfig, grantedBy, run, type Trio } from "../aws/trio.ts";
import type { Controls } from "./cluster.ts";
import { type Door, doorOf } from "./door.ts";
import { type LeverKind, leverKinds, playedLever } from "./levers.ts";
import { actionsOf, type Granted, isAllowed, type Need, needsOf } from "./needs.ts";
import type { Heard, StandIn } from "./recorder.ts";
import {
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
} from "./rig.ts";
import { urlEvent } from "./url_event.ts";

const noon = Date.UTC(2026, 0, 1, 12);
const witness = regions[2];
const primaryBalancer = { "holdfast:primaryBalancer": "app/shop/50dc6c495c0c9188" };
/** What Lambda itself does in a function's name. */
const ofLambda = ["logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"];
/** Where a role's name in the program is not the entry's. */
const roleOf: Record<string, string> = { drain: "lever-runs", container: "workload-tasks-self" };

describe.skipIf(missing("moto_server"))("what each entry may do", () => {
  let rig: Rig;
  let door: Door;
  let trio: Trio;
  let standbys: Record<LeverKind, Run>;
  let zoneId = "";
  /** What the functions told their logs. */
  const said: string[] = [];
  /** What the analyzer called to bring users home. */
  const wayHome: Heard[] = [];

  /** The stack that an entry is of, and its statements there. */
  const runOf = (region: string, kind: LeverKind): Run => {
    if (region === standby) return standbys[kind];
    return region === primary ? trio.primary : trio.witness;
  };
  /** The local API gives zones their ids itself; the program was told another. */
  const withZone = <T>(of: T): T => JSON.parse(JSON.stringify(of).replaceAll("Z0EXAMPLE", zoneId));
  const granted = (entry: string, region: string, kind: LeverKind): Granted[] =>
    withZone(grantedBy(runOf(region, kind), `shop-${roleOf[entry] ?? `${entry}-runs`}`));
  const told = (name: string, region: string, kind: LeverKind) => {
    const { environment } = find(runOf(region, kind), name).inputs as {
      environment: { variables: Record<string, string> };
    };
    return withZone(environment.variables);
  };

  type Who = [entry: string, region: string, kind: LeverKind];
  const everybody: Who[] = [
    ...[primary, witness].map((region): Who => ["prober", region, "metric"]),
    ...leverKinds.flatMap((kind): Who[] => [
      ["prober", standby, kind],
      ["analyzer", standby, kind],
      ["dashboard", standby, kind],
      ["container", standby, kind],
    ]),
    ["container", primary, "metric"],
    ["status", standby, "metric"],
    ["drain", standby, "endpoint"],
    ["auditor", witness, "metric"],
  ];
  const admitted = new Map<string, Credentials>();
  /** The same for each kind of lever where the lever is not. */
  const nameOf = (...[entry, region, kind]: Who) =>
    region === standby ? `${entry}@${region},lever=${kind}` : `${entry}@${region}`;
  const is = (...who: Who): Credentials => {
    const found = admitted.get(nameOf(...who));
    if (!found) throw new Error(`nobody admitted ${nameOf(...who)}`);
    return found;
  };

  beforeAll(async () => {
    rig = await openRig();
    door = doorOf(`http://127.0.0.1:${rig.api.motoPort}`);
    rig.exchange.standIns.unshift(door.standIn);
    rig.judges.standIns.unshift(door.standIn);
    zoneId = await nameIn(rig);
    await besides(rig);
    const [metric, endpoint, arc] = await Promise.all(
      leverKinds.map((kind) =>
        run(standby, false, {
          ...{ ...fullConfig(standby), ...primaryBalancer },
          ...{ "holdfast:lever": kind, "holdfast:status": "Shop" },
        }),
      ),
    );
    trio = await bringUp();
    if (!metric || !endpoint || !arc) throw new Error("expected a standby for each kind of lever");
    standbys = { metric, endpoint, arc };
    for (const who of everybody) {
      const name = nameOf(...who);
      if (!admitted.has(name)) admitted.set(name, await door.admit(name, granted(...who)));
    }
    rig.admin.is = await door.admit("nature", [{ Action: "*", Resource: "*" }]);
  }, 300_000);
  afterAll(() => rig?.stop(), 60_000);
  afterEach(() => void vi.restoreAllMocks());

  /** What every entry is told, and who it is, with a lever of that kind. */
  const givenWith = (kind: LeverKind) => {
    const { HOLDFAST_LEVER = "", HOLDFAST_BALANCERS = "" } = told(
      "shop-analyzer-runs-function",
      standby,
      kind,
    );
    return (entry: string, region: string) => {
      const { HOLDFAST_NOTIFY = "" } = told(`shop-${entry}-runs-function`, region, kind);
      const { HOLDFAST_LISTEN = "" } = told("shop-prober-runs-function", region, kind);
      const environment = { HOLDFAST_NOTIFY, HOLDFAST_LEVER, HOLDFAST_BALANCERS, HOLDFAST_LISTEN };
      return { is: is(entry, region, kind), environment };
    };
  };

  function playedWith(kind: LeverKind) {
    const { HOLDFAST_LEVER = "" } = told("shop-analyzer-runs-function", standby, kind);
    const drain = kind === "endpoint" ? { drain: is("drain", standby, kind) } : {};
    const controls = kind === "arc" ? { controls: JSON.parse(HOLDFAST_LEVER) as Controls } : {};
    return playedLever(rig, kind, { ...drain, ...controls });
  }

  /** Users of the primary are hurt, and moved; all is well again, and, with one kind of lever, as the way home is the same
   *  with each, they are brought home; people look and ask; and nobody hears from the analyzer any more. */
  async function day(kind: LeverKind) {
    said.length = 0;
    vi.spyOn(console, "log").mockImplementation((line) => void said.push(String(line)));
    vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    await rig.fresh();
    await asBefore(rig);
    const given = givenWith(kind);
    const lever = playedWith(kind);
    const played = rig.judges.standIns.length;
    rig.judges.standIns.push(lever.standIn, usersHeard(rig));
    rig.keptOut = lever.isDrained;
    const store = readerOf(rig, () => noon);
    const stands = async () => [(await store.standing())?.phase, await lever.isDrained()];
    const work = async (due: number, beats: number) => {
      const clock = clockwork(due, 4);
      const { probers, analyzer } = entriesOf(rig, clock, given);
      await minute(clock, [...probers, analyzer], { due, beats });
      return clock.now;
    };
    await door.shut(true);
    try {
      rig.weather.ill.add(primary);
      await work(noon, 12);
      const moved = await stands();
      rig.weather.ill.clear();
      const before = door.seen.get(nameOf("analyzer", standby, kind))?.length;
      const now = await work(noon + 150_000, kind === "metric" ? 18 : 1);
      if (kind === "metric")
        wayHome.push(...(door.seen.get(nameOf("analyzer", standby, kind)) ?? []).slice(before));
      const later = await stands();
      const left = await store.unconfirmed();
      const looked = await look(kind, now);
      if (kind === "metric") looked.push(await lookFromOutside(now));
      const turned = kind === "endpoint" ? await turn(kind) : [];
      const silence = clockwork(noon + 900_000, 2);
      const [first, , third] = entriesOf(rig, silence, given).probers;
      if (first && third) await minute(silence, [first, third], { due: noon + 900_000, beats: 1 });
      return { moved, later, left, looked, turned, store };
    } finally {
      await door.shut(false);
      rig.judges.standIns.length = played;
    }
  }

  /** A person looks and asks, at the function's URL, and at each region's container. */
  async function look(kind: LeverKind, now: () => number) {
    const hold = (id: string) => ({ kind: "hold", reason: `a drill at ${id}` });
    const reach = (entry: string, region: string) => ({
      credentials: is(entry, region, kind),
      agent: rig.exchange.agent,
    });
    const variables = { ...rig.environment, HOLDFAST_REGION: standby };
    const answer = dashboardEntry(readEnvironment("dashboard", variables), {
      reach: reach("dashboard", standby),
      now,
    });
    const answers: number[] = [];
    for (const [method, path, body] of [
      ["GET", "/"],
      ["GET", "/api/state"],
      ["POST", "/api/requests", hold("the function")],
    ] as const)
      answers.push(((await answer(urlEvent(method, path, body))) as { statusCode: number }).statusCode);
    for (const region of [primary, standby]) {
      const told = readContainer({ ...variables, HOLDFAST_HOSTS: "shop.test", HOLDFAST_ACCESS: access });
      const app = containerApp(told, { reach: reach("container", region), now });
      const headers = {
        host: "shop.test",
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
      };
      const page = await app.request("http://shop.test/", { headers });
      const state = await app.request("http://shop.test/api/state", { headers });
      const body = JSON.stringify(hold(region));
      const asked = await app.request("http://shop.test/api/requests", { method: "POST", headers, body });
      answers.push(page.status, state.status, asked.status);
    }
    return answers;
  }

  /** Anybody looks at the page for anybody. */
  async function lookFromOutside(now: () => number): Promise<number> {
    const variables = { ...rig.environment, HOLDFAST_REGION: standby, HOLDFAST_STATUS: "Shop" };
    const reach = { credentials: is("status", standby, "metric"), agent: rig.exchange.agent };
    const answer = statusEntry(readEnvironment("status", variables), { reach, now });
    return ((await answer(urlEvent("GET", "/status"))) as { statusCode: number }).statusCode;
  }

  /** The lever's function, asked for the lever and for its shadow. */
  async function turn(kind: LeverKind) {
    const told = readEnvironment("drain", { ...rig.environment, HOLDFAST_REGION: standby });
    const credentials = is("drain", standby, kind);
    const answer = drainEntry(told, { reach: { credentials, agent: rig.exchange.agent } });
    return [await answer({ rawPath: "/" }), await answer({ rawPath: "/shadow" })].map((a) => a.statusCode);
  }

  test.each(leverKinds)(
    "under exactly what is granted users are moved, people look and ask, and silence is heard: %s",
    async (kind) => {
      const { moved, later, left, looked, turned, store } = await day(kind);
      expect(door.refused).toEqual([]);
      expect(said.filter((line) => /not authorized|AccessDenied/.test(line))).toEqual([]);
      const then = kind === "metric" ? ["home", false] : ["away", true];
      expect([moved, later, left]).toEqual([["away", true], then, []]);
      const outside = kind === "metric" ? [200] : [];
      expect(looked).toEqual([...Array(3).fill([200, 200, 202]).flat(), ...outside]);
      expect((await store.requests()).map((r) => r.reason)).toEqual(
        ["the function", primary, standby].map((id) => `a drill at ${id}`),
      );
      expect(turned).toEqual(kind === "endpoint" ? [200, expect.any(Number)] : []);
    },
  );

  test("under exactly what is granted all is audited, and kept where the analyzer reads it", async () => {
    const synthetics: StandIn = ({ host }) =>
      host.startsWith("synthetics.") ? { status: 200, body: '{"Canaries":[],"CanariesLastRun":[]}' } : null;
    rig.exchange.standIns.push(synthetics);
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    const { HOLDFAST_AUDIT = "" } = told("shop-auditor-runs-function", witness, "metric");
    const look = auditorEntry(readEnvironment("auditor", { ...rig.environment, HOLDFAST_AUDIT }), {
      reach: { credentials: is("auditor", witness, "metric"), agent: rig.exchange.agent },
    });
    await door.shut(true);
    try {
      await look({}, { getRemainingTimeInMillis: () => 30_000 });
    } finally {
      await door.shut(false);
      rig.exchange.standIns.splice(rig.exchange.standIns.indexOf(synthetics), 1);
    }
    expect(door.refused).toEqual([]);
    const kept = await lastAudit(rig.state);
    expect(kept?.lines.map(({ id, met }) => [id, met])).toContainEqual(["records", false]);
    expect(kept?.lines.filter(({ value }) => /not authorized|AccessDenied/.test(value ?? ""))).toEqual([]);
    expect(linesNow(kept, (kept?.at ?? 0) + 3_600_000).every(({ met }) => met === null)).toBe(true);
  });

  const needed = (...who: Who): Need[] =>
    [...(door.seen.get(nameOf(...who)) ?? []), ...(who[0] === "analyzer" ? wayHome : [])].flatMap(needsOf);

  test.each(everybody)("all that is granted is called, of each statement: the %s of %s, %s", (...who) => {
    const needs = needed(...who);
    expect(needs.length).toBeGreaterThan(0);
    const idle = granted(...who).flatMap((statement) => {
      const { Action, Resource } = statement;
      const by = (one: Partial<Granted>) => needs.some((need) => isAllowed([{ ...statement, ...one }], need));
      return [
        ...list(Action).filter((a) => !ofLambda.includes(a) && !by({ Action: a })),
        ...(list(Action).some((a) => ofLambda.includes(a))
          ? []
          : list(Resource).filter((r) => !by({ Resource: r }))),
      ];
    });
    expect(idle).toEqual([]);
  });

  test("each action left out is one that some call needs", () => {
    for (const who of everybody) {
      const all = granted(...who).filter(({ Action }) => !list(Action).some((a) => ofLambda.includes(a)));
      for (const action of new Set(actionsOf(all))) {
        const fewer = all.map((s) => ({ ...s, Action: list(s.Action).filter((a) => a !== action) }));
        expect([...who, action, needed(...who).some((need) => !isAllowed(fewer, need))]).toEqual([
          ...who,
          action,
          true,
        ]);
      }
    }
  });

  test.skipIf(missing("parliament"))("what is held for a call's need is one by AWS's own reference", () => {
    const each = new Map(
      everybody.flatMap((who) => needed(...who)).map((need) => [JSON.stringify(need), need]),
    );
    const policies = [...each.values()].map(({ action: Action, resource: Resource, context }, i) => {
      const Statement = [{ Effect: "Allow", Action, Resource, Condition: { StringEquals: context } }];
      return [`${i}`, JSON.stringify({ Version: "2012-10-17", Statement })] as const;
    });
    expect(policies.length).toBeGreaterThan(50);
    expect(lint(Object.fromEntries(policies))).toEqual([]);
  });

  /** Calls just beyond what each may do; `bare` where the action alone is too much, so that the local API's own IAM refuses
   *  it too. */
  type Beyond = [what: string, who: Who, call: (at: Road) => Promise<unknown>, bare?: "bare"];
  const key = (pk: string) => ({ pk: { S: pk }, sk: { S: "now" } });
  const write = (region: string, TableName: string, pk: string) => (at: Road) =>
    new DynamoDBClient(at(region)).send(new PutItemCommand({ TableName, Item: key(pk) }));
  const turnLever = (at: Road) =>
    new DynamoDBClient(at(standby)).send(
      new UpdateItemCommand({ TableName: names.state, Key: { pk: { S: "lever#shop" }, sk: { S: "drain" } } }),
    );
  const drainIn = (region: string, Namespace: string) => (at: Road) =>
    new CloudWatchClient(at(region)).send(
      new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "Drain", Value: 1 }] }),
    );
  const scale = (at: Road) =>
    new ECSClient(at(standby)).send(new UpdateServiceCommand({ ...names.service, desiredCount: 0 }));
  const changeName = (at: Road) =>
    new Route53Client(at("us-east-1")).send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: {
          Changes: [{ Action: "DELETE", ResourceRecordSet: { Name: "shop.example.com", Type: "A" } }],
        },
      }),
    );
  const changeCheck = (at: Road) =>
    new Route53Client(at("us-east-1")).send(
      new UpdateHealthCheckCommand({ HealthCheckId: "1", Disabled: true }),
    );
  const otherControl = (at: Road) =>
    new Route53RecoveryClusterClient({
      ...at(standby),
      endpoint: "https://a.route53-recovery-cluster.us-west-2.amazonaws.com/v1",
    }).send(
      new UpdateRoutingControlStateCommand({
        RoutingControlArn:
          "arn:aws:route53-recovery-control::123456789012:controlpanel/abc/routingcontrol/other",
        RoutingControlState: "Off",
      }),
    );
  const beyond: Beyond[] = [
    [
      "write where the failover stands",
      ["prober", primary, "metric"],
      write(standby, names.state, "standing"),
    ],
    [
      "write another's rounds",
      ["prober", primary, "metric"],
      write(standby, names.rounds, `round#${standby}`),
    ],
    ["scale", ["prober", standby, "metric"], scale, "bare"],
    ["pull the lever", ["prober", standby, "metric"], drainIn(standby, "Holdfast"), "bare"],
    ["publish in the region being left", ["analyzer", standby, "metric"], drainIn(primary, "Holdfast")],
    ["publish under another's name", ["analyzer", standby, "metric"], drainIn(standby, "AWS/Other")],
    ["write rounds", ["analyzer", standby, "metric"], write(primary, names.rounds, `round#${primary}`)],
    ["change records", ["analyzer", standby, "endpoint"], changeName, "bare"],
    ["turn another's control", ["analyzer", standby, "arc"], otherControl],
    ["turn the lever", ["dashboard", standby, "endpoint"], turnLever],
    [
      "write where the failover stands",
      ["dashboard", standby, "endpoint"],
      write(standby, names.state, "standing"),
    ],
    ["turn the lever", ["container", standby, "endpoint"], turnLever],
    ["scale", ["container", primary, "metric"], scale, "bare"],
    [
      "read where the failover stands",
      ["drain", standby, "endpoint"],
      (at) =>
        new DynamoDBClient(at(standby)).send(
          new GetItemCommand({ TableName: names.state, Key: key("standing") }),
        ),
    ],
    ["turn the lever", ["drain", standby, "endpoint"], turnLever, "bare"],
    ["change a check", ["auditor", witness, "metric"], changeCheck, "bare"],
    [
      "write where the failover stands",
      ["auditor", witness, "metric"],
      write(standby, names.state, "standing"),
    ],
  ];
  test.each(beyond)("one action more is refused: to %s, by the %s", async (_, who, call, bare) => {
    const credentials = is(...who);
    const refused = door.refused.length;
    const usual = { credentials, maxAttempts: 1 };
    await door.shut(true);
    try {
      const through: Road = (region) => ({
        ...usual,
        region,
        requestHandler: { httpsAgent: rig.exchange.agent },
      });
      await expect(call(through)).rejects.toThrow(/not authorized/);
      expect(door.refused.length).toBe(refused + 1);
      const straight: Road = (region) => ({ ...usual, region, endpoint: rig.api.endpoint });
      if (bare) await expect(call(straight)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    } finally {
      await door.shut(false);
      door.refused.length = refused;
    }
  });

  test("one action fewer is refused, whichever it is, and said in the end", async () => {
    const all = granted("prober", primary, "metric");
    const alone = new Set(["sns:Publish", ...ofLambda]); // told only when there is something to tell
    for (const left of new Set(actionsOf(all).filter((action) => !alone.has(action)))) {
      const fewer = all.map((s) => ({ ...s, Action: list(s.Action).filter((action) => action !== left) }));
      const is = await door.admit(`prober-without-${left.split(":")[1]}`, fewer);
      const told: string[] = [];
      const spied = vi.spyOn(console, "log").mockImplementation((line) => void told.push(String(line)));
      await rig.fresh();
      await door.shut(true);
      try {
        const clock = clockwork(noon, 1);
        const [first] = entriesOf(rig, clock, () => ({
          is,
          environment: { HOLDFAST_LISTEN: names.state },
        })).probers;
        if (first) await minute(clock, [first], { due: noon, beats: 1 });
      } finally {
        await door.shut(false);
        spied.mockRestore();
      }
      const [round] = await readerOf(rig, () => noon).rounds(0);
      const tasks = round?.observations.find((o) => o.purpose === "capacity");
      const isRefused = told.some((line) => line.includes("not authorized")) || tasks?.reason === "denied";
      expect([left, isRefused]).toEqual([left, true]);
    }
  });
});

const list = (one: string | string[]) => (typeof one === "string" ? [one] : one);

/** How a client gets there: past the door, or straight to the local API. */
type Road = (region: string) => {
  region: string;
  credentials: Credentials;
  maxAttempts: number;
  endpoint?: string;
};

const token = "a-token-that-somebody-on-call-has";
const access = JSON.stringify({
  secret: "a secret of more than thirty-two characters",
  tokens: [{ name: "ada", role: "act", sha256: createHash("sha256").update(token).digest("hex") }],
});

/** What balancers count, of the minute before, where users go: the local API knows no percentiles. */
const usersHeard =
  (rig: Rig): StandIn =>
  async ({ host, action, body }) => {
    if (action !== "GetMetricData") return null;
    const isHere = host.includes((await rig.keptOut()) ? standby : primary);
    const { MetricDataQueries, EndTime } = JSON.parse(body) as {
      MetricDataQueries: { Id: string }[];
      EndTime: number;
    };
    const MetricDataResults = MetricDataQueries.map(({ Id }) => ({
      Id,
      Timestamps: [EndTime - 60],
      Values: [Id === "bRequestCount" && isHere ? 600 : 0],
    }));
    const headers = { "content-type": "application/x-amz-json-1.0" };
    return { status: 200, headers, body: JSON.stringify({ MetricDataResults }) };
  };

/** What the program places and the rig does not: the primary's service, which probers count too, and the topics. And rules
 *  that bring users home at once. */
async function besides(rig: Rig): Promise<void> {
  const ecs = rig.clientOf(ECSClient, primary);
  const { cluster, service: serviceName } = names.service;
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  const containerDefinitions = [{ name: "web", image: "web", memory: 64 }];
  await ecs.send(new RegisterTaskDefinitionCommand({ family: "web", containerDefinitions }));
  await ecs.send(new CreateServiceCommand({ cluster, serviceName, taskDefinition: "web", desiredCount: 2 }));
  for (const region of regions)
    await rig.clientOf(SNSClient, region).send(new CreateTopicCommand({ Name: "shop-alerts-topic-1a2b3c4" }));
  const tasks = rig.topology.targets.find((t) => t.purpose === "capacity");
  if (tasks?.kind !== "aws") throw new Error("expected the rig to count tasks");
  const there = {
    ...tasks,
    id: `tasks@${primary}`,
    region: primary,
    url: tasks.url.replace(standby, primary),
  };
  Object.assign(rig.environment, {
    HOLDFAST_TOPOLOGY: JSON.stringify({ ...rig.topology, targets: [...rig.topology.targets, there] }),
    HOLDFAST_RULES: JSON.stringify({
      ...JSON.parse(rig.environment.HOLDFAST_RULES ?? "{}"),
      failback: "automatic",
      windowRounds: 6,
      holdDownMs: 10_000,
      cooldownMs: 10_000,
    }),
  });
}

/** One task, and an autoscaler that asks for no more. */
async function asBefore(rig: Rig): Promise<void> {
  await rig
    .clientOf(ECSClient, standby)
    .send(new UpdateServiceCommand({ ...names.service, desiredCount: 1 }));
  await rig.clientOf(ApplicationAutoScalingClient, standby).send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: "ecs",
      ResourceId: `service/${names.service.cluster}/${names.service.service}`,
      ScalableDimension: "ecs:service:DesiredCount",
      MinCapacity: 1,
      MaxCapacity: 4,
    }),
  );
}

/** A zone with the workload's name in it, and a check that it obeys; gives the zone's id. */
async function nameIn(rig: Rig): Promise<string> {
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
