/** Against real HTTP and HTTPS servers, whose names a real name server knows. */
import type { RequestListener } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { nodeEdge } from "../../probes/edge/node.ts";
import { http } from "../../probes/http.ts";
import { probe } from "../../probes/probe.ts";
import { tasks } from "../../probes/tasks.ts";
import { tcp } from "../../probes/tcp.ts";
import type { HttpTarget, TcpTarget } from "../../store/records.ts";
import { type Authority, authority } from "./certificates.ts";
import { freePort, type NameServer, nameServer } from "./nameserver.ts";
import { type Served, serve, serveBytes, serveTls } from "./webserver.ts";

const patience = () => AbortSignal.timeout(10_000);
const soon = () => AbortSignal.timeout(300);
const about = { id: "t", service: "app", region: "us-east-1", purpose: "workload" } as const;

let knot: NameServer;
let ours: Authority;
beforeAll(async () => {
  knot = await nameServer();
  ours = authority();
});
afterAll(() => knot.stop());

const running: Served[] = [];
const run = async (server: Promise<Served>) => {
  const served = await server;
  running.push(served);
  return served;
};
afterEach(async () => {
  for (const served of running.splice(0)) await served.stop();
});

const edge = () => nodeEdge({ resolver: knot.resolver, ca: [ours.ca] });
const get = (url: string, more: Partial<HttpTarget> = {}, signal = patience()) =>
  http({ ...about, kind: "http", url, ...more }, edge(), signal);
const ok: RequestListener = (_, response) => response.end("ok");

describe("http", () => {
  test("a name is found on the wire, and every phase has its time", async () => {
    let asked: { host?: string | undefined; connection?: string | undefined; url?: string | undefined } = {};
    const { port } = await run(
      serve((request, response) => {
        asked = { host: request.headers.host, connection: request.headers.connection, url: request.url };
        response.setHeader("x-served-by", "us-east-1").end("hello");
      }),
    );
    const found = await get(`http://here.example.test:${port}/health?deep=1`);
    expect(found).toMatchObject({
      verdict: "up",
      facts: { address: "127.0.0.1", addresses: ["127.0.0.1"], status: 200, servedBy: "us-east-1" },
    });
    expect(asked).toEqual({ host: `here.example.test:${port}`, connection: "close", url: "/health?deep=1" });
    const phases = found.facts.phases as Record<string, number>;
    expect(Object.keys(phases).toSorted()).toEqual(["connect", "dns", "firstByte", "total"]);
    expect(found.latencyMs).toBe(phases.total);
    const parts = (phases.dns ?? 0) + (phases.connect ?? 0) + (phases.firstByte ?? 0);
    expect(phases.total).toBeGreaterThanOrEqual(parts * 0.999); // sums of floats
  });

  test("an IP address needs no name server", async () => {
    const { port } = await run(serve(ok));
    const found = await http(
      { ...about, kind: "http", url: `http://127.0.0.1:${port}/` },
      nodeEdge({ resolver: `127.0.0.1:${await freePort()}` }),
      patience(),
    );
    expect(found.verdict).toBe("up");
    expect(found.facts.phases).not.toHaveProperty("dns");
  });

  test.for([
    [204, undefined, "up", null],
    [302, undefined, "up", null],
    [404, undefined, "down", "status-404"],
    [503, undefined, "down", "status-503"],
    [403, [403], "up", null],
    [200, [403], "down", "status-200"],
  ] as const)("status %i, %j expected, is %s", async ([status, expectStatus, verdict, reason]) => {
    const { port } = await run(serve((_, response) => response.writeHead(status, { location: "/on" }).end()));
    const found = await get(
      `http://127.0.0.1:${port}/`,
      expectStatus ? { expectStatus: [...expectStatus] } : {},
    );
    expect(found).toMatchObject({ verdict, reason, facts: { status } });
  });

  test.for([
    ["http://missing.example.test/", "down", "nxdomain"],
    ["http://text.example.test/", "down", "nodata"],
    ["http://www.broken.test/", "down", "servfail"],
  ] as const)("%s cannot be found: %s, %s, at the step dns", async ([url, verdict, reason]) => {
    expect(await get(url)).toMatchObject({ verdict, reason, latencyMs: null, facts: { step: "dns", url } });
  });

  test("nobody to ask for the name: unknown, not down", async () => {
    const resolver = `127.0.0.1:${await freePort()}`;
    expect(await get("http://here.example.test/", { resolver })).toMatchObject({
      verdict: "unknown",
      reason: "unreachable",
    });
  });

  test("nobody listens: refused", async () => {
    const port = await freePort();
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({
      verdict: "down",
      reason: "connection-refused",
      latencyMs: null,
    });
  });

  test.for([
    ["hangs up at once", (socket: import("node:net").Socket) => socket.destroy(), "connection-reset"],
    [
      "hangs up in the middle of the body",
      (socket: import("node:net").Socket) => {
        socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"));
      },
      "connection-reset",
    ],
    [
      "does not speak HTTP",
      (socket: import("node:net").Socket) => {
        socket.once("data", () => socket.end("220 mail.example.test ESMTP\r\n"));
      },
      "malformed",
    ],
    [
      "sends a head without end",
      (socket: import("node:net").Socket) => {
        socket.once("data", () => socket.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}`));
      },
      "malformed",
    ],
  ] as const)("a server that %s", async ([, talk, reason]) => {
    const { port } = await run(serveBytes(talk));
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({ verdict: "down", reason });
  });

  test("a server that takes the request and says nothing: timeout, and the phases tell that it was connected", async () => {
    const served = await run(serveBytes((socket) => socket.resume()));
    const found = await get(`http://127.0.0.1:${served.port}/`, {}, soon());
    expect(found).toMatchObject({ verdict: "down", reason: "timeout", latencyMs: null });
    expect(Object.keys(found.facts.phases ?? {})).toEqual(["connect"]);
    await vi.waitFor(() => expect(served.open.size).toBe(0));
  });

  test("a body that never ends in time is a timeout too; one that is merely long is cut off", async () => {
    const slow = await run(serve((_, response) => void response.write("begun")));
    expect(await get(`http://127.0.0.1:${slow.port}/`, {}, soon())).toMatchObject({
      verdict: "down",
      reason: "timeout",
    });
    const chunk = Buffer.alloc(64 * 1024);
    const endless = await run(
      serve((_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on("drain", more);
        more();
      }),
    );
    expect(await get(`http://127.0.0.1:${endless.port}/`)).toMatchObject({ verdict: "up" });
    await vi.waitFor(() => expect(endless.open.size).toBe(0));
  });

  test("someone who wants the end gets it at once", async () => {
    const stop = new AbortController();
    const served = await run(serve(() => stop.abort(new Error("enough"))));
    await expect(get(`http://127.0.0.1:${served.port}/`, {}, stop.signal)).rejects.toThrow("enough");
    await vi.waitFor(() => expect(served.open.size).toBe(0));
  });
});

describe("https", () => {
  test("connects to the address, and asks for the name in SNI and Host", async () => {
    let sni: string | false | null = null;
    const { port } = await run(
      serveTls(ours.sign(["here.example.test"], "20250101", "20991231"), (request, response) => {
        sni = "servername" in request.socket ? (request.socket.servername as string) : null;
        response.end();
      }),
    );
    const found = await get(`https://here.example.test:${port}/`);
    expect(found).toMatchObject({
      verdict: "up",
      facts: { address: "127.0.0.1", names: ["DNS:here.example.test"], issuer: "Test authority" },
    });
    expect(found.facts.daysLeft).toBeGreaterThan(20_000);
    expect(Object.keys(found.facts.phases ?? {}).toSorted()).toEqual([
      "connect",
      "dns",
      "firstByte",
      "tls",
      "total",
    ]);
    expect(sni).toBe("here.example.test");
  });

  test("an address may be certified too", async () => {
    const { port } = await run(serveTls(ours.sign(["127.0.0.1"], "20250101", "20991231"), ok));
    expect(await get(`https://127.0.0.1:${port}/`)).toMatchObject({ verdict: "up" });
  });

  test.for([
    ["other.example.test", "20250101", "20991231", "tls-name-mismatch", "other.example.test"],
    ["here.example.test", "20200101", "20210101", "tls-expired", "CERT_HAS_EXPIRED"],
    ["here.example.test", "20980101", "20991231", "tls-not-yet-valid", "CERT_NOT_YET_VALID"],
  ] as const)(
    "a certificate for %s, %s–%s: %s, and nothing is asked",
    async ([name, from, to, reason, detail]) => {
      let asked = 0;
      const { port } = await run(
        serveTls(ours.sign([name], from, to), (_, response) => {
          asked++;
          response.end();
        }),
      );
      const found = await get(`https://here.example.test:${port}/`);
      expect(found).toMatchObject({ verdict: "down", reason, facts: { names: [`DNS:${name}`] } });
      expect(found.facts.detail).toContain(detail);
      expect(typeof found.facts.daysLeft).toBe("number");
      expect(Object.keys(found.facts.phases ?? {})).toEqual(["dns", "connect", "tls"]);
      expect(asked).toBe(0);
    },
  );

  test("a chain to nobody we know is untrusted, and the certificate is shown", async () => {
    const { port } = await run(serveTls(authority().sign(["here.example.test"], "20250101", "20991231"), ok));
    expect(await get(`https://here.example.test:${port}/`)).toMatchObject({
      verdict: "down",
      reason: "tls-untrusted",
      facts: { names: ["DNS:here.example.test"], issuer: "Test authority" },
    });
  });

  test("a handshake that never ends is a timeout; one that is hung up on, a reset", async () => {
    const deaf = await run(serveBytes((socket) => socket.resume()));
    expect(await get(`https://127.0.0.1:${deaf.port}/`, {}, soon())).toMatchObject({ reason: "timeout" });
    await vi.waitFor(() => expect(deaf.open.size).toBe(0));
    const rude = await run(serveBytes((socket) => socket.once("data", () => socket.destroy())));
    expect(await get(`https://127.0.0.1:${rude.port}/`)).toMatchObject({ reason: "connection-reset" });
  });

  test("plain HTTP behind https:// is a TLS fault", async () => {
    const { port } = await run(serve(ok));
    expect(await get(`https://here.example.test:${port}/`)).toMatchObject({ verdict: "down", reason: "tls" });
  });
});

describe("tcp and tls", () => {
  const knock = (target: Pick<TcpTarget, "kind" | "host" | "port">, signal = patience(), from = edge()) =>
    tcp({ ...about, ...target }, from, signal);

  test("an open port is up, a closed one refused, a lost name says why", async () => {
    const { port } = await run(serveBytes((socket) => socket.resume()));
    expect(await knock({ kind: "tcp", host: "here.example.test", port })).toMatchObject({
      verdict: "up",
      facts: { address: "127.0.0.1", host: "here.example.test", port },
    });
    const closed = await freePort();
    expect(await knock({ kind: "tcp", host: "127.0.0.1", port: closed })).toMatchObject({
      verdict: "down",
      reason: "connection-refused",
    });
    expect(await knock({ kind: "tcp", host: "missing.example.test", port })).toMatchObject({
      verdict: "down",
      reason: "nxdomain",
    });
  });

  test.for([
    ["here.example.test", "20250101", "20991231", "up", null],
    ["other.example.test", "20250101", "20991231", "down", "tls-name-mismatch"],
    ["here.example.test", "20200101", "20210101", "down", "tls-expired"],
    ["here.example.test", "20980101", "20991231", "down", "tls-not-yet-valid"],
  ] as const)("a certificate for %s, %s–%s: %s %s", async ([name, from, to, verdict, reason]) => {
    const { port } = await run(serveTls(ours.sign([name], from, to), ok));
    const found = await knock({ kind: "tls", host: "here.example.test", port });
    expect(found).toMatchObject({
      verdict,
      reason,
      facts: { names: [`DNS:${name}`], issuer: "Test authority" },
    });
    const until = Date.UTC(Number(to.slice(0, 4)), Number(to.slice(4, 6)) - 1, Number(to.slice(6)));
    expect(found.facts.daysLeft).toBe(Math.floor((until - Date.now()) / 86_400_000));
  });

  test("a chain to an authority we do not know is untrusted, whatever the name", async () => {
    const { port } = await run(serveTls(authority().sign(["here.example.test"], "20250101", "20991231"), ok));
    expect(await knock({ kind: "tls", host: "here.example.test", port })).toMatchObject({
      verdict: "down",
      reason: "tls-untrusted",
    });
  });

  test("no TLS behind the port is a TLS fault; nothing at all behind it is a timeout", async () => {
    const { port } = await run(serve(ok));
    expect(await knock({ kind: "tls", host: "127.0.0.1", port })).toMatchObject({
      verdict: "down",
      reason: "tls",
    });
    const deaf = await run(serveBytes((socket) => socket.resume()));
    expect(await knock({ kind: "tls", host: "127.0.0.1", port: deaf.port }, soon())).toMatchObject({
      verdict: "down",
      reason: "timeout",
    });
  });
});

describe("tasks", () => {
  const count = async (answer: RequestListener, signal = patience()) => {
    const { port } = await run(serve(answer));
    return tasks(
      { ...about, purpose: "capacity", kind: "aws", url: `http://127.0.0.1:${port}/tasks` },
      edge(),
      signal,
    );
  };

  test.for([
    [3, 3, "up", null],
    [4, 3, "up", null],
    [1, 3, "down", "too-few-tasks"],
    [0, 3, "down", "no-tasks"],
    [0, 0, "down", "no-tasks"],
  ] as const)("%i running of %i: %s %s", async ([running, desired, verdict, reason]) => {
    const found = await count((_, response) => response.end(JSON.stringify({ running, desired })));
    expect(found).toMatchObject({ verdict, reason, facts: { running, desired } });
  });

  test.for([
    [429, "throttled"],
    [403, "denied"],
    [500, "status-500"],
  ] as const)("an API that answers %i says nothing of the tasks: unknown, %s", async ([status, reason]) => {
    const found = await count((_, response) => response.writeHead(status).end('{"running":3,"desired":3}'));
    expect(found).toMatchObject({ verdict: "unknown", reason });
    expect(found.facts).not.toHaveProperty("running");
  });

  test.for([
    "",
    "<html>",
    "[]",
    '{"running":-1,"desired":3}',
    '{"running":"3","desired":3}',
    "null",
    `"${"x".repeat(100_000)}"`,
  ])("a body that is not two counts is unknown, malformed", async (body) => {
    expect(await count((_, response) => response.end(body))).toMatchObject({
      verdict: "unknown",
      reason: "malformed",
    });
  });

  test("an API that does not answer is unknown, never no-tasks", async () => {
    expect(await count(() => undefined, soon())).toMatchObject({ verdict: "unknown", reason: "timeout" });
  });
});

describe("lag", () => {
  const asked = async (answer: RequestListener, signal = patience()) => {
    const { port } = await run(serve(answer));
    const url = `http://127.0.0.1:${port}/lag`;
    return probe({ ...about, id: "lag", purpose: "data", kind: "aws", url }, edge(), signal);
  };

  test.for([0, 0.5, 90_000])(
    "a copy that is %i ms behind says so, and is up: how much is too much is for the rules",
    async (lagMs) => {
      const found = await asked((_, response) => response.end(JSON.stringify({ lagMs, since: "noon" })));
      expect(found).toMatchObject({ verdict: "up", facts: { lagMs } });
    },
  );

  test.for(["", "{}", '{"lagMs":-1}', '{"lagMs":null}', '{"lagMs":"0"}'])(
    "%j is no lag: unknown, malformed",
    async (body) => {
      const found = await asked((_, response) => response.end(body));
      expect(found).toMatchObject({ verdict: "unknown", reason: "malformed" });
      expect(found.facts).not.toHaveProperty("lagMs");
    },
  );

  test("one that is not told is unknown, never zero", async () => {
    const found = await asked((_, response) => response.writeHead(503).end('{"lagMs":0}'));
    expect(found).toMatchObject({ verdict: "unknown", reason: "status-503" });
    expect(found.facts).not.toHaveProperty("lagMs");
  });
});
