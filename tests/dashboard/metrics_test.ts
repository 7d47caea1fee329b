/** tests · dashboard. What Prometheus is told, read by the parser of its own Python client. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { createDashboard } from "../../dashboard/mod.ts";
import { component, missing } from "../machine.ts";
import { type Scene, scenes, stage, topology } from "./scenes.ts";

type Sample = { name: string; labels: Record<string, string>; value: number };

const program = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families as read
for text in json.load(sys.stdin):
    families = list(read(text))
    assert all(f.type == "gauge" and f.documentation for f in families), families
    print(json.dumps([{"name": s.name, "labels": s.labels, "value": s.value} for f in families for s in f.samples]))
`;

async function told(scene: Scene): Promise<string> {
  const { store, rules, now } = await stage(scene);
  const { app } = createDashboard({ store, rules, topology, now: () => now });
  const answer = await app.request("/metrics");
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  return answer.text();
}

test.skipIf(missing("prometheus_client"))("every scene is read, and says what it holds", async () => {
  const texts = await Promise.all(scenes.map(told));
  const { stdout, stderr } = spawnSync(component("prometheus_client") ?? "", ["-c", program], {
    input: JSON.stringify(texts),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const read = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Sample[]);
  const of =
    (scene: Scene) =>
    (name: string, labels: Record<string, string> = {}) =>
      read[scenes.indexOf(scene)]
        ?.filter((s) => s.name === `holdfast_${name}`)
        .find((s) => Object.entries(labels).every(([key, value]) => s.labels[key] === value))?.value;

  const [outage, calm, empty, blind] = [of("outage"), of("calm"), of("empty"), of("blind")];
  expect(outage("region_score", { region: "us-east-1", role: "primary" })).toBe(0.12);
  expect(outage("phase", { phase: "shifting" })).toBe(1);
  expect(outage("phase", { phase: "home" })).toBe(0);
  expect(outage("drained", { region: "us-east-1" })).toBe(1);
  expect(outage("service_up", { service: "dynamodb", region: "us-east-1" })).toBe(0);
  expect(outage("anomaly_score", { node: "dynamodb@us-east-1" })).toBe(0.83);
  expect(outage("report_age_seconds")).toBeCloseTo(0.4);
  expect(calm("region_p95_seconds", { region: "us-east-1" })).toBe(0.014);
  expect(calm("users_failed_ratio", { region: "us-east-1" })).toBe(0);
  expect(calm("drained", { region: "us-east-1" })).toBe(0);
  expect(blind("blind_vantages")).toBeGreaterThan(0);
  // What nobody has measured is a gap, and never a zero.
  for (const name of [
    "region_score",
    "phase",
    "drained",
    "report_age_seconds",
    "users_failed_ratio",
    "service_up",
  ])
    expect([name, empty(name)]).toEqual([name, undefined]);
  expect(empty("requests_waiting")).toBe(0);
});
