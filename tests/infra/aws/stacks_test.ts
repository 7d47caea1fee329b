/** What stands under which settings, by Pulumi's mocks: quick, but blind to names used twice; trio_test.ts is not. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { ActionSettings } from "../../../infra/account/actions/mod.ts";
import { readContainer } from "../../../infra/account/container.ts";
import { readEnvironment } from "../../../infra/account/mod.ts";
import { topologyOf } from "../../../infra/aws/topology.ts";
import { placedBy } from "../../../infra/cost/mod.ts";
import { readSettings, type Settings } from "../../../infra/settings.ts";
import { parseTargets } from "../../../probes/targets.ts";
import { missing } from "../../machine.ts";
import { lint } from "./iam-linter.ts";
import { answers, madeUp } from "./made-up.ts";
import { exampleConfig, fullConfig, ownBalancer } from "./trio.ts";

type Made = { type: string; name: string; inputs: Record<string, unknown> };
let made: Made[] = [];

await pulumi.runtime.setMocks({
  newResource: async ({ type, name, inputs }) => {
    made.push({ type, name, inputs });
    const { state } = await madeUp({ urn: name, type, name, inputs });
    return { id: `${name}-id`, state };
  },
  call: ({ token, inputs }) => answers[token]?.(inputs) ?? {},
});
const { stacks } = await import("../../../infra/aws/mod.ts");
const { Network } = await import("../../../infra/aws/network/network.ts");
const { Workload } = await import("../../../infra/aws/workload/workload.ts");

const files = { "index.mjs": "// packed" };
const code = {
  canary: files,
  prober: files,
  analyzer: files,
  dashboard: files,
  status: files,
  drain: files,
  auditor: files,
};

/** A whole stack takes a second to stand, so each is stood once. */
const stood = new Map<string, ReturnType<typeof standing>>();
const standing = (config: Record<string, string>, stack: string) =>
  making(readSettings(config, stack), (settings) => stacks[settings.role](settings, code));
const stand = (config: Record<string, string>, stack: string) => {
  const key = JSON.stringify([stack, Object.entries(config).sort()]);
  const known = stood.get(key) ?? standing(config, stack);
  stood.set(key, known);
  return known;
};

/** One component, where the whole stack would say nothing more. */
const component = (more: Record<string, string>, make: (settings: Settings) => unknown) =>
  making(readSettings({ ...exampleConfig("us-west-2"), ...more }, "us-west-2"), make);

async function making<T>(settings: Settings, make: (settings: Settings) => T) {
  made = [];
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // Pulumi notes a trace for each promise, and mapping those to sources was most of the time
  let outputs: T;
  try {
    outputs = make(settings);
    await pulumi.runtime.disconnect();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const all = made;
  const names = all.filter(({ type }) => type.startsWith("aws:")).map(({ name }) => name);
  return {
    outputs,
    names: names.sort(),
    inputs: (name: string) => all.find((m) => m.name === name)?.inputs,
    ofType: (type: string) => all.filter((m) => m.type === type),
  };
}

const drainCheck = { "holdfast:drainCheck": "01234567-89ab-cdef-0123-456789abcdef" };

/** With a database that follows the users. */
const moved = {
  ...fullConfig("us-west-2"),
  "holdfast:globalDatabase": "shop",
  "holdfast:primaryDatabase": "shop-east",
  "holdfast:standbyDatabase": "shop-west",
  "holdfast:moveDatabase": "true",
  "holdfast:rules": '{"recoveryPointMs":5000}',
};

describe("a stack without a name", () => {
  it("comes up with all but certificate and record, and says how to have those", async () => {
    for (const region of ["us-east-1", "us-west-2"] as const) {
      const { outputs, names } = await stand(exampleConfig(region), region);
      expect(names.filter((name) => /-(record|regional|names)/.test(name))).toEqual([]);
      expect(names).toEqual(
        expect.arrayContaining(["shop-traffic-endpoint", "shop-workload-tasks-service", "shop-network-vpc"]),
      );
      expect(outputs.missing).toEqual([
        `no failover record, as holdfast:domain is not set; to have it: pulumi config set holdfast:domain shop.example.com --stack ${region}`,
        expect.stringContaining("no certificate, so the door is shut to users"),
      ]);
    }
  });

  it("opens its door to nobody, and answers only what checkers ask", async () => {
    const { inputs, names } = await stand(exampleConfig("us-west-2"), "us-west-2");
    expect(names).not.toContain("shop-workload-door-https");
    expect(inputs("shop-workload-door-http")).toMatchObject({
      protocol: "HTTP",
      defaultActions: [{ type: "fixed-response", fixedResponse: { statusCode: "503" } }],
    });
    expect(inputs("shop-workload-door-health")).toMatchObject({
      conditions: [{ pathPattern: { values: ["/healthz"] } }],
    });
    expect(inputs("shop-traffic-endpoint")).toMatchObject({ type: "HTTP", port: 80 });
  });
});

describe("a stack with a name", () => {
  it("asks for a text in the answer when one is set", async () => {
    const plain = await stand(fullConfig("us-west-2"), "us-west-2");
    expect(plain.inputs("shop-traffic-endpoint")).toMatchObject({ type: "HTTPS", resourcePath: "/healthz" });
    expect(plain.inputs("shop-traffic-endpoint")).not.toHaveProperty("searchString");
    const text = {
      "holdfast:checkText": "all is well",
      "holdfast:checkPath": "/ready",
      "holdfast:image": "public.ecr.aws/nginx/nginx:stable",
    };
    const strict = await stand(fullConfig("us-west-2", text), "us-west-2");
    const expected = { type: "HTTPS_STR_MATCH", searchString: "all is well", resourcePath: "/ready" };
    expect(strict.inputs("shop-traffic-endpoint")).toMatchObject(expected);
    expect(strict.inputs("shop-workload-door-tasks")).toMatchObject({ healthCheck: { path: "/ready" } });
  });

  it("takes a load balancer of the user's own, and then makes neither network nor tasks", async () => {
    const own = { ...ownBalancer("us-east-1"), ...drainCheck };
    const { names, inputs, outputs } = await stand(fullConfig("us-east-1", own), "us-east-1");
    expect(names.filter((name) => /network|workload/.test(name))).toEqual([]);
    expect(inputs("shop-traffic-endpoint")).toMatchObject({ fqdn: "shop-1.us-east-1.elb.amazonaws.com" });
    expect(inputs("shop-traffic-record")).toMatchObject({ name: "shop.example.com" });
    expect(outputs.missing).toEqual([]);
  });

  it("gives each region a name of its own, which its certificate covers and canaries elsewhere ask", async () => {
    const here = await stand(fullConfig("us-east-1", drainCheck), "us-east-1");
    expect(here.inputs("shop-traffic-regional")).toMatchObject({ name: "us-east-1.shop.example.com" });
    expect(here.inputs("shop-names-certificate")).toMatchObject({
      domainName: "shop.example.com",
      subjectAlternativeNames: ["us-east-1.shop.example.com"],
    });
    const there = await stand(fullConfig("eu-west-1"), "eu-west-1");
    const canary = there.inputs("shop-canaries-us-east-1-canary") as {
      runConfig: { environmentVariables: Record<string, string> };
    };
    const { environmentVariables } = canary.runConfig;
    const targets = parseTargets(environmentVariables.HOLDFAST_TARGETS ?? "", "HOLDFAST_TARGETS");
    expect(targets.map((target) => target.kind)).toEqual(["http", "dns", "dns"]);
    expect(targets[0]).toMatchObject({ url: "https://us-east-1.shop.example.com/healthz" });
    expect(JSON.stringify(environmentVariables).length).toBeLessThan(4096);
  });
});

const network = (settings: Settings) => new Network("shop-network", settings);
const workload = (settings: Settings) =>
  new Workload("shop-workload", {
    ...settings,
    network: network(settings),
    certificate: undefined,
    checkPath: settings.check.path,
    shown: { environment: {}, may: [] },
  });

describe("a network", () => {
  const nats = async (more: Record<string, string>) => {
    const { ofType } = await component(more, network);
    const routes = ofType("aws:ec2/route:Route").map(({ name, inputs }) => [name, inputs.natGatewayId]);
    return { gateways: ofType("aws:ec2/natGateway:NatGateway").length, routes };
  };

  it("reaches out through one zone, through each zone by itself, or not at all", async () => {
    expect(await nats({})).toEqual({
      gateways: 1,
      routes: [
        ["shop-network-out-public", undefined],
        ["shop-network-out-a", "shop-network-nat-a-id"],
        ["shop-network-out-b", "shop-network-nat-a-id"],
      ],
    });
    const each = await nats({ "holdfast:nat": "each", "holdfast:zones": "a,b,c" });
    expect(each.gateways).toBe(3);
    expect(each.routes).toContainEqual(["shop-network-out-c", "shop-network-nat-c-id"]);
    const none = await nats({ "holdfast:nat": "none", "holdfast:endpoints": "ecr.api,ecr.dkr,logs" });
    expect(none).toEqual({ gateways: 0, routes: [["shop-network-out-public", undefined]] });
  });

  it("reaches AWS from inside: S3 and DynamoDB always, what else was chosen by its own name", async () => {
    const { ofType } = await component({ "holdfast:endpoints": "ecr.api,logs" }, network);
    const doors = ofType("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => [
      inputs.serviceName,
      inputs.vpcEndpointType,
    ]);
    expect(doors).toEqual([
      ["com.amazonaws.us-west-2.s3", "Gateway"],
      ["com.amazonaws.us-west-2.dynamodb", "Gateway"],
      ["com.amazonaws.us-west-2.ecr.api", "Interface"],
      ["com.amazonaws.us-west-2.logs", "Interface"],
    ]);
  });

  it("lets Route 53's checkers in where not everybody may come", async () => {
    const { inputs } = await component({ "holdfast:clients": "203.0.113.0/24" }, workload);
    const { ingress } = inputs("shop-workload-door-guard") as { ingress: { description: string }[] };
    expect(ingress.map(({ description }) => description)).toEqual([
      "users",
      "Route 53's checkers",
      "users",
      "Route 53's checkers",
    ]);
  });
});

describe("a service", () => {
  it("stands by with fewer tasks than carry all, and never none", async () => {
    const tasks = { "holdfast:tasks": "4", "holdfast:standbyTasks": "2" };
    const standby = await component(tasks, workload);
    const primary = await component({ ...tasks, "aws:region": "us-east-1" }, workload);
    expect(standby.inputs("shop-workload-tasks-number")).toMatchObject({ minCapacity: 2, maxCapacity: 10 });
    expect(primary.inputs("shop-workload-tasks-service")).toMatchObject({ desiredCount: 4 });
  });

  it("runs the dashboard where no other image is named, told and let do what that takes", async () => {
    const access = JSON.stringify({
      secret: "a secret of more than thirty-two characters",
      tokens: [{ name: "wall", role: "read", sha256: "0".repeat(64) }],
    });
    const config = { ...fullConfig("us-west-2"), "holdfast:access": access };
    const { inputs } = await stand(config, "us-west-2");
    const secret = inputs("shop-workload-tasks-task")?.containerDefinitions as { value: string }; // as who may enter is one
    const [container] = JSON.parse(secret.value);
    const told = Object.fromEntries(
      container.environment.map((e: { name: string; value: string }) => [e.name, e.value]),
    );
    expect(Object.keys(told).length).toBe(container.environment.length);
    expect(readContainer(told)).toMatchObject({
      port: 8080,
      access: { tokens: [{ name: "wall" }] },
      HOLDFAST_REGION: "us-west-2",
      HOLDFAST_HOSTS: ["shop.example.com", "us-west-2.shop.example.com"],
    });
    const statements = (name: string) => JSON.parse(String(inputs(name)?.policy)).Statement;
    const own = ["KeepALog", "GiveUp"]; // a function's
    expect(statements("shop-workload-tasks-self-policy")).toEqual(
      statements("shop-dashboard-runs-policy").filter(({ Sid }: { Sid: string }) => !own.includes(Sid)),
    );
  });

  it("runs any image, and asks for no permission to fetch one that lies outside ECR", async () => {
    const image = { "holdfast:image": "public.ecr.aws/nginx/nginx:stable", "holdfast:port": "80" };
    const { inputs, names } = await component(image, workload);
    expect(names).not.toContain("shop-workload-image-repository");
    expect(JSON.parse(String(inputs("shop-workload-tasks-task")?.containerDefinitions))).toMatchObject([
      { image: "public.ecr.aws/nginx/nginx:stable", portMappings: [{ containerPort: 80 }] },
    ]);
    expect(String(inputs("shop-workload-tasks-starter-policy")?.policy)).not.toContain("ecr:");
  });
});

type Told = Record<string, string>;
/** What a function is told, each variable that is JSON read. */
const toldOf = (made: Record<string, unknown> | undefined): Record<string, unknown> => {
  const { variables } = (made?.environment ?? { variables: {} }) as { variables: Record<string, string> };
  return Object.fromEntries(
    Object.entries(variables).map(([name, text]) => [name, /^[[{]/.test(text) ? JSON.parse(text) : text]),
  );
};

describe("the lever", () => {
  it("is a pair of routing controls when that was chosen, with a rule that one stays on", async () => {
    const arc = { "holdfast:lever": "arc" };
    const { inputs, outputs, names } = await stand(fullConfig("us-west-2", arc), "us-west-2");
    expect(names).not.toContain("shop-lever-alarm");
    expect(inputs("shop-lever-check-primary")).toMatchObject({ type: "RECOVERY_CONTROL" });
    expect(inputs("shop-lever-one-stays")).toMatchObject({
      ruleConfig: { type: "ATLEAST", threshold: 1, inverted: false },
    });
    expect(inputs("shop-traffic-serve")).toMatchObject({
      childHealthchecks: ["shop-traffic-endpoint-id", "shop-lever-check-standby-id"],
      childHealthThreshold: 2,
    });
    expect(outputs.drainCheck).toBeDefined();
    expect(String(inputs("shop-analyzer-runs-policy")?.policy)).toContain("UpdateRoutingControlState");
    expect(toldOf(inputs("shop-analyzer-runs-function")).HOLDFAST_LEVER).toMatchObject({
      kind: "arc",
      control: expect.stringMatching(/useast1$/),
      shadowControl: expect.stringMatching(/shadow$/),
    });
    expect(JSON.stringify(inputs("shop-lever-one-stays"))).not.toContain("shadow"); // no rule holds it
  });
});

describe("the page for anybody", () => {
  it("is not there unless a title is set", async () => {
    const { names, outputs } = await stand(fullConfig("us-west-2"), "us-west-2");
    expect([names.filter((name) => name.includes("status")), outputs.status]).toEqual([[], undefined]);
  });

  it("is a function of its own, open to all, few at once, whose role changes nothing", async () => {
    const config = { ...fullConfig("us-west-2"), "holdfast:status": "Shop" };
    const stack = await stand(config, "us-west-2");
    const { inputs, outputs } = stack;
    expect(outputs.status).toBeDefined();
    const told = toldOf(inputs("shop-status-runs-function")) as Record<string, string>;
    expect(told).toMatchObject({ HOLDFAST_STATUS: "Shop", HOLDFAST_STATE_TABLE: "holdfast-shop-state" });
    expect(inputs("shop-status-runs-function")).toMatchObject({ reservedConcurrentExecutions: 2 });
    expectOpenToAll("shop-status", stack, ["dynamodb:GetItem", "dynamodb:Query"]);
    expect(inputs("shop-dashboard-url")).toMatchObject({ authorizationType: "AWS_IAM" }); // which stays shut
  });
});

describe("the lever, where checkers ask a function for it", () => {
  const asked = { ...fullConfig("us-west-2"), "holdfast:lever": "endpoint" };

  it("is drained only while that answers well, and where nobody answers nobody is drained", async () => {
    const { inputs, outputs, names } = await stand(asked, "us-west-2");
    expect(names).not.toContain("shop-lever-alarm");
    expect(inputs("shop-lever-check")).toMatchObject({
      type: "HTTPS",
      fqdn: expect.stringMatching(/^[0-9a-f]+\.lambda-url\.us-west-2\.on\.aws$/),
      resourcePath: "/",
      requestInterval: 10,
      invertHealthcheck: true,
      enableSni: true,
    });
    expect(outputs.drainCheck).toBeDefined();
    const { fqdn } = inputs("shop-lever-check") as { fqdn: string };
    expect(toldOf(inputs("shop-analyzer-runs-function")).HOLDFAST_LEVER).toEqual({
      kind: "endpoint",
      table: "holdfast-shop-state",
      url: `https://${fqdn}/`,
      shadowUrl: `https://${fqdn}/shadow`,
    });
  });

  it("has a function that is told all it reads, kept from what others use up, and open to those who sign nothing", async () => {
    const stack = await stand(asked, "us-west-2");
    const { inputs } = stack;
    const told = toldOf(inputs("shop-lever-runs-function")) as Record<string, string>;
    expect(readEnvironment("drain", told)).toEqual(told);
    expect(inputs("shop-lever-runs-function")).toMatchObject({ reservedConcurrentExecutions: 10 });
    expectOpenToAll("shop-lever", stack, "dynamodb:GetItem");
  });

  it.each(["metric", "endpoint", "arc"] as const)("costs, as %s, what is made for it", async (lever) => {
    const config = { ...asked, "holdfast:lever": lever };
    const settings = readSettings(config, "us-west-2");
    const placed = placedBy(settings, { cadenceSeconds: 10, canaryMinutes: settings.canaryMinutes, lever });
    const { ofType } = await stand(config, "us-west-2");
    const checks = ofType("aws:route53/healthCheck:HealthCheck").map(({ inputs }) => inputs);
    expect(placed.alarms).toBe(ofType("aws:cloudwatch/metricAlarm:MetricAlarm").length);
    expect(placed.healthChecks).toBe(checks.length);
    const options = checks.flatMap((c) => [/HTTPS/.test(String(c.type)), c.requestInterval === 10]);
    expect(placed.healthCheckOptions).toBe(options.filter(Boolean).length);
  });
});

describe("tasks of the user's own, behind load balancers of the user's own", () => {
  const own = { ...fullConfig("us-west-2"), ...ownBalancer("us-west-2") };
  const named = { ...own, "holdfast:primaryService": "east/web", "holdfast:standbyService": "west/web" };
  const look = async (config: Record<string, string>) => {
    const { inputs } = await stand(config, "us-west-2");
    const topology = topologyOf(readSettings(config, "us-west-2"));
    return {
      capacity: ActionSettings.parse(toldOf(inputs("shop-analyzer-runs-function")).HOLDFAST_ACTIONS).capacity,
      counted: topology.targets.flatMap((t) => (t.purpose === "capacity" && "url" in t ? [t.url] : [])),
      sizes: topology.regions.map(({ capacity }) => capacity),
      policies: ["analyzer", "prober"].map((what) => String(inputs(`shop-${what}-runs-policy`)?.policy)),
    };
  };

  it("are neither counted nor raised while nobody says which they are", async () => {
    expect(await look(own)).toMatchObject({ capacity: {}, counted: [], sizes: [null, null, null] });
  });

  it("are counted, and raised in the standby, where the settings name them, and no others", async () => {
    const { capacity, counted, sizes, policies } = await look(named);
    expect(capacity).toEqual({ "us-west-2": { cluster: "west", service: "web" } });
    expect(counted).toEqual(["aws://ecs/us-east-1/east/web", "aws://ecs/us-west-2/west/web"]);
    expect(sizes).toEqual([{ normal: 2, full: 2 }, { normal: 1, full: 2 }, null]);
    for (const policy of policies) {
      expect(policy).toContain("arn:aws:ecs:us-west-2:123456789012:service/west/web");
      expect(policy).not.toContain("service/holdfast-shop");
    }
  });
});

describe("a database of the user's own", () => {
  const named = { ...fullConfig("us-west-2"), "holdfast:standbyDatabase": "shop-west" };
  type Allowed = { Sid: string; Action: string | string[]; Resource: string | string[]; Condition?: object };
  const may = (policy: unknown): Allowed[] => JSON.parse(String(policy)).Statement;
  const ofRds = (policy: unknown) => may(policy).filter(({ Action }) => /rds:/.test(JSON.stringify(Action)));
  const asksCopy = async (config: Record<string, string>) => {
    const { inputs } = await stand(config, "us-west-2");
    const hears = may(inputs("shop-prober-runs-policy")?.policy).filter(({ Sid }) => Sid === "HearTheCopy");
    const targets = topologyOf(readSettings(config, "us-west-2")).targets;
    return { hears, copies: targets.flatMap((t) => (t.purpose === "data" && "url" in t ? [t.url] : [])) };
  };

  it("is left alone where none is named: nobody asks about it, and nobody may", async () => {
    const { inputs } = await stand(fullConfig("us-west-2"), "us-west-2");
    expect(toldOf(inputs("shop-analyzer-runs-function")).HOLDFAST_ACTIONS).not.toHaveProperty("database");
    expect(ofRds(inputs("shop-analyzer-runs-policy")?.policy)).toEqual([]);
    expect(await asksCopy(fullConfig("us-west-2"))).toEqual({ hears: [], copies: [] });
  });

  it("is asked how far the standby's copy is behind, and not moved unasked", async () => {
    const { inputs } = await stand(named, "us-west-2");
    const copies = ["aws://rds/us-west-2/shop-west"];
    expect(await asksCopy(named)).toMatchObject({
      hears: [
        {
          Action: "cloudwatch:GetMetricData",
          Condition: { StringEquals: { "aws:RequestedRegion": ["us-west-2"] } },
        },
      ],
      copies,
    });
    expect(toldOf(inputs("shop-analyzer-runs-function")).HOLDFAST_ACTIONS).not.toHaveProperty("database");
    expect(ofRds(inputs("shop-analyzer-runs-policy")?.policy)).toEqual([]);
  });

  it("follows the users where that was asked for, within what the rules let them lose, and nothing else is done to it", async () => {
    const { inputs } = await stand(moved, "us-west-2");
    const cluster = (region: string, id: string) => `arn:aws:rds:${region}:123456789012:cluster:${id}`;
    const clusters = {
      "us-east-1": cluster("us-east-1", "shop-east"),
      "us-west-2": cluster("us-west-2", "shop-west"),
    };
    const { HOLDFAST_ACTIONS: actions } = toldOf(inputs("shop-analyzer-runs-function"));
    expect(ActionSettings.parse(actions)).toMatchObject({
      capacity: { "us-west-2": { cluster: "holdfast-shop" } },
      database: { globalCluster: "shop", clusters, lagMsMax: 5000 },
    });
    const global = "arn:aws:rds::123456789012:global-cluster:shop";
    expect(ofRds(inputs("shop-analyzer-runs-policy")?.policy)).toEqual([
      { Sid: "SeeWhoWrites", Effect: "Allow", Action: "rds:DescribeGlobalClusters", Resource: global },
      {
        Sid: "MoveTheWriter",
        Effect: "Allow",
        Action: ["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"],
        Resource: [global, ...Object.values(clusters)],
      },
    ]);
    expect((await asksCopy(moved)).copies).toHaveLength(1);
  });

  it("costs each prober two numbers a minute", () => {
    for (const [config, lagsRead] of [
      [named, 2],
      [fullConfig("us-west-2"), 0],
    ] as const) {
      const settings = readSettings(config, "us-west-2");
      const aside = { cadenceSeconds: 10, canaryMinutes: 1, lever: settings.lever };
      expect(placedBy(settings, aside)).toMatchObject({ lagsRead });
    }
  });
});

describe("what roles may do", () => {
  it.skipIf(missing("parliament"))(
    "is there to be allowed, on such things and conditions, by AWS's own reference",
    async () => {
      const every = [
        ["us-east-1", { ...fullConfig("us-east-1"), ...drainCheck }],
        ["us-west-2", { ...fullConfig("us-west-2"), "holdfast:lever": "metric" }],
        ["us-west-2", { ...fullConfig("us-west-2"), "holdfast:lever": "endpoint" }],
        ["us-west-2", { ...fullConfig("us-west-2"), "holdfast:lever": "arc" }],
        ["eu-west-1", fullConfig("eu-west-1")],
        ["us-west-2", moved],
      ] as const;
      const policies: Record<string, string> = {};
      for (const [i, [stack, config]] of every.entries()) {
        const { ofType } = await stand(config, stack);
        for (const type of [
          "aws:iam/rolePolicy:RolePolicy",
          "aws:iam/policy:Policy",
          "aws:s3/bucketPolicy:BucketPolicy",
        ])
          for (const { name, inputs } of ofType(type)) policies[`${i}-${name}`] = String(inputs.policy);
      }
      expect(Object.keys(policies).length).toBeGreaterThan(40);
      const broken =
        policies["1-shop-analyzer-runs-policy"]?.replace("dynamodb:Query", "dynamodb:Quarry") ?? "";
      expect(lint({ ...policies, broken })).toEqual([
        expect.stringMatching(/^broken: UNKNOWN_ACTION .*Quarry/),
      ]);
    },
  );
});

describe("those who watch", () => {
  it("take silence for death, from the witness region", async () => {
    const { inputs } = await stand(exampleConfig("eu-west-1"), "eu-west-1");
    expect(inputs("shop-heartbeat-alarm")).toMatchObject({
      metricName: "Beat",
      treatMissingData: "breaching",
    });
  });

  it("look from there whether what stands is what was made, with what the audit reads", async () => {
    const { inputs } = await stand(fullConfig("eu-west-1"), "eu-west-1");
    const { HOLDFAST_AUDIT: audit, ...told } = toldOf(inputs("shop-auditor-runs-function"));
    const read = readEnvironment("auditor", { ...told, HOLDFAST_AUDIT: JSON.stringify(audit) } as Told);
    expect(read.HOLDFAST_AUDIT).toMatchObject({ domain: { zoneId: "Z0EXAMPLE" }, lever: "metric" });
    expect(inputs("shop-auditor-minute-schedule")).toMatchObject({ scheduleExpression: "rate(5 minutes)" });
  });

  it("write to whoever asked to be told", async () => {
    const config = { ...exampleConfig("eu-west-1"), "holdfast:alertEmail": "ops@example.com" };
    const { inputs } = await stand(config, "eu-west-1");
    expect(inputs("shop-alerts-email")).toMatchObject({ protocol: "email", endpoint: "ops@example.com" });
  });

  it("hear the users at the standby's own balancer, and at the primary's once that is told", async () => {
    const lent = await stand(exampleConfig("us-west-2"), "us-west-2");
    const standby = { "us-west-2": expect.stringMatching(/^app\/holdfast-shop\/[0-9a-f]+$/) };
    expect(toldOf(lent.inputs("shop-analyzer-runs-function")).HOLDFAST_BALANCERS).toEqual(standby);
    const config = { ...exampleConfig("us-west-2"), "holdfast:primaryBalancer": "app/shop/50dc6c495c0c9188" };
    const told = await stand(config, "us-west-2");
    expect(toldOf(told.inputs("shop-analyzer-runs-function")).HOLDFAST_BALANCERS).toEqual({
      "us-east-1": "app/shop/50dc6c495c0c9188",
      ...standby,
    });
    const own = await stand(fullConfig("us-west-2", ownBalancer("us-west-2")), "us-west-2");
    expect(toldOf(own.inputs("shop-analyzer-runs-function"))).not.toHaveProperty("HOLDFAST_BALANCERS");
    expect(String(own.inputs("shop-analyzer-runs-policy")?.policy)).not.toContain("GetMetricData");
  });

  it("let the analyzer publish in the standby and the witness region, and nothing else it could hurt with", async () => {
    const { inputs } = await stand(exampleConfig("us-west-2"), "us-west-2");
    const { Statement } = JSON.parse(String(inputs("shop-analyzer-runs-policy")?.policy));
    const actions: string[] = Statement.flatMap((s: { Action: string | string[] }) => s.Action);
    const services = new Set(actions.map((action) => action.split(":")[0]));
    expect([...services].sort()).toEqual([
      "application-autoscaling",
      "cloudwatch",
      "dynamodb",
      "ecs",
      "logs",
      "sns",
      "sqs",
    ]);
    const put = Statement.find((s: { Sid: string }) => s.Sid === "PullTheLeverAndBeat");
    expect(put.Condition.StringEquals).toEqual({
      "cloudwatch:namespace": "Holdfast",
      "aws:RequestedRegion": ["us-west-2", "eu-west-1"],
    });
  });
});

it("makes alarms of which each has a row in docs/operations.md, as has none besides", async () => {
  const placed: [stack: Parameters<typeof fullConfig>[0], more: Record<string, string>][] = [
    ["us-east-1", drainCheck],
    ["eu-west-1", {}],
    ["us-west-2", { "holdfast:lever": "metric" }],
    ["us-west-2", { "holdfast:lever": "endpoint" }],
  ];
  const alarms: string[] = [];
  for (const [stack, more] of placed) {
    const { ofType } = await stand(fullConfig(stack, more), stack);
    for (const { name, inputs } of ofType("aws:cloudwatch/metricAlarm:MetricAlarm"))
      alarms.push(String(inputs.name ?? name));
  }
  const page = readFileSync(join(import.meta.dirname, "../../../docs/operations.md"), "utf8");
  const rows = [...page.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/`(.*?)`/g)].map(([, name = ""]) => name),
  );
  const tells = (row: string, alarm: string) =>
    new RegExp(
      `^${row.replace("…", ".+").replace("WORKLOAD", "shop").replace("REGION", "[a-z0-9-]+")}$`,
    ).test(alarm);
  expect(alarms.filter((alarm) => !rows.some((row) => tells(row, alarm)))).toEqual([]);
  expect(rows.filter((row) => !alarms.some((alarm) => tells(row, alarm)))).toEqual([]);
});

/** A function that answers whoever asks its URL, and whose role may do that one thing. */
function expectOpenToAll(
  name: string,
  { inputs }: Awaited<ReturnType<typeof stand>>,
  may: string | string[],
) {
  expect(inputs(`${name}-url`)).toMatchObject({ authorizationType: "NONE" });
  expect([inputs(`${name}-ask`), inputs(`${name}-answer`)]).toMatchObject([
    { action: "lambda:InvokeFunctionUrl", functionUrlAuthType: "NONE", principal: "*" },
    { action: "lambda:InvokeFunction", invokedViaFunctionUrl: true, principal: "*" },
  ]);
  const { Statement } = JSON.parse(String(inputs(`${name}-runs-policy`)?.policy));
  const does = Statement.filter((s: { Sid: string }) => !["KeepALog", "GiveUp"].includes(s.Sid));
  expect(does.map((s: { Action: string | string[] }) => s.Action)).toEqual([may]);
}
