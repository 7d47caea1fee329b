/** What stands under which settings, by Pulumi's mocks: quick, but blind to names used twice; trio_test.ts is not. */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { readSettings } from "../../../infra/settings.ts";
import { exampleConfig, fullConfig } from "./trio.ts";

type Made = { type: string; name: string; inputs: Record<string, unknown> };
let made: Made[] = [];

await pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => {
    made.push({ type, name, inputs });
    return { id: `${name}-id`, state: { name, ...inputs } };
  },
  call: ({ inputs }) => inputs,
});
const { stacks } = await import("../../../infra/aws/mod.ts");

async function stand(config: Record<string, string>, stack: string) {
  const settings = readSettings(config, stack);
  const outputs = stacks[settings.role](settings);
  await pulumi.runtime.disconnect();
  const names = made.filter(({ type }) => type.startsWith("aws:")).map(({ name }) => name);
  return {
    outputs,
    names: names.sort(),
    inputs: (name: string) => made.find((m) => m.name === name)?.inputs,
  };
}

beforeEach(() => {
  made = [];
});

describe("stacks", () => {
  const drainCheck = { "holdfast:drainCheck": "01234567-89ab-cdef-0123-456789abcdef" };

  it("give a primary without a load balancer nothing to guard, and say so", async () => {
    const { outputs, names } = await stand(exampleConfig("us-east-1"), "us-east-1");
    expect(names).toEqual([]);
    expect(outputs.missing).toHaveLength(2);
  });

  it("bring up the standby's example file as it is: all but checks and record, and say how to have those", async () => {
    const { outputs, names } = await stand(exampleConfig("us-west-2"), "us-west-2");
    expect(names).toEqual([
      "shop-alerts-topic",
      "shop-analyzer-log",
      "shop-analyzer-policy",
      "shop-analyzer-role",
      "shop-lever-alarm",
      "shop-lever-check",
    ]);
    expect(outputs.missing).toEqual([
      "no failover record, as holdfast:domain is not set; to have it: pulumi config set holdfast:domain shop.example.com --stack us-west-2",
      expect.stringContaining(
        "no endpoint check and no failover record, as holdfast:balancerName is not set",
      ),
    ]);
  });

  it("give a primary without a name its checks, and no record", async () => {
    const { "holdfast:domain": _, "holdfast:zoneId": __, ...config } = fullConfig("us-east-1", drainCheck);
    const { outputs, names } = await stand(config, "us-east-1");
    expect(names).toEqual(["shop-traffic-endpoint", "shop-traffic-serve"]);
    expect(outputs.missing).toEqual([expect.stringContaining("pulumi config set holdfast:domain")]);
  });

  it("give a witness the heartbeat's alarm, which takes silence for death", async () => {
    const { names, inputs } = await stand(exampleConfig("eu-west-1"), "eu-west-1");
    expect(names).toEqual(["shop-alerts-topic", "shop-heartbeat-alarm"]);
    expect(inputs("shop-heartbeat-alarm")).toMatchObject({
      metricName: "Beat",
      treatMissingData: "breaching",
    });
  });

  it("ask for a text in the answer when one is set", async () => {
    const plain = await stand(fullConfig("us-west-2"), "us-west-2");
    expect(plain.inputs("shop-traffic-endpoint")).toMatchObject({ type: "HTTPS", resourcePath: "/health" });
    expect(plain.inputs("shop-traffic-endpoint")).not.toHaveProperty("searchString");
    made = [];
    const text = { "holdfast:checkText": "all is well", "holdfast:checkPath": "/ready" };
    const strict = await stand(fullConfig("us-west-2", text), "us-west-2");
    const expected = { type: "HTTPS_STR_MATCH", searchString: "all is well", resourcePath: "/ready" };
    expect(strict.inputs("shop-traffic-endpoint")).toMatchObject(expected);
  });

  it("never ask the name whose record they guard", async () => {
    const { inputs } = await stand(fullConfig("us-west-2"), "us-west-2");
    expect(inputs("shop-traffic-record")).toMatchObject({ name: "shop.example.com" });
    expect(inputs("shop-traffic-endpoint")).toMatchObject({ fqdn: "shop-1.us-west-2.elb.amazonaws.com" });
  });

  it("write to whoever asked to be told", async () => {
    const config = { ...exampleConfig("eu-west-1"), "holdfast:alertEmail": "ops@example.com" };
    const { inputs } = await stand(config, "eu-west-1");
    expect(inputs("shop-alerts-email")).toMatchObject({ protocol: "email", endpoint: "ops@example.com" });
  });

  it("let the analyzer publish in the standby and the witness region, and nothing else it could hurt with", async () => {
    const { inputs } = await stand(exampleConfig("us-west-2"), "us-west-2");
    const { Statement } = JSON.parse(String(inputs("shop-analyzer-policy")?.policy));
    expect(Statement.flatMap((s: { Action: string | string[] }) => s.Action)).toEqual([
      "cloudwatch:PutMetricData",
      "cloudwatch:DescribeAlarms",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]);
    expect(Statement[0].Condition.StringEquals).toEqual({
      "cloudwatch:namespace": "Holdfast",
      "aws:RequestedRegion": ["us-west-2", "eu-west-1"],
    });
  });
});
