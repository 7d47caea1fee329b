/** Least privilege: every entry runs under exactly what the program grants it, for each kind of lever, with IAM at the door
 *  (door.ts). All that is called is granted; all that is granted is called; one action fewer is refused, and one action
 *  more. What each call needs is held to AWS's own reference. */
import { createHash } from "node:crypto";
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
import { lint } from "../aws/iam-linter.ts";
import { bringUp, find, fullConfig, grantedBy, run, type Trio } from "../aws/trio.ts";
import { asBefore, besides, nameIn, usersHeard } from "./besides.ts";
import { beyond, type Road, type Who } from "./beyond.ts";
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
  standby,
  witness,
} from "./rig.ts";
import { urlEvent } from "./url-event.ts";

const noon = Date.UTC(2026, 0, 1, 12);
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

  test.each(beyond(() => zoneId))(
    "one action more is refused: to %s, by the %s",
    async (_, who, call, bare) => {
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
    },
  );

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

const token = "a-token-that-somebody-on-call-has";
const access = JSON.stringify({
  secret: "a secret of more than thirty-two characters",
  tokens: [{ name: "ada", role: "act", sha256: createHash("sha256").update(token).digest("hex") }],
});
