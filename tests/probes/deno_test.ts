/** The probes in real Deno: its own test runner over the same files, and `deno serve` with the edge entry, both with
 *  the least rights. A machine without Deno fails these. */
import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Observation, Round } from "../../store/records.ts";
import { beside } from "../beside.ts";
import { deno, forDeno } from "../deno.ts";
import { authority } from "./certificates.ts";
import { address, type Liar, liar, reply } from "./liar.ts";
import { freePort, type NameServer, nameServer } from "./nameserver.ts";
import { type Served, serve, serveTls } from "./webserver.ts";

const net = "--allow-net=127.0.0.1,0.0.0.0:0"; // 0.0.0.0:0: where a UDP socket begins

let knot: NameServer;
let forger: Liar;
let web: Served;
let secure: Served;
const ours = authority();
beforeAll(async () => {
  knot = await nameServer();
  forger = await liar();
  forger.udp = (asked) => {
    void forger.fromElsewhere(reply(asked, { answers: [address(asked, "203.0.113.66")] }));
    return [];
  };
  web = await serve((_, response) => response.setHeader("x-served-by", "test").end("ok"));
  secure = await serveTls(ours.sign(["here.example.test"], "20250101", "20991231"), (_, response) =>
    response.end("ok"),
  );
});
afterAll(async () => {
  await knot.stop();
  await forger.stop();
  await web.stop();
  await secure.stop();
});

test("deno test: the same files give the same answers", { timeout: 120_000 }, async () => {
  const env = {
    KNOT: knot.resolver,
    WEB: `127.0.0.1:${web.port}`,
    FORGER: forger.resolver,
    SECURE: `127.0.0.1:${secure.port}`,
    CA: ours.ca,
  };
  const allow = [net, `--allow-env=${Object.keys(env).join(",")}`, "--no-prompt", "--no-check"];
  const child = spawn(deno, ["test", ...allow, "tests/probes/deno/probes-deno.ts"], forDeno(env));
  child.stdin.end();
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => said.push(String(chunk)));
  const code = await new Promise((resolve) => child.on("close", resolve));
  const text = said.join("");
  expect(text).toMatch(/ok \| 13 passed \| 0 failed/);
  expect(code, text).toBe(0);
});

const settings = () => ({
  HOLDFAST_TOKEN: "a-token-of-some-length",
  HOLDFAST_VANTAGE: "edge-1",
  HOLDFAST_REGION: "eu-west-1",
  HOLDFAST_RESOLVER: knot.resolver,
  HOLDFAST_TARGETS: `web.example.test\ntext.example.test\nhttp://here.example.test:${web.port}/`,
});
const serving = async (env: Record<string, string>) => {
  const port = await freePort();
  const allow = [
    net,
    `--allow-env=${[...Object.keys(settings()), "HOLDFAST_ALLOW", "HOLDFAST_TIMEOUT_MS"].join(",")}`,
  ];
  const args = [
    "serve",
    ...allow,
    "--no-prompt",
    "--no-check",
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
  ];
  const edge = await beside(deno, [...args, "probes/run/edge.ts"], /Listening/, forDeno(env));
  const get = (path: string, token = settings().HOLDFAST_TOKEN) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { ...edge, get };
};

test("deno serve: the edge entry answers observations to those who know the token", {
  timeout: 120_000,
}, async () => {
  const edge = await serving({ ...settings(), HOLDFAST_ALLOW: "127.0.0.0/8" });
  const one = await edge.get("/probe?target=text.example.test/A");
  expect(Observation.parse(await one.json())).toMatchObject({
    vantage: "edge-1",
    verdict: "down",
    reason: "nodata",
  });
  const heard = Round.parse(await (await edge.get("/round")).json());
  expect(heard.observations.map((o) => o.verdict)).toEqual(["up", "down", "up"]);
  expect((await edge.get("/round", "guess")).status).toBe(401);
  expect((await edge.get("/probe?target=http://127.0.0.1/")).status).toBe(404);
  await edge.stop();
});

test("deno serve: without leave, a name that leads to the loopback is not followed", {
  timeout: 120_000,
}, async () => {
  const edge = await serving(settings());
  const heard = await (await edge.get(`/probe?target=http://here.example.test:${web.port}/`)).json();
  expect(heard).toMatchObject({ verdict: "unknown", reason: "unreachable" });
  await edge.stop();
});

test.for([
  ["HOLDFAST_TOKEN", "short", "expected a token of at least 16 characters"],
  ["HOLDFAST_REGION", "nowhere", "expected a region such as us-east-1"],
  ["HOLDFAST_RESOLVER", "dns.google", "expected an IP address"],
  ["HOLDFAST_TARGETS", "b@d", "HOLDFAST_TARGETS:1: expected a DNS name"],
  ["HOLDFAST_ALLOW", "10.0.0.0", "expected a prefix"],
  ["HOLDFAST_TIMEOUT_MS", "-1", "expected 1 to 60000"],
] as const)(
  "deno serve: a wrong %s stops it at the start, and says why",
  { timeout: 120_000 },
  async ([name, value, message]) => {
    await expect(serving({ ...settings(), [name]: value })).rejects.toThrow(message);
  },
);
