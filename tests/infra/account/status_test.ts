/** tests · infra/account. Behind the open door there is the page for anybody and nothing else. */
import type { LambdaEvent } from "hono/aws-lambda";
import { expect, test, vi } from "vitest";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { statusEntry } from "../../../infra/account/status.ts";
import { topology } from "../../../infra/simulated/stage.ts";
import { nowhere } from "./nowhere.ts";

const told = readEnvironment("status", {
  HOLDFAST_WORKLOAD: "shop",
  HOLDFAST_REGION: "us-west-2",
  HOLDFAST_TOPOLOGY: JSON.stringify(topology()),
  HOLDFAST_ROUNDS_TABLE: "holdfast-shop-rounds",
  HOLDFAST_STATE_TABLE: "holdfast-shop-state",
  HOLDFAST_STATUS: "Shop",
});
const handler = statusEntry(told, { reach: nowhere });

async function ask(path: string, method = "GET", body?: string) {
  const domainName = "abc123.lambda-url.us-west-2.on.aws";
  const answer = await handler({
    version: "2.0",
    rawPath: path,
    rawQueryString: "",
    headers: { host: domainName, ...(body ? { "content-type": "application/json" } : {}) },
    isBase64Encoded: false,
    requestContext: { domainName, http: { method, path, sourceIp: "203.0.113.7" } },
    ...(body ? { body } : {}),
  } as unknown as LambdaEvent);
  return { status: answer.statusCode, headers: answer.headers ?? {}, body: answer.body };
}

test("no way leads on from it, least of all to anything that acts", async () => {
  for (const path of [
    "/api/state",
    "/api/live",
    "/live",
    "/metrics",
    "/act/hold",
    "/signin",
    "/keys",
    "/assets/live.js",
  ])
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  const hold = JSON.stringify({ kind: "hold", reason: "x" });
  for (const path of ["/api/requests", "/status", "/"])
    expect([path, (await ask(path, "POST", hold)).status]).toEqual([path, 404]);
});

test("who comes to its address is led to the page, and the page finds its looks", async () => {
  expect(await ask("/")).toMatchObject({ status: 302, headers: { location: "/status" } });
  expect((await ask("/assets/style.css")).status).toBe(200);
  expect((await ask("/assets/icon.svg")).status).toBe(200);
});

test("a store that cannot be read is said so, without a word of what or where it is", async () => {
  const noted = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { status, body, headers } = await ask("/status");
  expect([status, body]).toEqual([503, "How things stand cannot be told right now.\n"]);
  expect(headers["retry-after"]).toBe("5");
  expect(noted).toHaveBeenCalled();
  noted.mockRestore();
});
