/** The zone's own servers, found and asked one by one: what a resolver's cache would hide. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { authorities, delegationFault } from "../../probes/authorities.ts";
import { dns } from "../../probes/dns.ts";
import { nodeEdge } from "../../probes/edge/node.ts";
import { round } from "../../probes/round.ts";
import type { DnsTarget } from "../../store/records.ts";
import { address, liar, reply } from "./liar.ts";
import { freePort, type NameServer, nameServer } from "./nameserver.ts";

let knot: NameServer;
beforeAll(async () => {
  knot = await nameServer();
});
afterAll(() => knot.stop());
const patience = () => AbortSignal.timeout(10_000);
const asking = (resolver: string): DnsTarget => ({
  ...{ id: resolver, kind: "dns", service: "test", region: "us-east-1", purpose: "service" },
  ...{ name: "web.example.test", type: "A", resolver },
});

test.for(["web.example.test", "example.test", "missing.example.test", "alias.example.test"])(
  "%s lies in example.test, whose server is found",
  async (name) => {
    const edge = nodeEdge({ resolver: knot.resolver });
    expect(await authorities(name, edge, patience(), knot.port)).toEqual({
      zone: "example.test",
      servers: [{ name: "ns.example.test", resolver: `auth://127.0.0.1:${knot.port}` }],
    });
  },
);

test("no zone, or nobody to ask: null", async () => {
  expect(
    await authorities("www.elsewhere.test", nodeEdge({ resolver: knot.resolver }), patience()),
  ).toBeNull();
  const nobody = nodeEdge({ resolver: `127.0.0.1:${await freePort()}` });
  expect(await authorities("web.example.test", nobody, patience())).toBeNull();
});

test("two servers of one zone side by side: the one that has lost the zone is told from the one that serves it", async () => {
  const forgetful = await liar(); // answers from a cache, as no authority should
  forgetful.udp = (asked) => [reply(asked, { answers: [address(asked)] })];
  const targets = [`auth://${knot.resolver}`, `auth://${forgetful.resolver}`].map(asking);
  const vantage = { id: "here", region: "us-west-2" };
  const { observations } = await round({ vantage, targets, edge: nodeEdge(), timeoutMs: 10_000 });
  expect(observations.map((o) => [o.verdict, o.reason])).toEqual([
    ["up", null],
    ["down", "lame"],
  ]);
  expect(forgetful.heard[0]?.query.flag_rd).toBe(false);
  await forgetful.stop();
});

test.for([
  [["ns.child.example.test"], null],
  [
    ["ns.child.example.test", "ns2.child.example.test"],
    "child.example.test: its parent sends to ns.child.example.test; the zone itself names ns.child.example.test, ns2.child.example.test",
  ],
  [[], null],
] as const)("a zone that names %j, of which its parent names ns.child: %s", async ([own, says]) => {
  const resolver = await liar(); // what the zone says of itself; its parent is Knot, which refers as parents do
  resolver.udp = (asked) => {
    const [question] = asked.query.questions ?? [];
    const ns = (name: string, data: string) => ({ type: "NS", name, data, ttl: 60 }) as const;
    if (question?.type === "A") return [reply(asked, { answers: [address(asked, "127.0.0.1")] })];
    if (question?.type !== "NS") return [reply(asked)];
    const above = question.name === "example.test" ? ["ns.example.test"] : [];
    const servers = question.name === "child.example.test" ? own : above;
    return [reply(asked, { answers: servers.map((server) => ns(question.name, server)) })];
  };
  const edge = nodeEdge({ resolver: resolver.resolver });
  expect(await delegationFault("child.example.test", edge, patience(), knot.port)).toBe(says);
  await resolver.stop();
});

test("an authority that refuses or fails is said to, not called lame", async () => {
  const found = await dns(
    { ...asking(`auth://${knot.resolver}`), name: "www.broken.test" },
    nodeEdge(),
    patience(),
  );
  expect(found).toMatchObject({ verdict: "down", reason: "servfail" });
});
