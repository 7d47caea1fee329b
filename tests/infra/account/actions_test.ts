/** What a move brings along in an account: tasks, instances and the database, over real HTTP against a local AWS API that
 *  also fails. Whatever happens on the way, the end is the same, and nothing counts as done that was not seen. */
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
} from "@aws-sdk/client-auto-scaling";
import { ECSClient } from "@aws-sdk/client-ecs";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ActionRim, ActionSettings, actionsFrom, dataGate } from "../../../infra/account/actions/mod.ts";
import { sizeWanted } from "../../../infra/account/actions/size.ts";
import { topology } from "../../../infra/simulated/stage.ts";
import { BadInput, parse } from "../../../store/records.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { clusterIn, type GlobalDb, globalCluster, globalDb } from "./globaldb.ts";
import { type Recorder, recorder } from "./recorder.ts";
import { autoscale, makeService } from "./service.ts";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const region = "us-west-2";

describe("sizeWanted()", () => {
  test("is the region's own size, unless the source had grown beyond it when last heard", () => {
    const size = { normal: 1, full: 4 };
    expect(sizeWanted("normal", { ...size, percentOfSource: 100 }, 40)).toBe(1);
    expect(sizeWanted("full", size, 40)).toBe(4);
    expect(sizeWanted("full", { ...size, percentOfSource: 50 }, 9)).toBe(5);
    expect(sizeWanted("full", { ...size, percentOfSource: 100 }, 2)).toBe(4); // it had lost its tasks already
    expect(sizeWanted("full", { ...size, percentOfSource: 100 }, null)).toBe(4); // never heard
  });
});

describe("dataGate()", () => {
  test("is open only for a lag that is known and within its limit", () => {
    expect(dataGate({ lagMs: 900, limitMs: 1_000 })).toEqual({
      open: true,
      why: "its copy of the data is 0.9 s behind",
    });
    expect(dataGate({ lagMs: 1_000, limitMs: 1_000 }).open).toBe(true);
    expect(dataGate({ lagMs: 1_001, limitMs: 1_000 })).toMatchObject({
      open: false,
      why: /1\.0 s behind, and 1\.0 s/,
    });
    expect(dataGate({ lagMs: null, limitMs: 1_000 })).toMatchObject({ open: false, why: /nobody knows/ });
  });
});

describe.skipIf(missing("moto_server"))("what a move brings along", () => {
  let api: AwsApi;
  let exchange: Recorder;
  let made = 0;
  beforeAll(async () => {
    api = await awsApi();
    exchange = await recorder(api.endpoint);
  }, 60_000);
  afterAll(async () => {
    await exchange?.stop();
    await api?.stop();
  });
  beforeEach(() => {
    exchange.calls.length = 0;
    exchange.standIns.length = 0;
    api.meddle = () => null;
  });

  const actions = (settings: unknown, rim: Partial<ActionRim> = {}) =>
    actionsFrom(parse("actions", ActionSettings, settings), {
      topology: topology(),
      source: async () => null,
      gate: async () => ({ open: false, why: "nobody knows" }),
      reach: { credentials, agent: exchange.agent },
      ...rim,
    });
  const direct = () => ({ region, endpoint: api.endpoint, credentials });
  const changing = () =>
    exchange.calls.map((c) => c.action).filter((action) => !action.startsWith("Describe"));

  describe("ECS tasks", () => {
    let tasksRun = true;
    /** Moto takes those asked for to run; here they do, or none does. */
    const running = ({ action }: { action: string }) =>
      /^(Describe|Update)Service/.test(action)
        ? {
            rewrite: (body: string) => {
              const desired = tasksRun ? (/"desiredCount": ?(\d+)/.exec(body)?.[1] ?? "0") : "0";
              return body.replaceAll(/"runningCount": ?\d+/g, `"runningCount": ${desired}`);
            },
          }
        : null;
    /** A new service of one task; with an autoscaler, one that goes from one to `max`. */
    async function service(max: number | null) {
      const named = { cluster: "shop", service: `web${made++}` };
      await makeService(new ECSClient(direct()), named);
      const scaling = new ApplicationAutoScalingClient(direct());
      if (max !== null) await autoscale(scaling, named, max);
      const limits = async () => {
        const { ScalableTargets = [] } = await scaling.send(
          new DescribeScalableTargetsCommand({
            ServiceNamespace: "ecs",
            ResourceIds: [`service/shop/${named.service}`],
          }),
        );
        return ScalableTargets.map((t) => [t.MinCapacity, t.MaxCapacity]);
      };
      exchange.calls.length = 0;
      return { settings: { capacity: { [region]: named } }, limits };
    }
    beforeEach(() => {
      tasksRun = true;
      api.meddle = running;
    });

    test("raises the autoscaler's minimum first, and its maximum where that is in the way; then the count", async () => {
      const { settings, limits } = await service(2);
      expect(await actions(settings).scale(region, "full")).toBe(true);
      expect(changing()).toEqual(["RegisterScalableTarget", "UpdateService"]);
      expect(await limits()).toEqual([[4, 4]]);
    });

    test("asks for nothing again that is so already, and makes no autoscaler where there is none", async () => {
      const { settings, limits } = await service(null);
      await actions(settings).scale(region, "full");
      exchange.calls.length = 0;
      expect(await actions(settings).scale(region, "full")).toBe(true);
      expect(changing()).toEqual([]);
      expect(await limits()).toEqual([]);
    });

    test("is not done while the tasks do not run", async () => {
      const { settings } = await service(10);
      tasksRun = false;
      expect(await actions(settings).scale(region, "full")).toBe(false);
      tasksRun = true;
      expect(await actions(settings).scale(region, "full")).toBe(true);
    });

    test("goes back by letting the autoscaler go down, and by the count where there is none", async () => {
      const scaled = await service(10);
      await actions(scaled.settings).scale(region, "full");
      exchange.calls.length = 0;
      expect(await actions(scaled.settings).scale(region, "normal")).toBe(true);
      expect(changing()).toEqual(["RegisterScalableTarget"]);
      expect(await scaled.limits()).toEqual([[1, 10]]);
      const bare = await service(null);
      await actions(bare.settings).scale(region, "full");
      exchange.calls.length = 0;
      expect(await actions(bare.settings).scale(region, "normal")).toBe(true);
      expect(changing()).toEqual(["UpdateService"]);
    });

    test("asks for what the source had when last heard, where that is more", async () => {
      const { settings, limits } = await service(2);
      const what = { cluster: "shop", service: settings.capacity[region]?.service, percentOfSource: 150 };
      const heard = actions({ capacity: { [region]: what } }, { source: async () => 10 });
      expect(await heard.scale(region, "full")).toBe(true);
      expect(await limits()).toEqual([[15, 15]]);
    });

    test("whichever calls are throttled, denied or cut off, in any order, it ends where it should, and never says so too soon", async () => {
      const faults = [
        [400, "ThrottlingException"],
        [400, "AccessDeniedException"],
        [500, "ServerException"],
      ] as const;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.option(fc.constantFrom(...faults)), { maxLength: 8 }),
          async (script) => {
            const { settings, limits } = await service(2);
            const left = [...script];
            api.meddle = (call) => {
              const fault = left.shift();
              return fault ? { error: [...fault] } : running(call);
            };
            let done = false;
            for (let tick = 0; tick < script.length + 1 && !done; tick++) {
              done = await actions(settings)
                .scale(region, "full")
                .catch(() => false);
            }
            api.meddle = running;
            expect([done, await limits()]).toEqual([true, [[4, 4]]]);
            exchange.calls.length = 0;
            await actions(settings).scale(region, "full");
            expect(changing()).toEqual([]);
          },
        ),
        { numRuns: 5 },
      );
    });

    test("a service that is not there is said, by its name", async () => {
      await expect(
        actions({ capacity: { [region]: { cluster: "shop", service: "nobody" } } }).scale(region, "full"),
      ).rejects.toThrow(/nobody/);
    });
  });

  describe("instances", () => {
    test("are brought to size and back, their group's limits with them, and are done once in service", async () => {
      const client = new AutoScalingClient(direct());
      const AutoScalingGroupName = "shop-web";
      await client.send(
        new CreateLaunchConfigurationCommand({
          LaunchConfigurationName: "web",
          ImageId: "ami-12c6146b",
          InstanceType: "t3.micro",
        }),
      );
      await client.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName,
          LaunchConfigurationName: "web",
          MinSize: 1,
          MaxSize: 2,
          DesiredCapacity: 1,
          AvailabilityZones: ["us-west-2a"],
        }),
      );
      const limits = async () => {
        const { AutoScalingGroups = [] } = await client.send(
          new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
        );
        return AutoScalingGroups.map((g) => [g.MinSize, g.DesiredCapacity, g.MaxSize]);
      };
      const hands = actions({ capacity: { [region]: { group: AutoScalingGroupName } } });
      exchange.calls.length = 0;
      expect(await hands.scale(region, "full")).toBe(true);
      expect(await limits()).toEqual([[4, 4, 4]]);
      exchange.calls.length = 0;
      expect(await hands.scale(region, "full")).toBe(true);
      expect(changing()).toEqual([]);
      expect(await hands.scale(region, "normal")).toBe(true);
      expect(await limits()).toEqual([[1, 1, 4]]);
      api.meddle = ({ action }) =>
        action === "DescribeAutoScalingGroups"
          ? { rewrite: (body) => body.replaceAll("InService", "Pending") }
          : null;
      expect(await hands.scale(region, "full")).toBe(false);
    });
  });

  describe("the database", () => {
    const settings = {
      database: {
        globalCluster,
        clusters: { "us-east-1": clusterIn("us-east-1"), "us-west-2": clusterIn("us-west-2") },
        lagMsMax: 1_000,
      },
    };
    const open = { gate: async () => dataGate({ lagMs: 200, limitMs: 1_000 }) };
    let db: GlobalDb;
    beforeEach(() => {
      db = globalDb();
      exchange.standIns.push(db.standIn);
    });

    test("is left alone unless that was asked for", async () => {
      expect(await actions({}).moveData(region, "failover")).toBe(true);
      expect(exchange.calls).toEqual([]);
    });

    test("is asked of the region that takes over, by the target's ARN, once, and is done when it takes the writes", async () => {
      const hands = actions(settings, open);
      const said = [];
      for (let tick = 0; tick < 4; tick++) said.push(await hands.moveData(region, "failover"));
      expect(said).toEqual([false, false, true, true]);
      expect(changing()).toEqual(["FailoverGlobalCluster"]);
      expect([...new Set(exchange.calls.map((c) => `${c.host} ${c.region}`))]).toEqual([
        "rds.us-west-2.amazonaws.com us-west-2",
      ]);
      expect(db.writer).toBe(clusterIn(region));
    });

    test("is not forced while the data gate is shut, and the reason is said", async () => {
      const shut = { gate: async () => dataGate({ lagMs: null, limitMs: 1_000 }) };
      await expect(actions(settings, shut).moveData(region, "failover")).rejects.toThrow(
        "The database stays where it is: nobody knows",
      );
      expect(changing()).toEqual([]);
    });

    test("comes home by a switchover, which loses nothing and asks no gate", async () => {
      db.writer = clusterIn("us-west-2");
      const hands = actions(settings);
      while (!(await hands.moveData("us-east-1", "switchover"))) expect(db.moving?.lossy).toBe(false);
      expect(changing()).toEqual(["SwitchoverGlobalCluster"]);
      expect(db.writer).toBe(clusterIn("us-east-1"));
    });

    test("that is on its way elsewhere is not asked again, and the error says where", async () => {
      db.moving = { to: clusterIn("us-east-1"), lossy: false, looks: 9 };
      await expect(actions(settings, open).moveData(region, "failover")).rejects.toThrow(
        /moving to arn:.*us-east-1/,
      );
      expect(changing()).toEqual([]);
    });
  });

  test.each([
    [{ capacity: { moon: { group: "g" } } }, /capacity\.moon/],
    [{ capacity: { "us-west-2": { cluster: "c" } } }, /capacity/],
    [{ database: { globalCluster: "g", clusters: { "us-west-2": "shop" } } }, /cluster's ARN/],
  ])("settings that cannot be carried out are refused: %o", (settings, complaint) => {
    expect(() => actions(settings)).toThrow(BadInput);
    expect(() => actions(settings)).toThrow(complaint);
  });

  test("a region without capacity in the settings cannot be scaled, and the error names those that can", async () => {
    await expect(actions({}).scale("eu-west-1", "full")).rejects.toThrow(/expected none: no capacity is set/);
  });
});
