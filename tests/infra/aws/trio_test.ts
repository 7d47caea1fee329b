/** The example trio through Pulumi's real program host, and what came out of it past Pulumi's real policy host. */
import { readFileSync } from "node:fs";
import {
  CloudWatchRegion,
  HealthCheckType,
  InsufficientDataHealthStatus,
  ResourceRecordSetFailover,
} from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placedBy } from "../../../infra/cost/mod.ts";
import { parseNotify } from "../../../infra/notify/mod.ts";
import * as route53 from "../../../infra/route53.ts";
import { readSettings } from "../../../infra/settings.ts";
import { type Pack, startPack } from "../../policies/pack.ts";
import type { Resource, Run } from "./engine.ts";
import { planOf } from "./route53-plan.ts";
import { bringUp, fullConfig, lookAt, project, regions, type Trio } from "./trio.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"; // Pulumi's word for a value no preview can know
const roles = ["primary", "standby", "witness"] as const;

const told = "T0P53CRET";
/** What a user would set besides: who may enter the dashboard, and who is told of incidents, at an address that is a secret. */
const asked = {
  "holdfast:access": JSON.stringify({
    secret: `${told} and more, to thirty-two characters`,
    tokens: [{ name: "wall", role: "read", sha256: "0".repeat(64) }],
  }),
  "holdfast:parts": '[{"part":"checkout","needs":["dynamodb"]}]',
  "holdfast:globalDatabase": "shop",
  "holdfast:primaryDatabase": "shop-east",
  "holdfast:standbyDatabase": "shop-west",
  "holdfast:moveDatabase": "true",
  "holdfast:notify": JSON.stringify([{ kind: "slack", url: `https://hooks.example.com/${told}` }]),
};
let trio: Trio;
let previews: Trio;
let pack: Pack;

beforeAll(async () => {
  const starting = startPack();
  previews = await lookAt(asked);
  trio = await bringUp(undefined, asked);
  pack = await starting;
}, 300_000);
afterAll(() => pack?.stop());

type Told = { environment: { variables: Record<string, string> } };
type Tree = { [key: string]: Tree };
function blank(tree: Tree, [key = "", ...rest]: string[]): void {
  if (rest.length === 0) delete tree[key];
  else if (tree[key]) blank(tree[key], rest);
}

/** Where a canary's runtime looks: without a browser in one folder of the archive alone; with Playwright, which lays them
 *  out otherwise, from the archive's root. CloudWatch guide, "Packaging your Node.js canary files"; Synthetics API,
 *  StartCanaryDryRun. */
function fileOf(handler: string, runtime: string): string {
  const file = `${handler.slice(0, handler.lastIndexOf("."))}.js`;
  return /^syn-nodejs-(\d|puppeteer)/.test(runtime) ? `nodejs/node_modules/${file}` : file;
}

const custom = ({ resources }: Run) => resources.filter((r) => r.custom);
const find = ({ resources }: Run, name: string): Resource => {
  const found = resources.find((r) => r.name === name);
  if (!found) throw new Error(`expected ${name}; got ${resources.map((r) => r.name)}`);
  return found;
};

describe("what a stack is said to cost", () => {
  for (const role of roles)
    it(`counts what is made for the ${role}, and nothing else`, () => {
      const drainCheck =
        role === "primary" ? { "holdfast:drainCheck": String(trio.standby.outputs.drainCheck) } : {};
      const settings = readSettings(fullConfig(regions[role], drainCheck), regions[role]);
      const placed = placedBy(settings, {
        cadenceSeconds: 10,
        canaryMinutes: settings.canaryMinutes,
        lever: settings.lever,
      });
      const made = (type: string) => custom(trio[role]).filter((r) => r.type === type);
      const memory = made("aws:lambda/function:Function")
        .filter((f) => f.inputs.name !== "holdfast-shop-dashboard") // works only while somebody looks
        .map((f) => f.inputs.memorySize);
      expect(placed.functions.map((f) => f.memoryMb).toSorted()).toEqual(memory.toSorted());
      expect(placed.alarms).toBe(made("aws:cloudwatch/metricAlarm:MetricAlarm").length);
      expect(placed.dashboards).toBe(made("aws:cloudwatch/dashboard:Dashboard").length);
      const canaries = made("aws:synthetics/canary:Canary");
      expect(placed.canaries).toBe(canaries.length);
      for (const { inputs } of canaries)
        expect(inputs.schedule).toMatchObject({ expression: "rate(1 minute)" });
      const checks = made("aws:route53/healthCheck:HealthCheck");
      expect(placed.healthChecks).toBe(checks.length);
      const options = checks.map(({ inputs }) => [
        /HTTPS/.test(String(inputs.type)),
        inputs.requestInterval === 10,
        /STR/.test(String(inputs.type)),
      ]);
      expect(placed.healthCheckOptions).toBe(options.flat().filter(Boolean).length);
    });
});

describe("each stack of the trio", () => {
  it("is the program that Pulumi.yaml names, run as Node runs it", () => {
    expect(project).toMatchObject({
      name: "holdfast",
      main: "infra/program.ts",
      runtime: { options: { typescript: false } },
    });
  });

  for (const role of roles)
    it(`comes up as ${role}, with nothing left out`, () => {
      const { exitCode, said, outputs } = trio[role];
      expect([exitCode, said]).toEqual([0, ""]);
      expect(custom(trio[role]).length).toBeGreaterThan(15);
      expect(outputs).toMatchObject({ role, region: regions[role], missing: [] });
    });

  for (const role of roles)
    it(`is the same in a preview of the ${role}, and leaves unknown only what another resource is yet to tell`, () => {
      const preview = previews[role];
      expect([preview.exitCode, preview.said]).toEqual([0, ""]);
      expect(preview.resources.map((r) => r.urn).sort()).toEqual(
        trio[role].resources.map((r) => r.urn).sort(),
      );
      let unknowns = 0;
      for (const { name, inputs, propertyDependencies } of custom(preview))
        for (const [key, value] of Object.entries(inputs))
          if (JSON.stringify(value).includes(unknown)) {
            unknowns += 1;
            expect([name, key, propertyDependencies[key]?.length]).not.toEqual([name, key, 0]);
          }
      expect(unknowns).toBeGreaterThan(10);
      if (role === "witness") return;
      const { inputs } = find(preview, "shop-traffic-record");
      expect(inputs).toMatchObject({ name: "shop.example.com", healthCheckId: unknown });
    });

  it("marks a secret as one wherever it goes, and tells it to nobody else", () => {
    for (const run of Object.values(previews)) // the topic beside it is not known yet, and neither is the whole
      expect(JSON.stringify(run.resources) + run.said).not.toContain(told);
    for (const run of Object.values(trio)) {
      const holders = run.resources.filter(({ inputs }) => JSON.stringify(inputs).includes(told));
      for (const { name, inputs, secrets } of holders) {
        const clear = structuredClone(inputs) as Tree;
        for (const path of secrets) blank(clear, path.split("."));
        expect([name, JSON.stringify(clear).includes(told)]).toEqual([name, false]);
      }
      const names = holders.map(({ name }) => name);
      expect(names).toContain("shop-prober-runs-function");
      expect(names.filter((name) => !/-(runs-function|tasks-task)$/.test(name))).toEqual([]);
      expect(JSON.stringify(run.outputs) + run.said).not.toContain(told);
    }
  });

  it("tells each function its own region's topic, and whoever else was asked for", () => {
    for (const role of roles) {
      const { environment } = find(trio[role], "shop-prober-runs-function").inputs as Told;
      const channels = parseNotify("channels", JSON.parse(environment.variables.HOLDFAST_NOTIFY ?? ""));
      expect(channels.map(({ kind }) => kind)).toEqual(["sns", "slack"]);
      expect(channels[0]).toMatchObject({ topic: expect.stringContaining(`:sns:${regions[role]}:`) });
    }
  });

  it("gives every child its component's name and place", () => {
    for (const role of roles)
      for (const { name, parent, type } of trio[role].resources) {
        if (type === "pulumi:pulumi:Stack") continue;
        const above = trio[role].resources.find((r) => r.urn === parent);
        const inComponent = above?.type !== "pulumi:pulumi:Stack";
        if (type.startsWith("holdfast:infra:")) expect(type).toMatch(/^holdfast:infra:[A-Z][A-Za-z]+$/);
        else expect(inComponent, `${name} is in a component`).toBe(true);
        if (inComponent) expect(name.startsWith(`${above?.name}-`), `${name} in ${above?.name}`).toBe(true);
      }
  });

  it("puts every regional resource in the stack's own region", () => {
    const global = /^aws:(route53|iam)\//;
    for (const role of roles)
      for (const { type, inputs, name } of custom(trio[role]))
        expect([name, inputs.region]).toEqual([name, global.test(type) ? undefined : regions[role]]);
  });

  it("holds what moves traffic where users go then, and nothing of it in the region they leave", () => {
    const names = (role: (typeof roles)[number]) => custom(trio[role]).map(({ name }) => name);
    const moves = ["shop-lever-alarm", "shop-lever-check", "shop-state-table", "shop-analyzer-runs-function"];
    expect(names("standby")).toEqual(expect.arrayContaining(moves));
    for (const name of moves) expect([...names("primary"), ...names("witness")]).not.toContain(name);
  });

  it("marks what must not be lost", () => {
    const kept = roles.flatMap((role) => custom(trio[role]).filter(({ protect }) => protect));
    expect(kept.map(({ name }) => name).sort()).toEqual([
      "shop-rounds-table",
      "shop-rounds-table",
      "shop-rounds-table",
      "shop-state-table",
    ]);
  });

  it("gives the canary's key anew when its code changes, and the same when it does not", () => {
    const keys = roles.map((role) => find(trio[role], "shop-canaries-code").inputs.key);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^code\/[0-9a-f]{16}-syn-nodejs-5\.4\.zip$/);
    expect(find(previews.standby, "shop-canaries-code").inputs.key).toBe(keys[0]);
  });

  it("lays beside each function's code the files that it is told of", () => {
    let named = 0;
    for (const role of roles)
      for (const { name, inputs } of custom(trio[role]).filter(
        (r) => r.type === "aws:lambda/function:Function",
      )) {
        const { environment, code } = inputs as Told & { code: { assets: Record<string, { path: string }> } };
        for (const file of Object.values(environment.variables).filter((v) => /^\w+\.(json|yaml)$/.test(v))) {
          named += 1;
          expect([name, Object.keys(code.assets)]).toEqual([name, expect.arrayContaining([file])]);
        }
      }
    expect(named).toBe(6); // the topology for three probers, the analyzer and the dashboard; and the parts
    const { code } = find(trio.standby, "shop-analyzer-runs-function").inputs as {
      code: { assets: Record<string, { path: string }> };
    };
    expect(readFileSync(code.assets["parts.yaml"]?.path ?? "", "utf8")).toBe(asked["holdfast:parts"]);
  });

  it("packs the canary where its runtime looks for the handler, with no file besides", () => {
    for (const role of roles) {
      const canaries = custom(trio[role]).filter((r) => r.type === "aws:synthetics/canary:Canary");
      expect(canaries.length).toBeGreaterThan(0);
      const { assets } = find(trio[role], "shop-canaries-code").inputs.source as { assets: object };
      for (const { inputs } of canaries)
        expect(Object.keys(assets)).toEqual([fileOf(String(inputs.handler), String(inputs.runtimeVersion))]);
    }
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

  type Broken = Record<string, unknown> | "left out";
  type Break = [rule: string, role: (typeof roles)[number], name: string, broken: Broken];
  const role = (Action: string, Resource = "arn:aws:x:::y") => ({
    policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource }] }),
  });
  const ours = { "holdfast:workload": "shop" };
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
      "shop-analyzer-runs-policy",
      role("route53:ChangeResourceRecordSets"),
    ],
    ["monitors-share-no-fate", "witness", "shop-heartbeat-alarm", { region: "us-west-2" }],
    [
      "monitors-share-no-fate",
      "primary",
      "shop-users-errors",
      { tags: { ...ours, "holdfast:watches": "us-east-1" } },
    ],
    ["alarms-have-actions", "witness", "shop-heartbeat-alarm", { alarmActions: [] }],
    ["alarms-have-actions", "standby", "shop-canaries-us-east-1-fails", { treatMissingData: undefined }],
    ["logs-expire", "standby", "shop-analyzer-runs-log", { retentionInDays: 0 }],
    ["users-speak-tls", "primary", "shop-workload-door-http", { defaultActions: [{ type: "forward" }] }],
    ["users-speak-tls", "primary", "shop-workload-door-https", { sslPolicy: "ELBSecurityPolicy-2016-08" }],
    ["zones-are-several", "standby", "shop-network-public-b", { availabilityZone: "us-west-2a" }],
    ["one-task-always", "standby", "shop-workload-tasks-service", { desiredCount: 0 }],
    ["one-task-always", "standby", "shop-workload-tasks-number", { minCapacity: 0 }],
    [
      "deployments-roll-back",
      "primary",
      "shop-workload-tasks-service",
      { deploymentCircuitBreaker: undefined },
    ],
    ["canaries-walk", "witness", "shop-canaries-us-east-1-canary", { startCanary: false }],
    [
      "users-are-seen-from-two-regions",
      "witness",
      "shop-canaries-us-west-2-canary",
      { tags: { ...ours, "holdfast:role": "witness", "holdfast:watches": "us-east-1" } },
    ],
    ["storage-is-private", "witness", "shop-artifacts-shut", { blockPublicPolicy: false }],
    ["storage-is-private", "witness", "shop-artifacts-bucket", { acl: "public-read" }],
    ["storage-is-encrypted", "standby", "shop-state-table", { serverSideEncryption: undefined }],
    ["buckets-are-encrypted", "primary", "shop-artifacts-tls", "left out"],
    ["what-fails-is-given-up", "standby", "shop-analyzer-runs-tries", { maximumRetryAttempts: 2 }],
    ["what-fails-is-given-up", "standby", "shop-analyzer-runs-function", { deadLetterConfig: undefined }],
    ["state-is-protected", "standby", "shop-state-table", { pointInTimeRecovery: undefined }],
    ["everything-is-somebodys", "primary", "shop-network-vpc", { tags: { Name: "network" } }],
    ["what-is-kept-stays", "standby", "shop-analyzer-runs-policy", role("rds:RemoveFromGlobalCluster")],
    ["no-wildcards", "standby", "shop-analyzer-runs-policy", role("logs:PutLogEvents", "*")],
  ];

  function changed(r: Resource, broken: Broken): Resource[] {
    if (broken === "left out") return [];
    const change = (of: Record<string, unknown>) =>
      Object.fromEntries(Object.entries({ ...of, ...broken }).filter(([, v]) => v !== undefined));
    return [{ ...r, inputs: change(r.inputs), state: change(r.state) }];
  }

  for (const [rule, where, name, broken] of breaks)
    it(`stops a ${where} whose ${name} has ${JSON.stringify(broken).slice(0, 60)}, by ${rule}`, async () => {
      const resources = trio[where].resources.flatMap((r) => (r.name === name ? changed(r, broken) : [r]));
      const one = resources.filter((r) => r.name === name);
      const found = await pack.judge(resources, one);
      expect(found.map((v) => [v.rule, v.level])).toContainEqual([rule, "mandatory"]);
      expect(new Set(found.map((v) => v.rule)), "no other rule minds").toEqual(new Set([rule]));
    });

  it("has broken every rule of the pack", () => {
    expect(pack.rules.toSorted()).toEqual([...new Set(breaks.map(([rule]) => rule))].sort());
  });
});
