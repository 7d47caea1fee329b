/** What a front door is expected to answer: headers, bodies, JSON, where redirects end, and the same at each of its
 *  addresses. Real servers on the loopback, which is wide: 127.0.0.2 is as good an address as 127.0.0.1. */
import type { RequestListener } from "node:http";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { nodeEdge } from "../../probes/edge/node.ts";
import { bodyBytesMax } from "../../probes/expectations.ts";
import { http } from "../../probes/http.ts";
import { at } from "../../probes/jsonpath.ts";
import { tcp } from "../../probes/tcp.ts";
import { HttpTarget, Observation } from "../../store/records.ts";
import { address, type Liar, liar, reply } from "./liar.ts";
import { type NameServer, nameServer } from "./nameserver.ts";
import { type Served, serve } from "./webserver.ts";

const about = { id: "t", service: "app", region: "us-east-1", purpose: "workload" } as const;
const patience = () => AbortSignal.timeout(10_000);

let knot: NameServer;
let names: Liar;
beforeAll(async () => {
  knot = await nameServer();
  names = await liar();
});
afterAll(async () => {
  await knot.stop();
  await names.stop();
});

const running: Served[] = [];
afterEach(async () => {
  for (const served of running.splice(0)) await served.stop();
});
const run = async (answer: RequestListener, host?: string, port?: number) => {
  const served = await serve(answer, host, port);
  running.push(served);
  return served;
};
const get = async (url: string, more: Partial<HttpTarget> = {}, resolver = knot.resolver) => {
  const target = HttpTarget.parse({ ...about, kind: "http", url, ...more });
  const found = await http(target, nodeEdge({ resolver }), patience());
  const { kind, purpose, service, region } = target;
  return Observation.parse({ ...found, at: 0, vantage: "v", target: "t", kind, purpose, service, region });
};

describe("what is expected of the answer", () => {
  const page: RequestListener = (_, response) => {
    response.setHeader("content-type", "application/json; charset=utf-8").setHeader("etag", "");
    response.end(
      '{"status":"ok","db":{"lag":0,"up":true},"items":[{"id":"a"},{"id":"z"}],"none":null,"a b":1}',
    );
  };

  test.for([
    [{ expectHeader: { "Content-Type": "application/json" } }, null],
    [{ expectHeader: { etag: "" } }, null],
    [{ expectHeader: { "x-cache": "" } }, "header-mismatch"],
    [{ expectHeader: { "content-type": "text/html" } }, "header-mismatch"],
    [{ expectBody: '"status":"ok"' }, null],
    [{ expectBody: "maintenance" }, "body-mismatch"],
    [{ expectJson: { "$.status": "ok", "$.db.lag": 0, "$.db.up": true, "$.none": null } }, null],
    [{ expectJson: { "$.items[0].id": "a", "$.items[-1]['id']": "z", '$["a b"]': 1 } }, null],
    [{ expectJson: { "$.db.lag": "0" } }, "json-mismatch"],
    [{ expectJson: { "$.items[2].id": "a" } }, "json-mismatch"],
    [{ expectJson: { "$.missing": null } }, "json-mismatch"],
    [{ expectJson: { "$.constructor": "x" } }, "json-mismatch"],
    [{ expectStatus: [204], expectBody: "maintenance" }, "status-200"],
  ] as const)("%j: %s", async ([expected, reason]) => {
    const { port } = await run(page);
    const found = await get(`http://127.0.0.1:${port}/`, expected as Partial<HttpTarget>);
    expect(found).toMatchObject({ verdict: reason === null ? "up" : "down", reason });
  });

  test("everything that is not as expected is said, in words", async () => {
    const { port } = await run(page);
    const found = await get(`http://127.0.0.1:${port}/`, {
      expectStatus: [204],
      expectHeader: { "x-cache": "hit" },
      expectJson: { "$.status": "fine" },
    });
    expect(found.facts.unmet).toEqual([
      "status: expected 204; got 200",
      'header x-cache: expected "hit"; got null',
      '$.status: expected "fine"; got "ok"',
    ]);
  });

  test("a body that is no JSON is not-json", async () => {
    const { port } = await run((_, response) => response.end("<html>down for maintenance</html>"));
    const found = await get(`http://127.0.0.1:${port}/`, { expectJson: { "$.ok": true } });
    expect(found).toMatchObject({ verdict: "down", reason: "not-json" });
    expect(found.facts.unmet).toEqual(['body: expected JSON; got "<html>down for maintenance</html>"']);
  });

  test("a body is read up to a bound; what was expected may lie behind it, so that is unknown", async () => {
    const filler = "x".repeat(bodyBytesMax);
    const { port } = await run((request, response) =>
      response.end(request.url === "/late" ? `${filler}needle` : `needle${filler}`),
    );
    const url = `http://127.0.0.1:${port}`;
    expect(await get(`${url}/early`, { expectBody: "needle" })).toMatchObject({ verdict: "up" });
    for (const more of [{ expectBody: "needle" }, { expectJson: { "$.a": 1 } }]) {
      expect(await get(`${url}/late`, more)).toMatchObject({ verdict: "unknown", reason: "body-too-long" });
    }
  });

  test.for([
    "status",
    "$status",
    "$.",
    "$..a",
    "$.*",
    "$[*]",
    "$[01]",
    "$[-0]",
    "$[0:2]",
    "$[?(@.a)]",
    "$['a",
    "$.a-b",
  ])("the path %j is refused at the border", (path) => {
    const target = { ...about, kind: "http", url: "http://127.0.0.1/", expectJson: { [path]: 1 } };
    expect(HttpTarget.safeParse(target).success).toBe(false);
  });

  test("a path written for any place in any document finds what is there", () => {
    const name = fc.string({ unit: "grapheme" }).filter((text) => !/['\\]/.test(text));
    const way = fc.array(fc.oneof(name, fc.nat(5)));
    fc.assert(
      fc.property(way, fc.jsonValue(), (steps, value) => {
        const document = steps.reduceRight<unknown>(
          (inner, step) => (typeof step === "number" ? [...Array(step).fill(0), inner] : { [step]: inner }),
          value,
        );
        const path = `$${steps.map((step) => (typeof step === "number" ? `[${step}]` : `['${step}']`)).join("")}`;
        const target = { ...about, kind: "http", url: "http://127.0.0.1/", expectJson: { [path]: 1 } };
        expect(HttpTarget.safeParse(target).success).toBe(true);
        expect(at(path, JSON.parse(JSON.stringify(document)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("redirects", () => {
  const steps: RequestListener = (request, response) => {
    const n = Number(request.url?.slice(1));
    if (n === 0) return void response.end("there");
    response.writeHead(302, { location: `/${n - 1}` }).end();
  };

  test("are an answer like any other unless they are followed", async () => {
    const { port } = await run(steps);
    const found = await get(`http://127.0.0.1:${port}/1`);
    expect(found).toMatchObject({ verdict: "up", facts: { status: 302 } });
    expect(found.facts).not.toHaveProperty("redirects");
  });

  test("are followed as far as allowed, each hop found anew, and their time is kept apart", async () => {
    const { port } = await run(steps);
    const front = await run((_, response) =>
      response.writeHead(301, { location: `http://here.example.test:${port}/1` }).end(),
    );
    const url = `http://127.0.0.1:${front.port}/`;
    const found = await get(url, { redirectsMax: 2, expectBody: "there" });
    const there = `http://here.example.test:${port}`;
    expect(found).toMatchObject({
      verdict: "up",
      facts: { url, status: 200, redirects: [`${there}/1`, `${there}/0`], addresses: ["127.0.0.1"] },
    });
    const phases = found.facts.phases as Record<string, number>;
    expect(phases.redirect).toBeGreaterThan(0);
    expect(found.latencyMs).toBe(phases.total);
    expect(await get(url, { redirectsMax: 1 })).toMatchObject({
      verdict: "down",
      reason: "too-many-redirects",
      facts: { location: "/0" },
    });
  });

  test.for([
    ["a loop", "/", "too-many-redirects"],
    ["another protocol", "file:///etc/passwd", "bad-redirect"],
    ["no URL at all", "http://", "bad-redirect"],
    ["a name that is lost", "http://missing.example.test/", "nxdomain"],
  ] as const)("to %s: %s is %s", async ([, location, reason]) => {
    const { port } = await run((_, response) => response.writeHead(307, { location }).end());
    const found = await get(`http://127.0.0.1:${port}/`, { redirectsMax: 5 });
    expect(found).toMatchObject({ verdict: "down", reason });
  });
});

describe("every address", () => {
  const leadsTo = (...addresses: string[]) => {
    names.udp = (asked) => [
      reply(asked, {
        answers: asked.query.questions?.[0]?.type === "A" ? addresses.map((one) => address(asked, one)) : [],
      }),
    ];
  };
  const ok: RequestListener = (_, response) => response.end("ok");

  test("all well: up, with a line and a time for each", async () => {
    const { port } = await run(ok);
    await run(ok, "127.0.0.2", port);
    leadsTo("127.0.0.1", "127.0.0.2");
    const found = await get(`http://app.test:${port}/`, { everyAddress: true }, names.resolver);
    expect(found).toMatchObject({ verdict: "up", facts: { answers: ["127.0.0.1 up", "127.0.0.2 up"] } });
    const times = found.facts.latencyMsByAddress as Record<string, number>;
    expect(Object.keys(times)).toEqual(["127.0.0.1", "127.0.0.2"]);
    expect(found.latencyMs).toBe(Math.max(...Object.values(times)));
  });

  test("one that is dead or ill is enough, and asking only the first would not have seen it", async () => {
    const { port } = await run(ok);
    await run((_, response) => response.writeHead(503).end(), "127.0.0.3", port);
    leadsTo("127.0.0.1", "127.0.0.2", "127.0.0.3");
    const url = `http://app.test:${port}/`;
    expect(await get(url, {}, names.resolver)).toMatchObject({ verdict: "up" });
    expect(await get(url, { everyAddress: true }, names.resolver)).toMatchObject({
      verdict: "down",
      reason: "connection-refused",
      facts: {
        address: "127.0.0.2",
        answers: ["127.0.0.1 up", "127.0.0.2 down connection-refused", "127.0.0.3 down status-503"],
      },
    });
  });

  test("one that could not be gone to is unknown, not well", async () => {
    const { port } = await run(ok);
    leadsTo("127.0.0.1", "255.255.255.255");
    expect(await get(`http://app.test:${port}/`, { everyAddress: true }, names.resolver)).toMatchObject({
      verdict: "unknown",
      reason: "unreachable",
    });
  });

  test("a name of which one family of addresses cannot be told is not well", async () => {
    const { port } = await run(ok);
    names.udp = (asked) => [
      asked.query.questions?.[0]?.type === "A"
        ? reply(asked, { answers: [address(asked, "127.0.0.1")] })
        : reply(asked, { rcode: 2 }),
    ];
    expect(await get(`http://app.test:${port}/`, { everyAddress: true }, names.resolver)).toMatchObject({
      verdict: "down",
      reason: "servfail",
      facts: { step: "dns", type: "AAAA" },
    });
  });

  test("holds for bare connections too", async () => {
    const { port } = await run(ok);
    leadsTo("127.0.0.1", "127.0.0.2");
    const target = { ...about, kind: "tcp", host: "app.test", port, everyAddress: true } as const;
    expect(await tcp(target, nodeEdge({ resolver: names.resolver }), patience())).toMatchObject({
      verdict: "down",
      reason: "connection-refused",
      facts: { answers: ["127.0.0.1 up", "127.0.0.2 down connection-refused"] },
    });
  });
});
