/** tests · infra/account. The dashboard's function takes the word of IAM for who is there, and of nobody else. */
import type { LambdaEvent } from "hono/aws-lambda";
import { expect, test } from "vitest";
import { dashboardEntry } from "../../../infra/account/dashboard.ts";
import { rules, topology } from "../../dashboard/scenes.ts";

const domain = "abc123.lambda-url.us-west-2.on.aws";
const handler = dashboardEntry({
  HOLDFAST_TOPOLOGY: topology,
  HOLDFAST_RULES: rules,
  HOLDFAST_HOSTS: [],
  HOLDFAST_ROUNDS_TABLE: "rounds",
  HOLDFAST_STATE_TABLE: "state",
} as unknown as Parameters<typeof dashboardEntry>[0]);

/** A function URL's event, payload format 2.0; `authorizer` is what IAM found out. */
const event = (path: string, authorizer: object, headers: Record<string, string> = {}): LambdaEvent =>
  ({
    version: "2.0",
    rawPath: path,
    rawQueryString: "",
    headers: { host: domain, ...headers },
    isBase64Encoded: false,
    requestContext: {
      authorizer,
      domainName: domain,
      http: { method: "GET", path, sourceIp: "203.0.113.7" },
    },
  }) as unknown as LambdaEvent;
const status = async (...args: Parameters<typeof event>) => (await handler(event(...args))).statusCode;

test("whom IAM let in sees the page under the name that IAM gives", async () => {
  const ada = { iam: { userArn: "arn:aws:iam::123456789012:user/ada" } };
  const answer = await handler(event("/keys", ada));
  expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining("user/ada")]);
});

test("without IAM's word nobody gets in, whatever the request says of itself", async () => {
  expect(await status("/keys", {})).toBe(401);
  expect(await status("/keys", { iam: { userArn: "" } })).toBe(401);
  expect(await status("/keys", {}, { authorization: "Bearer anything", "x-amzn-iam-user-arn": "ada" })).toBe(
    401,
  );
});

test("another host name is refused", async () => {
  const ada = { iam: { userArn: "arn:aws:iam::123456789012:user/ada" } };
  expect(await status("/keys", ada, { host: "elsewhere.example" })).toBe(403);
});
