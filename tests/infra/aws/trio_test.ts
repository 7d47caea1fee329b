/** The example trio through Pulumi's real program host, and what came out of it past Pulumi's real policy host. */
import {
  CloudWatchRegion,
  HealthCheckType,
  InsufficientDataHealthStatus,
  ResourceRecordSetFailover,
} from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as route53 from "../../../infra/route53.ts";
import { type Pack, startPack } from "../../policies/pack.ts";
import type { Resource, Run } from "./engine.ts";
import { planOf } from "./route53_plan.ts";
import { bringUp, exampleConfig, fullConfig, project, regions, run, type Trio } from "./trio.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"; // Pulumi's word for a value no preview can know
const drainCheck = "01234567-89ab-cdef-0123-456789abcdef";
const roles = ["primary", "standby", "witness"] as const;

let trio: Trio;
let previews: Trio;
let pack: Pack;

beforeAll(async () => {
  const preview = (role: (typeof roles)[number], more = {}) =>
    run(regions[role], true, fullConfig(regions[role], more));
  const [up, primary, standby, witness, host] = await Promise.all([
    bringUp(),
    preview("primary", { "holdfast:drainCheck": drainCheck }),
    preview("standby"),
    preview("witness"),
    startPack(),
  ]);
  trio = up;
  previews = { primary, standby, witness };
  pack = host;
}, 120_000);
afterAll(() => pack?.stop());

const custom = ({ resources }: Run) => resources.filter((r) => r.custom);
const find = ({ resources }: Run, name: string): Resource => {
  const found = resources.find((r) => r.name === name);
  if (!found) throw new Error(`expected ${name}; got ${resources.map((r) => r.name)}`);
  return found;
};

describe("each stack of the trio", () => {
  it("is the program that Pulumi.yaml names, run as Node runs it", () => {
    expect(project).toMatchObject({
      name: "holdfast",
      main: "infra/program.ts",
      runtime: { options: { typescript: false } },
    });
  });

  for (const role of roles)
    it(`comes up as ${role}, in preview as in update`, () => {
      const [seen, done] = [previews[role], trio[role]];
      expect([seen.exitCode, seen.said, done.exitCode, done.said]).toEqual([0, "", 0, ""]);
      expect(custom(done).length).toBeGreaterThan(1);
      expect(seen.resources.map((r) => r.urn).sort()).toEqual(done.resources.map((r) => r.urn).sort());
      expect(done.outputs).toMatchObject({ role, region: regions[role], missing: [] });
    });

  it("leaves unknown in a preview only what AWS makes up", () => {
    const guessed = custom(previews.standby).flatMap(({ name, inputs }) =>
      Object.keys(inputs)
        .filter((key) => JSON.stringify(inputs[key]).includes(unknown))
        .map((key) => `${name}.${key}`),
    );
    expect(guessed.sort()).toEqual([
      "shop-analyzer-policy.policy",
      "shop-analyzer-policy.role",
      "shop-lever-alarm.alarmActions",
      "shop-lever-alarm.okActions",
      "shop-lever-check.cloudwatchAlarmName",
      "shop-traffic-record.healthCheckId",
    ]);
  });

  it("gives every child its component's name and place", () => {
    for (const role of roles)
      for (const { name, parent } of custom(trio[role])) {
        const component = trio[role].resources.find((r) => r.urn === parent);
        expect(component?.type).toMatch(/^holdfast:infra:[A-Z][A-Za-z]+$/);
        expect(name.startsWith(`${component?.name}-`)).toBe(true);
      }
  });

  it("puts every regional resource in the stack's own region, and nothing of failover in the primary's alone", () => {
    const global = /^aws:(route53|iam)\//;
    for (const role of roles)
      for (const { type, inputs } of custom(trio[role]))
        expect(inputs.region).toBe(global.test(type) ? undefined : regions[role]);
    expect(custom(trio.primary).every(({ type }) => type.startsWith("aws:route53/"))).toBe(true);
  });

  it("ties check to alarm and record to check by dependency, so that Pulumi makes them in order", () => {
    const { standby, primary } = trio;
    const on = (of: Run, name: string, key: string) => find(of, name).propertyDependencies[key];
    expect(on(standby, "shop-lever-check", "cloudwatchAlarmName")).toEqual([
      find(standby, "shop-lever-alarm").urn,
    ]);
    expect(on(standby, "shop-traffic-record", "healthCheckId")).toEqual([
      find(standby, "shop-traffic-endpoint").urn,
    ]);
    expect(on(primary, "shop-traffic-record", "healthCheckId")).toEqual([
      find(primary, "shop-traffic-serve").urn,
    ]);
  });

  it("uses Route 53's own words, by the SDK's list of them", () => {
    const inputs = roles.flatMap((role) => custom(trio[role])).map((r) => r.inputs);
    const said = (key: string) => inputs.flatMap((i) => i[key] ?? []);
    const failover = said("failoverRoutingPolicies") as { type: string }[];
    for (const [words, list] of [
      [inputs.filter((i) => "resourcePath" in i || "triggers" in i).map((i) => i.type), HealthCheckType],
      [said("insufficientDataHealthStatus"), InsufficientDataHealthStatus],
      [said("cloudwatchAlarmRegion"), CloudWatchRegion],
      [failover.map(({ type }) => type), ResourceRecordSetFailover],
    ] as const) {
      expect(words.length).toBeGreaterThan(0);
      for (const word of words) expect(Object.values(list)).toContain(word);
    }
  });
});

describe("a wrong setting", () => {
  it("stops the program before anything is made, and is named", async () => {
    const config = { ...exampleConfig(regions.standby), "holdfast:standby": "Oregon" };
    const { exitCode, said, resources } = await run(regions.standby, false, config);
    expect(exitCode).not.toBe(0);
    expect(said).toContain('holdfast:standby: expected a region such as us-east-1; got "Oregon"');
    expect(said).toContain("pulumi config set holdfast:standby us-west-2 --stack us-west-2");
    expect(resources.filter((r) => r.custom)).toEqual([]);
  });
});

describe("the lever as deployed", () => {
  const checkers = ["a", "b", "c"];
  const plan = () =>
    planOf(
      roles.flatMap((role) => custom(trio[role])),
      checkers,
    );

  it("is the layout that the laptop and the simulator play", () => {
    const ids: Record<string, string> = {
      "endpoint-us-east-1": find(trio.primary, "shop-traffic-endpoint").id,
      "endpoint-us-west-2": find(trio.standby, "shop-traffic-endpoint").id,
      "drain-us-east-1": find(trio.standby, "shop-lever-check").id,
      "serve-us-east-1": find(trio.primary, "shop-traffic-serve").id,
    };
    const played = route53.failoverPlan({
      ...regions,
      checkers,
      intervalMs: 10_000,
      failureThreshold: 3,
      alarmPeriodMs: 60_000,
    });
    const renamed = JSON.parse(JSON.stringify(played), (_, v) => ids[v] ?? v);
    const byId = (p: route53.Plan) => ({
      ...p,
      checks: [...p.checks].sort((a, b) => a.id.localeCompare(b.id)),
    });
    expect(byId(plan())).toEqual(byId(renamed));
  });

  it("moves users by one number, holds through silence, and brings them back by another", () => {
    const targets = {
      "us-east-1": { registered: 2, healthy: 2 },
      "us-west-2": { registered: 1, healthy: 1 },
    };
    const lever = find(trio.standby, "shop-lever-check").id;
    const p = plan();
    const minute = 60_000;
    let state = route53.begin(p);
    const at = (now: number, value?: number) => {
      if (value !== undefined) state = route53.publish(state, lever, now, value);
      state = route53.judge(p, state, now + minute);
      return route53.answer(p, state, targets).region;
    };
    expect(at(0, 0)).toBe("us-east-1");
    expect(at(minute, 1)).toBe("us-west-2");
    expect(at(90 * minute)).toBe("us-west-2"); // the analyzer died: nobody moves
    expect(at(91 * minute, 0)).toBe("us-east-1");
  });
});

describe("the guard", () => {
  it("finds nothing to say of the trio", async () => {
    for (const role of roles) expect(await pack.judge(trio[role].resources)).toEqual([]);
  });

  it("says in a preview only what it cannot know yet", async () => {
    for (const role of roles)
      for (const { level, message } of await pack.judge(previews[role].resources))
        expect([level, message]).toEqual([
          "advisory",
          expect.stringContaining("can't be known during preview"),
        ]);
  });

  type Break = [rule: string, role: (typeof roles)[number], name: string, broken: Record<string, unknown>];
  const role = (Action: string, Resource = "arn:aws:x:::y") => ({
    policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource }] }),
  });
  const breaks: Break[] = [
    ["failover-pairs-complete", "primary", "shop-traffic-record", { healthCheckId: undefined }],
    ["failover-pairs-complete", "primary", "shop-traffic-serve", { childHealthThreshold: 1 }],
    ["failover-pairs-complete", "standby", "shop-lever-check", { type: "TCP", requestInterval: 10 }],
    ["names-follow", "standby", "shop-traffic-record", { ttl: 300 }],
    ["users-are-asked-for", "primary", "shop-traffic-endpoint", { requestInterval: 30 }],
    [
      "lever-lives-in-the-region-that-takes-over",
      "standby",
      "shop-lever-check",
      { cloudwatchAlarmRegion: "us-east-1" },
    ],
    ["silence-moves-nobody", "standby", "shop-lever-check", { insufficientDataHealthStatus: "Healthy" }],
    [
      "recovery-needs-no-control-plane",
      "standby",
      "shop-analyzer-policy",
      role("route53:ChangeResourceRecordSets"),
    ],
    ["monitors-share-no-fate", "witness", "shop-heartbeat-alarm", { region: "us-west-2" }],
    ["alarms-have-actions", "witness", "shop-heartbeat-alarm", { alarmActions: [] }],
    ["logs-expire", "standby", "shop-analyzer-log", { retentionInDays: 0 }],
    ["no-wildcards", "standby", "shop-analyzer-policy", role("logs:PutLogEvents", "*")],
  ];

  for (const [rule, where, name, broken] of breaks)
    it(`stops a ${where} whose ${name} has ${JSON.stringify(broken).slice(0, 60)}, by ${rule}`, async () => {
      const change = (of: Record<string, unknown>) =>
        Object.fromEntries(Object.entries({ ...of, ...broken }).filter(([, v]) => v !== undefined));
      const resources = trio[where].resources.map((r) =>
        r.name === name ? { ...r, inputs: change(r.inputs), state: change(r.state) } : r,
      );
      const found = await pack.judge(resources);
      expect(found.map((v) => [v.rule, v.level])).toContainEqual([rule, "mandatory"]);
      expect(new Set(found.map((v) => v.rule)), "no other rule minds").toEqual(new Set([rule]));
    });

  it("has broken every rule of the pack", () => {
    expect(pack.rules.toSorted()).toEqual([...new Set(breaks.map(([rule]) => rule))].sort());
  });
});
