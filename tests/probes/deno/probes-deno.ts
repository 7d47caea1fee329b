/** tests · Deno. The same probe files as in Node, on Deno's own runtime and with no more rights than they need. Run by
 *  `deno_test.ts` beside it, which brings up the servers and says in the environment where they are. */
import { strictEqual } from "node:assert";
import { dns } from "../../../probes/dns.ts";
import { nodeEdge } from "../../../probes/edge/node.ts";
import { probe } from "../../../probes/probe.ts";
import { round } from "../../../probes/round.ts";
import type { Target } from "../../../store/records.ts";

declare const Deno: {
  test(name: string, run: () => Promise<void>): void;
  env: { get(name: string): string | undefined };
};

const place = (name: string) => Deno.env.get(name) ?? "";
const knot = place("KNOT");
const web = place("WEB");
const about = { id: "t", service: "app", region: "us-east-1", purpose: "service" } as const;
const edge = nodeEdge({ resolver: knot });
const patience = () => AbortSignal.timeout(10_000);
const ask = (name: string, type: "A" | "AAAA" = "A", resolver = knot) =>
  dns({ ...about, kind: "dns", name, type, resolver }, edge, patience());

const expected: [string, "A" | "AAAA", string, string | null][] = [
  ["web.example.test", "A", "up", null],
  ["six.example.test", "AAAA", "up", null],
  ["big.example.test", "A", "up", null],
  ["alias-of-alias.example.test", "A", "up", null],
  ["web.example.test", "AAAA", "down", "nodata"],
  ["missing.example.test", "A", "down", "nxdomain"],
  ["www.broken.test", "A", "down", "servfail"],
  ["www.not-served-here.test", "A", "down", "refused"],
  ["www.child.example.test", "A", "down", "lame"],
];
for (const [name, type, verdict, reason] of expected) {
  Deno.test(`${name} ${type} is ${verdict} ${reason}`, async () => {
    const found = await ask(name, type);
    strictEqual(found.verdict, verdict);
    strictEqual(found.reason, reason);
  });
}

Deno.test("a perfect forgery from another port is not believed", async () => {
  const found = await dns(
    { ...about, kind: "dns", name: "web.example.test", type: "A", resolver: place("FORGER") },
    edge,
    AbortSignal.timeout(300),
  );
  strictEqual(found.reason, "timeout");
});

Deno.test("HTTP, TCP, and a refused port, in a round", async () => {
  const port = Number(web.split(":")[1]);
  const targets: Target[] = [
    { ...about, id: "http", kind: "http", url: `http://here.example.test:${port}/` },
    { ...about, id: "tcp", kind: "tcp", host: "127.0.0.1", port },
    { ...about, id: "refused", kind: "tcp", host: "127.0.0.1", port: 1 },
    { ...about, id: "tls", kind: "tls", host: "127.0.0.1", port },
  ];
  const vantage = { id: "deno", region: "eu-west-1" };
  const { observations } = await round({ vantage, targets, edge, timeoutMs: 10_000 });
  strictEqual(observations.map((o) => o.reason).join(), ",,connection-refused,tls");
  strictEqual(observations[0]?.facts.servedBy, "test");
});

Deno.test("a probe goes nowhere it has no right to: the runtime itself refuses, and the round says probe-failed", async () => {
  const target: Target = { ...about, kind: "tcp", host: "192.0.2.1", port: 80 };
  const { observations } = await round({
    vantage: { id: "deno", region: "eu-west-1" },
    targets: [target],
    edge,
    timeoutMs: 1_000,
  });
  strictEqual(observations[0]?.verdict, "unknown");
  strictEqual(
    (await probe({ ...target, port: 1, host: "127.0.0.1" }, edge, patience())).reason,
    "connection-refused",
  );
});

Deno.test("HTTPS: a certificate is judged before anything is asked", async () => {
  const url = `https://here.example.test:${place("SECURE").split(":")[1]}/`;
  const target: Target = { ...about, kind: "http", url, expectBody: "ok" };
  const trusting = nodeEdge({ resolver: knot, ca: [place("CA")] });
  const good = await probe(target, trusting, patience());
  strictEqual(good.verdict, "up", JSON.stringify(good));
  strictEqual(typeof good.facts.daysLeft, "number");
  const bad = await probe(target, edge, patience());
  strictEqual(bad.reason, "tls-untrusted", JSON.stringify(bad));
});
