/** tests · runtimes. The dashboard as a Lambda function: events as a function URL sends them (payload format 2.0), its
 *  answer read back as the URL gives it on. What Lambda itself does around the handler is not imitated. */
import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { createDashboard } from "../../dashboard/mod.ts";
import { stage, topology } from "../dashboard/scenes.ts";
import { access, host, liveMs, status } from "./access.ts";
import { dashboardSuite } from "./dashboard-suite.ts";

const { store, rules, now } = await stage("outage");
const { app } = createDashboard({
  store,
  rules,
  topology,
  now: () => now,
  hosts: [host],
  access,
  liveMs,
  status,
});
const handler = handle(app);

dashboardSuite("Lambda", async (path, init = {}) => {
  const url = new URL(path, `https://${host}`);
  const event: LambdaEvent = {
    version: "2.0",
    routeKey: "$default",
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: { host, ...(init.headers as Record<string, string>) },
    body: (init.body as string | undefined) ?? null,
    isBase64Encoded: false,
    requestContext: {
      accountId: "anonymous",
      apiId: "url",
      authentication: null,
      authorizer: {},
      domainName: host,
      domainPrefix: "holdfast",
      http: {
        method: init.method ?? "GET",
        path: url.pathname,
        protocol: "HTTP/1.1",
        sourceIp: "203.0.113.7",
        userAgent: "tests",
      },
      requestId: "1",
      routeKey: "$default",
      stage: "$default",
      time: "22/Nov/2026:03:14:22 +0000",
      timeEpoch: now,
    },
  };
  const answer = await handler(event, {} as LambdaContext);
  const body = answer.isBase64Encoded ? Buffer.from(answer.body, "base64") : Buffer.from(answer.body);
  const zipped = answer.headers?.["content-encoding"] === "gzip";
  const stream = new Response(body).body;
  const empty = answer.statusCode === 304; // of which the fetch standard allows no body
  return new Response(empty ? null : zipped ? stream?.pipeThrough(new DecompressionStream("gzip")) : body, {
    status: answer.statusCode,
    headers: answer.headers as Record<string, string>,
  });
});
