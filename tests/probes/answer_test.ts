/** The edge entry's handler: it answers those it knows, about what it was told to ask, and goes nowhere else. */
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { guarded } from "../../probes/edge/guarded.ts";
import { nodeEdge } from "../../probes/edge/node.ts";
import type { Edge } from "../../probes/edge.ts";
import { answerer } from "../../probes/run/answer.ts";
import { BadInput, Observation, Round, type Target } from "../../store/records.ts";

const token = "a-token-of-some-length";
const target = (id: string, host: string): Target => ({
  ...{ id, kind: "tcp", service: "app", region: "us-east-1", purpose: "workload" },
  ...{ host, port: 443 },
});
const open: Edge = {
  ...nodeEdge({ resolver: "127.0.0.1:53" }),
  connect: async () => ({ connect: 1, total: 1 }),
};
const handler = (edge: Edge, targets = [target("app", "192.0.2.1"), target("inside", "169.254.169.254")]) =>
  answerer({ targets, edge, token, vantage: { id: "edge", region: "eu-west-1" }, timeoutMs: 50 });
const get = (path: string, { authorization = `Bearer ${token}`, method = "GET" } = {}) =>
  new Request(`https://edge.example${path}`, { method, headers: { authorization } });

test("a configured target is asked, and the answer is an observation", async () => {
  const response = await handler(open)(get("/probe?target=app"));
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(Observation.parse(await response.json())).toMatchObject({
    target: "app",
    vantage: "edge",
    verdict: "up",
  });
});

test("a round asks them all", async () => {
  const heard = Round.parse(await (await handler(open)(get("/round"))).json());
  expect(heard).toMatchObject({ vantage: "edge", vantageRegion: "eu-west-1" });
  expect(heard.observations.map((o) => o.target)).toEqual(["app", "inside"]);
});

test.for([
  ["/probe?target=other", {}, 404],
  ["/probe?target=https://example.com/", {}, 404],
  ["/probe?url=https://example.com/", {}, 404],
  ["/probe", {}, 404],
  ["/", {}, 404],
  ["/probe?target=app", { method: "POST" }, 405],
  ["/probe?target=app", { authorization: "" }, 401],
  ["/probe?target=app", { authorization: "Bearer wrong" }, 401],
  ["/probe?target=app", { authorization: token }, 401],
  ["/nowhere", { authorization: "" }, 401],
] as const)("%s %j is answered %i, and nobody is asked", async ([path, more, status]) => {
  let asked = 0;
  const counting: Edge = { ...open, connect: async () => ({ total: ++asked }) };
  const response = await handler(counting)(get(path, more));
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty("error");
  expect(asked).toBe(0);
});

test("more at once than it takes is refused for now, and taken later", async () => {
  const waiting: (() => void)[] = [];
  const slow: Edge = {
    ...open,
    connect: () => new Promise((resolve) => waiting.push(() => resolve({ total: 1 }))),
  };
  const answer = answerer({
    targets: [target("app", "192.0.2.1")],
    edge: slow,
    token,
    vantage: { id: "e", region: "eu-west-1" },
    timeoutMs: 60_000,
  });
  const first = Array.from({ length: 8 }, () => answer(get("/probe?target=app")));
  expect((await answer(get("/probe?target=app"))).status).toBe(429);
  await vi.waitFor(() => expect(waiting).toHaveLength(8));
  for (const go of waiting) go();
  expect((await Promise.all(first)).map((response) => response.status)).toEqual(Array(8).fill(200));
  const later = answer(get("/probe?target=app"));
  await vi.waitFor(() => expect(waiting).toHaveLength(9));
  waiting.at(-1)?.();
  expect((await later).status).toBe(200);
});

test("a short token is refused at the start", () => {
  const start = () =>
    answerer({
      targets: [],
      edge: open,
      token: "short",
      vantage: { id: "e", region: "eu-west-1" },
      timeoutMs: 1,
    });
  expect(start).toThrow(BadInput);
});

test("a private address behind a configured name is not gone to: unknown, and why", async () => {
  let asked = 0;
  const counting: Edge = { ...open, connect: async () => ({ total: ++asked }) };
  const response = await handler(guarded(counting, []))(get("/probe?target=inside"));
  expect(await response.json()).toMatchObject({ verdict: "unknown", reason: "unreachable" });
  expect(asked).toBe(0);
});

const goes = async (host: string, allow: string[] = []) => {
  try {
    await guarded(open, allow).connect({ host, port: 80 }, AbortSignal.timeout(1_000));
    return true;
  } catch {
    return false;
  }
};

test.for([
  "127.0.0.1",
  "10.1.2.3",
  "172.31.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.100.0.1",
  "0.0.0.0",
  "255.255.255.255",
])("%s is refused, also dressed as IPv6", async (host) => {
  expect(await goes(host)).toBe(false);
  expect(await goes(`::ffff:${host}`)).toBe(false);
  expect(await goes(`64:ff9b::${host}`)).toBe(false);
});
test.for([
  "::1",
  "::",
  "fe80::1",
  "fe80::1%eth0",
  "fd00:ec2::254",
  "ff02::1",
  "::ffff:7f00:1",
  "not-an-address",
  "",
])("%j is refused", async (host) => {
  expect(await goes(host)).toBe(false);
});
test.for(["8.8.8.8", "52.94.0.1", "2600:1f18::1", "172.32.0.1", "100.128.0.1"])(
  "%s is public and fine",
  async (host) => {
    expect(await goes(host)).toBe(true);
  },
);

test("what is allowed on purpose is allowed, and nothing beside it", async () => {
  expect(await goes("10.1.2.3", ["10.1.2.0/24"])).toBe(true);
  expect(await goes("10.1.3.3", ["10.1.2.0/24"])).toBe(false);
  expect(() => guarded(open, ["10.0.0.0"])).toThrow('expected a prefix such as 10.0.0.0/8, got "10.0.0.0"');
});

test("no IPv4 address is refused plainly but let through as IPv6", async () => {
  await fc.assert(
    fc.asyncProperty(fc.ipV4(), async (host) => {
      if (!(await goes(host))) expect(await goes(`::ffff:${host}`)).toBe(false);
    }),
  );
});
