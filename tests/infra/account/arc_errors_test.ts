/** What a cluster of routing controls may answer, by botocore's own model of its API, and what the lever makes of each. The
 *  model names no error for a safety rule, so one is known by what it says: should AWS ever name it, this fails. */
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LeverSettings, leverFrom, Refused } from "../../../infra/account/lever/mod.ts";
import { parse } from "../../../store/records.ts";
import { component, missing } from "../../machine.ts";
import { control, endpoints } from "./cluster.ts";
import { type Recorder, recorder } from "./recorder.ts";

const ask = `
import json, botocore.session
model = botocore.session.get_session().get_service_model("route53-recovery-cluster")
errors = lambda name: {e.name: e.documentation for e in model.operation_model(name).error_shapes}
print(json.dumps({
    "target": model.metadata["targetPrefix"],
    "json": model.metadata["jsonVersion"],
    "read": errors("GetRoutingControlState"),
    "set": errors("UpdateRoutingControlState"),
    "all": [e.name for e in model.error_shapes],
    "states": model.shape_for("RoutingControlState").enum,
}))`;
type Model = {
  target: string;
  json: string;
  /** What each call may be answered with, by name: what the model says of it. */
  read: Record<string, string>;
  set: Record<string, string>;
  all: string[];
  states: string[];
};

describe.skipIf(missing("boto3"))("what a cluster may answer", () => {
  let model: Model;
  let exchange: Recorder;
  /** What setting the control is answered with; reading it says that it is on. */
  let answer: { name: string; message: string };
  const asked: { target: string; type: string; body: string }[] = [];

  beforeAll(async () => {
    const { stdout, stderr } = spawnSync(component("boto3") ?? "python3", ["-c", ask], { encoding: "utf8" });
    if (stderr) throw new Error(stderr);
    model = JSON.parse(stdout);
    exchange = await recorder("http://127.0.0.1:9");
    exchange.standIns.push(({ action, body }, headers) => {
      asked.push({
        target: String(headers["x-amz-target"]),
        type: String(headers["content-type"]),
        body,
      });
      const said = (status: number, what: object) => ({
        status,
        headers: { "content-type": `application/x-amz-json-${model.json}` },
        body: JSON.stringify(what),
      });
      if (action === "GetRoutingControlState")
        return said(200, { RoutingControlArn: control, RoutingControlState: "On" });
      return said(400, { __type: answer.name, message: answer.message });
    });
  });
  afterAll(() => exchange?.stop());

  const pull = () => {
    asked.length = 0;
    const settings = parse("the lever", LeverSettings, { kind: "arc", control, endpoints });
    const reach = {
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      agent: exchange.agent,
    };
    const place = { workload: "shop", primary: "us-east-1", standby: "us-west-2" };
    return leverFrom(settings, place, { now: () => 0, chance: () => 0.5, reach }).tell(true);
  };
  /** Endpoints at which setting was tried. */
  const triedAt = () =>
    new Set(exchange.calls.splice(0).flatMap((c) => (c.action.startsWith("Update") ? [c.host] : []))).size;

  test("names no error for a rule; a conflict, when setting alone, and a fault of the request are what is left", () => {
    expect(model.all.filter((name) => /rule|safety|violat/i.test(name))).toEqual([]);
    expect(Object.keys(model.set).filter((name) => !(name in model.read))).toEqual(["ConflictException"]);
    expect(Object.keys(model.set)).toContain("ValidationException");
    expect(model.states.toSorted()).toEqual(["Off", "On"]);
  });

  test.each(["ConflictException", "ValidationException"])(
    "a %s that speaks of a rule is its refusal, asked of one endpoint and set aside at none",
    async (name) => {
      answer = { name, message: "Safety rule one-stays would be violated by this update." };
      await expect(pull()).rejects.toThrow(Refused);
      expect(triedAt()).toBe(1);
      expect(asked.some(({ body }) => body.includes("SafetyRulesToOverride"))).toBe(false);
    },
  );

  test("every error of the model, as the model puts it, is no rule's, and is asked of the next endpoint", async () => {
    for (const [name, documentation] of Object.entries(model.set)) {
      answer = { name, message: documentation.replaceAll(/<[^>]+>/g, "") };
      const failed = await pull().catch((error: unknown) => error);
      expect([name, failed instanceof Refused, triedAt()]).toEqual([name, false, 5]);
      expect(String(failed)).toContain(name); // and said as it came
    }
  });

  test("is asked in the protocol that the model names", () => {
    expect(asked.length).toBeGreaterThan(0);
    for (const { target, type } of asked)
      expect([target.split(".")[0], type]).toEqual([model.target, `application/x-amz-json-${model.json}`]);
  });
});
