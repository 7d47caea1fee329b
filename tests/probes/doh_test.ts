/** DNS over HTTPS: a front that speaks RFC 8484 and hands every question on to a real name server. */
import { Buffer } from "node:buffer";
import type { RequestListener } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { dns } from "../../probes/dns.ts";
import { nodeEdge } from "../../probes/edge/node.ts";
import type { DnsTarget } from "../../store/records.ts";
import { type Authority, authority } from "./certificates.ts";
import { freePort, type NameServer, nameServer } from "./nameserver.ts";
import { type Served, serveTls } from "./webserver.ts";

let knot: NameServer;
let ours: Authority;
beforeAll(async () => {
  knot = await nameServer();
  ours = authority();
});
afterAll(() => knot.stop());

let front: Served | undefined;
afterEach(async () => {
  await front?.stop();
  front = undefined;
});
const answering = async (answer: RequestListener, name = "here.example.test") => {
  front = await serveTls(ours.sign([name], "20250101", "20991231"), answer);
  return `https://here.example.test:${front.port}/dns-query`;
};

/** Hands questions on to Knot, over TCP as a front would for whole answers. */
const relay: RequestListener = async (request, response) => {
  const asked = new URL(request.url ?? "/", "https://front").searchParams.get("dns") ?? "";
  const to = { host: "127.0.0.1", port: knot.port };
  const answer = await nodeEdge().tcp(Buffer.from(asked, "base64url"), to, AbortSignal.timeout(10_000));
  const good = request.headers.accept === "application/dns-message";
  response.writeHead(good ? 200 : 406, { "content-type": "application/dns-message" }).end(answer);
};

const hear = (resolver: string, name = "web.example.test", patience = 10_000, bootstrap = knot.resolver) => {
  const target: DnsTarget = {
    ...{ id: name, kind: "dns", service: "test", region: "us-east-1", purpose: "service" },
    ...{ name, type: "A", resolver },
  };
  return dns(target, nodeEdge({ resolver: bootstrap, ca: [ours.ca] }), AbortSignal.timeout(patience));
};

test.for([
  ["web.example.test", "up", null],
  ["big.example.test", "up", null],
  ["text.example.test", "down", "nodata"],
  ["missing.example.test", "down", "nxdomain"],
  ["www.broken.test", "down", "servfail"],
  ["www.not-served-here.test", "down", "refused"],
] as const)("%s over HTTPS is %s (%s), as over the wire", async ([name, verdict, reason]) => {
  const resolver = await answering(relay);
  const found = await hear(resolver, name);
  expect(found).toMatchObject({ verdict, reason, facts: { transport: "https", status: 200, resolver } });
  const plainly = await hear(knot.resolver, name);
  expect(found.facts.rcode).toBe(plainly.facts.rcode);
  expect((found.facts.addresses as string[]).toSorted()).toEqual(
    (plainly.facts.addresses as string[]).toSorted(),
  );
});

test("the message id is 0, so that caches may help", async () => {
  let id = -1;
  const resolver = await answering((request, response) => {
    const asked = new URL(request.url ?? "/", "https://front").searchParams.get("dns") ?? "";
    id = Buffer.from(asked, "base64url").readUInt16BE(0);
    relay(request, response);
  });
  expect((await hear(resolver)).verdict).toBe("up");
  expect(id).toBe(0);
});

test("a front that fails says so by its status; one that sends a page instead is malformed", async () => {
  expect(await hear(await answering((_, response) => response.writeHead(503).end()))).toMatchObject({
    verdict: "down",
    reason: "status-503",
  });
  await front?.stop();
  const page = await answering((_, response) =>
    response.setHeader("content-type", "text/html").end("<p>Sign in"),
  );
  expect(await hear(page)).toMatchObject({ verdict: "down", reason: "malformed" });
  await front?.stop();
  const noise = await answering((_, response) =>
    response.setHeader("content-type", "application/dns-message").end("noise"),
  );
  expect(await hear(noise)).toMatchObject({ verdict: "down", reason: "malformed" });
});

test("a front that keeps silent is a timeout", async () => {
  expect(await hear(await answering(() => undefined), "web.example.test", 300)).toMatchObject({
    verdict: "down",
    reason: "timeout",
  });
});

test("a front that cannot be reached or trusted leaves the name unknown", async () => {
  const gone = `https://127.0.0.1:${await freePort()}/dns-query`;
  expect(await hear(gone)).toMatchObject({
    verdict: "unknown",
    reason: "unreachable",
    facts: { fault: "connection-refused" },
  });
  const impostor = await answering(relay, "other.example.test");
  expect(await hear(impostor)).toMatchObject({
    verdict: "unknown",
    reason: "unreachable",
    facts: { fault: "tls" },
  });
});

test("a front whose own name cannot be found leaves the name unknown, also when it would have to find itself", async () => {
  const lost = "https://missing.example.test/dns-query";
  expect(await hear(lost)).toMatchObject({ verdict: "unknown", reason: "unreachable" });
  expect(await hear(lost, "web.example.test", 10_000, lost)).toMatchObject({
    verdict: "unknown",
    reason: "unreachable",
  });
});
