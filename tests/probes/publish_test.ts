/** What is told to CloudWatch arrives there, over HTTP at AWS's own kind of API, and a refusal costs nothing but itself. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudWatchClient,
  type Dimension,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type Statistic,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { publisher } from "../../probes/aws/mod.ts";
import { type Datum, datum } from "../../store/metrics.ts";
import { missing } from "../machine.ts";
import { type AwsApi, awsApi } from "./awsapi.ts";
import { type NameServer, nameServer } from "./nameserver.ts";

const root = join(import.meta.dirname, "../..");
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const patience = () => AbortSignal.timeout(20_000);
const where = (Vantage: string) => ({ Service: "s3", Region: "us-east-1", Vantage });

describe.skipIf(missing("moto_server") || missing("knotd"))("publishing", () => {
  let api: AwsApi;
  let knot: NameServer;
  let dir: string;
  beforeAll(async () => {
    [api, knot] = await Promise.all([awsApi(), nameServer()]);
    dir = mkdtempSync(join(tmpdir(), "holdfast-publish-"));
    writeFileSync(join(dir, "names"), "web.example.test\nsix.example.test AAAA\nmissing.example.test\n");
  }, 60_000);
  afterAll(async () => {
    await Promise.all([api.stop(), knot.stop()]);
    rmSync(dir, { recursive: true });
  });
  beforeEach(() => {
    api.meddle = () => null;
    api.calls = [];
  });
  const to = (region: string) => ({ region, credentials, endpoint: api.endpoint });

  /** What CloudWatch has of a metric, over the last hour and the next. */
  async function kept(region: string, MetricName: string, Dimensions: Dimension[], at: number) {
    const Statistics: Statistic[] = ["Sum", "SampleCount", "Minimum", "Maximum"];
    const span = { StartTime: new Date(at - 60_000), EndTime: new Date(at + 60_000), Period: 3_600 };
    const asked = { Namespace: "Holdfast", MetricName, Dimensions, Statistics, ...span };
    const told = await new CloudWatchClient(to(region)).send(new GetMetricStatisticsCommand(asked));
    return (told.Datapoints ?? []).map(({ Sum, SampleCount, Minimum, Maximum, Unit }) => ({
      Sum,
      SampleCount,
      Minimum,
      Maximum,
      Unit,
    }));
  }
  const dimensions = (of: Record<string, string>) =>
    Object.entries(of).map(([Name, Value]) => ({ Name, Value }));

  /** The command as a process, its AWS settings in the environment as usual. */
  const monitor = (...args: string[]) =>
    new Promise<{ code: number; said: string; told: string }>((resolve) => {
      const env = {
        ...process.env,
        AWS_ENDPOINT_URL: api.endpoint,
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      };
      const words = [
        "holdfast.ts",
        "monitor",
        "--once",
        "--resolver",
        knot.resolver,
        "--targets",
        join(dir, "names"),
      ];
      execFile(process.execPath, [...words, ...args], { cwd: root, env }, (error, said, told) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, said, told }),
      );
    });

  test("monitor --publish: every metric of the round is there, with its unit and its dimensions", async () => {
    const { code, said, told } = await monitor("--publish", "--json");
    expect(told).toBe("");
    expect(code).toBe(1); // one name is down
    expect(said.trimEnd().split("\n")).toHaveLength(3);
    const { Metrics = [] } = await new CloudWatchClient(to("eu-west-1")).send(
      new ListMetricsCommand({ Namespace: "Holdfast" }),
    );
    const names = new Set(Metrics.map(({ MetricName }) => MetricName));
    expect(names).toEqual(
      new Set(["DnsSuccessRate", "DnsResponseTime", "DnsFailures", "DnsUnknown", "OverallDnsHealth"]),
    );
    const overall = Metrics.find(({ MetricName }) => MetricName === "OverallDnsHealth")?.Dimensions ?? [];
    expect(overall.map(({ Name }) => Name).toSorted()).toEqual(["Region", "Vantage"]);
    const [point] = await kept("eu-west-1", "OverallDnsHealth", overall, Date.now());
    expect(point).toMatchObject({ SampleCount: 1, Unit: "Percent" });
    expect(point?.Sum).toBeCloseTo(200 / 3);
  });

  test("not allowed to publish: said, exit code 1, and nothing of the output is lost", async () => {
    writeFileSync(join(dir, "well"), "web.example.test\n");
    api.meddle = () => ({ error: [403, "AccessDenied"] });
    const { code, said, told } = await monitor("--publish", "--simple", "--targets", join(dir, "well"));
    expect(said).toContain("1 of 1 up");
    expect(told).toMatch(/^holdfast monitor: not published to CloudWatch: AccessDenied/);
    expect(code).toBe(1);
  });

  test("several of one point's values are told as they were, repeated ones counted", async () => {
    const at = Date.now();
    const publish = publisher(to("us-west-2"));
    const points = [datum("DnsResponseTime", where("many"), at, [10, 10, 10, 400])];
    expect(await publish(points, patience())).toBeNull();
    expect(await kept("us-west-2", "DnsResponseTime", dimensions(where("many")), at)).toEqual([
      { Sum: 430, SampleCount: 4, Minimum: 10, Maximum: 400, Unit: "Milliseconds" },
    ]);
  });

  test("2,500 points go in three calls, and all arrive", async () => {
    const at = Date.now();
    const points = Array.from({ length: 2_500 }, (): Datum => datum("DnsFailures", where("lots"), at, 1));
    expect(await publisher(to("us-west-2"))(points, patience())).toBeNull();
    expect(api.calls).toHaveLength(3);
    const [point] = await kept("us-west-2", "DnsFailures", dimensions(where("lots")), at);
    expect(point).toMatchObject({ Sum: 2_500, SampleCount: 2_500 });
  });

  test("a call that fails is told with how far it got, and is not repeated", async () => {
    let calls = 0;
    api.meddle = () => (++calls === 2 ? { error: [400, "Throttling"] } : null);
    const points = Array.from(
      { length: 2_500 },
      (): Datum => datum("DnsFailures", where("cut"), Date.now(), 1),
    );
    const why = await publisher(to("us-west-2"))(points, patience());
    expect(why).toMatch(/^Throttling.*\(after 1 of 3 calls\)$/);
    expect(api.calls).toHaveLength(2);
  });

  test("an API that never answers ends with the time it was given", async () => {
    api.meddle = () => "hang";
    const why = await publisher(to("us-west-2"))(
      [datum("Blind", { Vantage: "here" }, Date.now(), 0)],
      AbortSignal.timeout(100),
    );
    expect(why).toContain("no answer in time");
  });

  test("nothing to tell is no call", async () => {
    expect(await publisher(to("us-west-2"))([], patience())).toBeNull();
    expect(api.calls).toHaveLength(0);
  });
});
