/** infra/local · effects. One region over HTTP: its load balancer with the workload behind it, and its AWS service
 *  endpoints, told apart by the Host header. Answers what a region would, as fast or as badly as its mood says. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import * as z from "zod";
import { BadInput, parse } from "../../store/records.ts";
import { between, type Chance, oneOf } from "./chance.ts";
import { metricsName, regionalName, serviceIds, serviceName, workloadName } from "./places.ts";
import { type Metrics, metricNames } from "./switchboard.ts";
import type { Tasks } from "./tasks.ts";
import type { Timings } from "./timings.ts";

/** How a region feels right now. `hurt`: whether a service fails because of another. */
export type Mood = { slow: boolean; grey: boolean; gone: boolean; hurt: (service: string) => boolean };

/** A metric that arrives: only the lever's and its shadow's are known here. */
const MetricPut = z.strictObject({
  namespace: z.literal("Holdfast"),
  metric: z.enum(metricNames),
  value: z.union([z.literal(0), z.literal(1)]),
});
const TasksPut = z.strictObject({ desired: z.number().int().min(1).max(100) });

const bodyBytesMax = 10_000;
const greyShare = 1 / 3;
/** How a grey region fails: mostly with a status, sometimes by cutting the line. */
const greyStatuses = [500, 502, 503, "reset"] as const;

export type RegionParts = {
  region: string;
  /** Null in a region that serves no users. */
  tasks: Tasks | null;
  mood: () => Mood;
  /** Null in a region that keeps none. */
  metrics: Metrics | null;
  chance: Chance;
  timings: Timings;
};

type Reply = { status: number; type: string; body: string };

export function regionHandler(parts: RegionParts): RequestListener {
  return (request, response) => {
    response.on("error", () => undefined); // the caller went away; nobody is left to tell
    answer(parts, request, response).catch((error: unknown) => {
      const status = error instanceof BadInput ? 400 : 500;
      if (!response.headersSent) write(parts, request, response, json(status, { error: String(error) }));
    });
  };
}

async function answer(parts: RegionParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  const path = (request.url ?? "/").replace(/[?#].*$/, "");
  const body = request.method === "POST" ? await read(request) : "";
  await later(parts, response);
  if (response.destroyed) return;
  const reply =
    parts.tasks && isWorkload(parts.region, host)
      ? workload(parts, request.method ?? "GET", path)
      : await service(parts, request.method ?? "GET", host, path, body);
  if (reply === "reset") request.socket.resetAndDestroy();
  else write(parts, request, response, reply);
}

const isWorkload = (region: string, host: string) =>
  host === workloadName || host === regionalName(region) || /^[\d.]+$/.test(host);

/** The workload's pages. `/health` is the load balancer's word on itself, which a grey failure never troubles. */
function workload(
  { region, tasks, mood, chance }: RegionParts,
  method: string,
  path: string,
): Reply | "reset" {
  const running = tasks?.counts().running ?? 0;
  if (method !== "GET" && method !== "HEAD") return json(405, { error: `expected GET; got ${method}` });
  if (mood().gone || running === 0) return json(503, { region, error: "no task is running" });
  if (path === "/health") return json(200, { healthy: true, region, running });
  if (mood().grey && chance() < greyShare) {
    const how = oneOf(chance, greyStatuses) ?? 500;
    return how === "reset" ? how : json(how, { region, error: "something went wrong" });
  }
  if (path === "/") return { status: 200, type: "text/html; charset=utf-8", body: page(region) };
  if (path === "/checkout") return json(200, { paid: true, region, order: Math.floor(chance() * 1_000_000) });
  return json(404, { error: `expected /, /checkout or /health; got ${path}` });
}

const page = (region: string) =>
  `<!doctype html><html lang="en"><title>A small shop</title><h1>A small shop</h1><p>Served from ${region}. <a href="/checkout">Check out</a></p></html>\n`;

/** The AWS endpoints of the region. */
async function service(
  parts: RegionParts,
  method: string,
  host: string,
  path: string,
  body: string,
): Promise<Reply> {
  const { region, tasks, metrics, mood } = parts;
  const known = [...serviceIds.map((id) => serviceName(id, region)), metricsName(region)];
  if (!known.includes(host))
    return json(404, { error: `expected a Host of ${region} such as ${known[0]}; got ${host || "none"}` });
  const hurt = serviceIds.some((id) => serviceName(id, region) === host && mood().hurt(id));
  if (hurt) return { status: 503, type: "text/plain; charset=utf-8", body: `unhealthy: ${host}` };
  if (method === "GET" && path === "/ping")
    return { status: 200, type: "text/plain; charset=utf-8", body: `healthy: ${host}` };
  if (host === serviceName("ecs", region) && path === "/tasks" && tasks) {
    if (method === "POST") tasks.want(parse("tasks", TasksPut, fromJson(body)).desired);
    if (method === "POST" || method === "GET") return json(200, tasks.counts());
  }
  if (host === metricsName(region) && metrics) {
    if (method === "POST" && path === "/metrics") {
      const { metric, value } = parse("a metric", MetricPut, fromJson(body));
      await metrics.put(metric, value);
      return json(200, {});
    }
    const named = metricNames.find((name) => path === `/alarms/holdfast-${name.toLowerCase()}`);
    if (method === "GET" && named) return json(200, { state: await metrics.alarm(named) });
  }
  return json(404, { error: `nothing at ${method} ${path} of ${host}` });
}

/** What an answer takes here and now. */
function later({ mood, chance, timings: t }: RegionParts, response: ServerResponse): Promise<void> {
  const ms = mood().slow
    ? between(chance, t.slowMsMin, t.slowMsMax)
    : between(chance, t.answerMsMin, t.answerMsMax);
  return new Promise((done) => {
    const timer = setTimeout(finish, ms);
    response.once("close", finish);
    function finish() {
      clearTimeout(timer);
      response.off("close", finish);
      done();
    }
  });
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax)
      throw new BadInput(`expected a body of at most ${bodyBytesMax} bytes; got more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function fromJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new BadInput(`expected JSON; got ${JSON.stringify(body.slice(0, 80))}`);
  }
}

const json = (status: number, value: unknown): Reply => ({
  status,
  type: "application/json",
  body: `${JSON.stringify(value)}\n`,
});

function write(
  { region }: RegionParts,
  request: IncomingMessage,
  response: ServerResponse,
  { status, type, body }: Reply,
): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "x-served-by": region,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
