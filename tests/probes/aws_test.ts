/** How an account's resources are, asked of AWS's own kind of API over HTTP: hundreds of them, in two regions. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateDBClusterCommand, CreateDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { abreast } from "../../probes/abreast.ts";
import { withAws } from "../../probes/aws/mod.ts";
import { nodeEdge } from "../../probes/edge/node.ts";
import { probe } from "../../probes/probe.ts";
import { round } from "../../probes/round.ts";
import { parseTargets } from "../../probes/targets.ts";
import {
  BadInput,
  type Observation,
  parse,
  Round,
  type Target,
  Target as TargetSchema,
} from "../../store/records.ts";
import { missing } from "../machine.ts";
import { type AwsApi, awsApi } from "./awsapi.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const patience = () => AbortSignal.timeout(20_000);
const target = (url: string) => parseTargets(url, "here")[0] as Target;
const count = (n: number) => Array.from({ length: n }, (_, i) => i);

describe.skipIf(missing("moto_server"))("AWS health", () => {
  let api: AwsApi;
  beforeAll(async () => {
    api = await awsApi();
    await Promise.all([settle("us-east-1", 1), settle("eu-west-1", 0.1)]);
  }, 120_000);
  afterAll(() => api.stop());
  beforeEach(() => {
    api.meddle = () => null;
    api.calls = [];
    api.inFlightMax = 0;
  });

  /** A region with 30 instances, 140 databases, 40 target groups and 130 services, or a share of them. */
  async function settle(region: string, share: number) {
    const at = { region, credentials, endpoint: api.endpoint };
    const ec2 = new EC2Client(at);
    const rds = new RDSClient(at);
    const elb = new ElasticLoadBalancingV2Client(at);
    const ecs = new ECSClient(at);
    const n = 30 * share;
    await ec2.send(new RunInstancesCommand({ ImageId: "ami-12c6146b", MinCount: n, MaxCount: n }));
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({}));
    const [id = "", other = "", vpc = ""] = (Reservations?.[0]?.Instances ?? []).flatMap((one, i) =>
      i === 0
        ? [one.InstanceId ?? "", Reservations?.[0]?.Instances?.[1]?.InstanceId ?? "", one.VpcId ?? ""]
        : [],
    );
    await ec2.send(new StopInstancesCommand({ InstanceIds: [other] }));
    const about = {
      Engine: "mysql",
      DBInstanceClass: "db.t3.micro",
      MasterUsername: "a",
      MasterUserPassword: "password1",
    };
    await abreast(count(120 * share), 4, (i) =>
      rds.send(
        new CreateDBInstanceCommand({ ...about, DBInstanceIdentifier: `db-${i}`, AllocatedStorage: 20 }),
      ),
    );
    await abreast(count(20 * share), 4, (i) =>
      rds.send(
        new CreateDBClusterCommand({
          DBClusterIdentifier: `cluster-${i}`,
          Engine: "aurora-mysql",
          MasterUsername: "a",
          MasterUserPassword: "password1",
        }),
      ),
    );
    await abreast(count(40 * share), 4, async (i) => {
      const group = { Name: `group-${i}`, Protocol: "HTTP", Port: 80, VpcId: vpc } as const;
      const { TargetGroups } = await elb.send(new CreateTargetGroupCommand(group));
      const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
      await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: id }] }));
    });
    await ecs.send(new CreateClusterCommand({ clusterName: "shop" }));
    const containerDefinitions = [{ name: "web", image: "web", memory: 64 }];
    await ecs.send(new RegisterTaskDefinitionCommand({ family: "web", containerDefinitions }));
    await abreast(count(130 * share), 4, (i) =>
      ecs.send(
        new CreateServiceCommand({
          cluster: "shop",
          serviceName: `web-${i}`,
          taskDefinition: "web",
          desiredCount: i % 2,
        }),
      ),
    );
  }

  const edge = () => withAws(nodeEdge({ resolver: "127.0.0.1:53" }), { endpoint: api.endpoint, credentials });
  const ask = (url: string, signal = patience()) => probe(target(url), edge(), signal);
  /** What moto cannot be made to say: it knows no sickness. */
  const say = (action: string, from: string, to: string) => {
    api.meddle = (call) => (call.action === action ? { rewrite: (body) => body.replace(from, to) } : null);
  };
  const actions = () =>
    [...Map.groupBy(api.calls, ({ action }) => action)].map(([action, all]) => [action, all.length]);

  test("instances: running ones are counted, an impaired one is named", async () => {
    expect(await ask("aws://ec2/us-east-1")).toMatchObject({
      verdict: "up",
      facts: { counts: "ec2", healthy: 29, unhealthy: 0, unknown: 0 },
    });
    say("DescribeInstanceStatus", "<status>ok</status>", "<status>impaired</status>");
    const found = await ask("aws://ec2/us-east-1");
    expect(found).toMatchObject({
      verdict: "down",
      reason: "unhealthy",
      facts: { healthy: 28, unhealthy: 1 },
    });
    expect(found.facts.unhealthyNames).toEqual([expect.stringMatching(/^i-\w+: .*impaired/)]);
    say("DescribeInstanceStatus", "<status>ok</status>", "<status>insufficient-data</status>");
    expect(await ask("aws://ec2/us-east-1")).toMatchObject({
      verdict: "up",
      facts: { healthy: 28, unknown: 1 },
    });
  });

  test("databases and clusters: page after page", async () => {
    const found = await ask("aws://rds/us-east-1");
    expect(found).toMatchObject({ verdict: "up", facts: { healthy: 140, unhealthy: 0 } });
    expect(actions()).toEqual([
      ["DescribeDBInstances", 2],
      ["DescribeDBClusters", 1],
    ]);
    say("DescribeDBInstances", "<DBInstanceStatus>available", "<DBInstanceStatus>storage-full");
    expect(await ask("aws://rds/us-east-1")).toMatchObject({
      verdict: "down",
      reason: "unhealthy",
      facts: {
        healthy: 138,
        unhealthy: 2,
        unhealthyNames: [expect.stringMatching(/^db-\d+: storage-full$/), expect.anything()],
      },
    });
  });

  test("target groups: each asked by itself, a few at once; an ill target makes its group ill", async () => {
    expect(await ask("aws://elb/us-east-1")).toMatchObject({ verdict: "up", facts: { healthy: 40 } });
    expect(actions()).toEqual([
      ["DescribeTargetGroups", 1],
      ["DescribeTargetHealth", 40],
    ]);
    expect(api.inFlightMax).toBeLessThanOrEqual(4);
    api.meddle = ({ action, body }) =>
      action === "DescribeTargetHealth" && body.includes("group-7%2F")
        ? { rewrite: (xml) => xml.replace(">healthy<", ">unhealthy<") }
        : null;
    expect(await ask("aws://elb/us-east-1")).toMatchObject({
      verdict: "down",
      facts: {
        healthy: 39,
        unhealthy: 1,
        unhealthyNames: ["group-7: 0 healthy and 1 unhealthy of 1 targets"],
      },
    });
  });

  test("services: listed by the hundred, described by ten; too few tasks is ill, none wanted is neither", async () => {
    api.meddle = ({ action, body }) => {
      if (action !== "ListServices") return null; // moto gives them all at once; AWS a hundred at most
      const second = body.includes('"nextToken"');
      return {
        rewrite: (text) => {
          const { serviceArns } = JSON.parse(text) as { serviceArns: string[] };
          const page = second ? serviceArns.slice(100) : serviceArns.slice(0, 100);
          return JSON.stringify({ serviceArns: page, ...(second ? {} : { nextToken: "more" }) });
        },
      };
    };
    const found = await ask("aws://ecs/us-east-1");
    expect(found).toMatchObject({ verdict: "down", facts: { healthy: 0, unhealthy: 65, unknown: 65 } });
    expect(found.facts.unhealthyNames).toHaveLength(50);
    expect(found.facts.unhealthyNames).toContain("shop/web-1: 0 of 1 tasks run");
    expect(actions()).toEqual([
      ["ListClusters", 1],
      ["ListServices", 2],
      ["DescribeServices", 13],
    ]);
  });

  test("of one ECS service by name, how many tasks it runs and wants", async () => {
    expect(await ask("aws://ecs/us-east-1/shop/web-1")).toMatchObject({
      verdict: "down",
      reason: "unhealthy",
      facts: { running: 0, desired: 1 },
    });
    expect(actions()).toEqual([["DescribeServices", 1]]);
    const gone = await ask("aws://ecs/us-east-1/shop/nobody");
    expect(gone).toMatchObject({ verdict: "unknown", reason: "insufficient-data" });
    expect(gone.facts).not.toHaveProperty("running");
  });

  test.for([
    ["ec2", "RequestLimitExceeded", 503, "throttled"],
    ["rds", "Throttling", 400, "throttled"],
    ["elb", "Throttling", 400, "throttled"],
    ["ecs", "ThrottlingException", 400, "throttled"],
    ["ecs", "TooNewToBeKnown", 429, "throttled"],
    ["ec2", "UnauthorizedOperation", 403, "denied"],
    ["rds", "AccessDenied", 403, "denied"],
    ["elb", "AccessDenied", 403, "denied"],
    ["ecs", "AccessDeniedException", 400, "denied"],
    ["ec2", "InternalError", 500, "api-error"],
  ] as const)("%s says %s: unknown, asked once", async ([service, name, status, reason]) => {
    api.meddle = () => ({ error: [status, name] });
    const found = await ask(`aws://${service}/us-east-1`);
    expect(found).toMatchObject({ verdict: "unknown", reason, facts: { healthy: 0, unhealthy: 0 } });
    expect(String(found.facts.troubles)).toContain(name);
    expect(api.calls).toHaveLength(1);
  });

  test("throttled half-way: what was seen is kept, what was not is unknown", async () => {
    let n = 0;
    api.meddle = ({ action }) =>
      action === "DescribeTargetHealth" && ++n > 25 ? { error: [400, "Throttling"] } : null;
    expect(await ask("aws://elb/us-east-1")).toMatchObject({
      verdict: "unknown",
      reason: "throttled",
      facts: { healthy: 25, unhealthy: 0, unknown: 15 },
    });
    api.meddle = ({ action }) => (action === "DescribeDBClusters" ? { error: [403, "AccessDenied"] } : null);
    expect(await ask("aws://rds/us-east-1")).toMatchObject({
      verdict: "unknown",
      reason: "denied",
      facts: { healthy: 120, unhealthy: 0 },
    });
  });

  test("an API that does not answer ends with its time; one that is not there is unreachable", async () => {
    api.meddle = () => "hang";
    expect(await ask("aws://rds/us-east-1", AbortSignal.timeout(300))).toMatchObject({
      verdict: "unknown",
      reason: "timeout",
    });
    const nowhere = withAws(nodeEdge({ resolver: "127.0.0.1:53" }), {
      endpoint: "http://127.0.0.1:1",
      credentials,
    });
    expect(await probe(target("aws://rds/us-east-1"), nowhere, patience())).toMatchObject({
      verdict: "unknown",
      reason: "unreachable",
    });
  });

  test("a round over regions keeps them apart, and its observations are as any others", async () => {
    const services = ["ec2", "rds", "elb", "ecs"];
    const regions = ["us-east-1", "eu-west-1", "us-west-2"];
    const targets = regions.flatMap((region) => services.map((one) => target(`aws://${one}/${region}`)));
    const vantage = { id: "here", region: "eu-west-1" };
    const heard = Round.parse(await round({ vantage, targets, edge: edge(), timeoutMs: 20_000 }));
    const told = ({ service, region, reason, facts }: Observation) =>
      `${service}@${region} ${reason} ${facts.healthy}/${facts.unhealthy}/${facts.unknown}`;
    expect(heard.observations.map(told)).toEqual([
      "ec2@us-east-1 null 29/0/0",
      "rds@us-east-1 null 140/0/0",
      "elb@us-east-1 null 40/0/0",
      "ecs@us-east-1 unhealthy 0/65/65",
      "ec2@eu-west-1 null 2/0/0",
      "rds@eu-west-1 null 14/0/0",
      "elb@eu-west-1 null 4/0/0",
      "ecs@eu-west-1 unhealthy 0/6/7",
      ...services.map((one) => `${one}@us-west-2 nothing-there 0/0/0`),
    ]);
  });
});

test("a place that cannot ask AWS says so, and does not guess", async () => {
  const plain = nodeEdge({ resolver: "127.0.0.1:53" });
  expect(await probe(target("aws://ec2/us-east-1"), plain, patience())).toMatchObject({
    verdict: "unknown",
    reason: "not-equipped",
  });
});

describe.skipIf(missing("moto_server"))("a copy's lag", () => {
  let api: AwsApi;
  let cloudwatch: CloudWatchClient;
  beforeAll(async () => {
    api = await awsApi();
    cloudwatch = new CloudWatchClient({ region: "us-west-2", credentials, endpoint: api.endpoint });
  }, 60_000);
  afterAll(() => api?.stop());
  beforeEach(() => {
    api.meddle = () => null;
    api.calls = [];
  });
  let now = Date.now();
  const edge = () => withAws({ ...nodeEdge(), now: () => now }, { credentials, endpoint: api.endpoint });
  const copy = (cluster: string): Target =>
    parse("a target", TargetSchema, {
      id: cluster,
      kind: "aws",
      purpose: "data",
      service: "rds",
      region: "us-west-2",
      url: `aws://rds/us-west-2/${cluster}`,
    });
  const tell = (cluster: string, MetricName: string, lagMs: number, minutesAgo: number) =>
    cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: "AWS/RDS",
        MetricData: [
          {
            MetricName,
            Dimensions: [{ Name: "DBClusterIdentifier", Value: cluster }],
            Timestamp: new Date(now - minutesAgo * 60_000),
            Value: lagMs,
          },
        ],
      }),
    );

  test("is the newest that its cluster told, by the metric that says how much would be lost", async () => {
    await tell("shop", "AuroraGlobalDBRPOLag", 900, 4);
    await tell("shop", "AuroraGlobalDBRPOLag", 140, 2);
    await tell("shop", "AuroraGlobalDBReplicationLag", 20, 2);
    expect(await probe(copy("shop"), edge(), patience())).toMatchObject({
      verdict: "up",
      facts: { lagMs: 140, metric: "AuroraGlobalDBRPOLag" },
    });
    await tell("old", "AuroraGlobalDBReplicationLag", 35, 1); // an engine without the other
    expect(await probe(copy("old"), edge(), patience())).toMatchObject({ facts: { lagMs: 35 } });
  });

  test("that was told too long ago, or never, is not known", async () => {
    await tell("quiet", "AuroraGlobalDBRPOLag", 10, 8);
    for (const cluster of ["quiet", "nobody"])
      expect(await probe(copy(cluster), edge(), patience())).toMatchObject({
        verdict: "unknown",
        reason: "no-point",
        facts: { troubles: [`${cluster} told no lag of late`] },
      });
  });

  test("is paid for once a minute, however often it is asked; what was refused is asked again at once", async () => {
    await tell("paid", "AuroraGlobalDBRPOLag", 50, 1);
    const one = edge();
    api.meddle = ({ action }) => (action === "GetMetricData" ? { error: [400, "Throttling"] } : null);
    const refused = await probe(copy("paid"), one, patience());
    expect([refused.verdict, refused.reason]).toEqual(["unknown", "throttled"]);
    api.meddle = () => null;
    const asked = () => api.calls.filter((c) => c.action === "GetMetricData").length;
    for (let beat = 0; beat < 12; beat++, now += 10_000)
      expect(await probe(copy("paid"), one, patience())).toMatchObject({ facts: { lagMs: 50 } });
    expect(asked()).toBe(1 + 2);
  });

  test("is asked of a cluster alone, and of nothing else", () => {
    const { id, kind, service, region } = copy("shop");
    const asked = (purpose: string, url: string) => () =>
      parse("a target", TargetSchema, { id, kind, service, region, purpose, url });
    expect(asked("data", "aws://rds/us-west-2")).toThrow(/expected aws:\/\/rds\/REGION\/CLUSTER/);
    expect(asked("service", "aws://rds/us-west-2/shop")).toThrow(/where the purpose is data, and only there/);
  });
});

test.for(["aws://s3/us-east-1", "aws://ec2/nowhere", "aws://ec2", "aws://ec2/us-east-1/more"])(
  "%s is refused at the border",
  (url) => {
    expect(() => parseTargets(`a.test\n${url}`, "f")).toThrow(BadInput);
    expect(() => parseTargets(`a.test\n${url}`, "f")).toThrow(/f:2.*expected aws:\/\/SERVICE\/REGION/);
  },
);
