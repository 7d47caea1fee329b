/** tests · dashboard. Those who hold a connection and say next to nothing, over real sockets: each loses it in its time,
 *  and nobody else notices. */
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDashboard } from "../../dashboard/mod.ts";
import { closed, type Server, serveHere } from "../../infra/local/serving.ts";
import type { Store } from "../../store/store.ts";
import { stage, topology } from "./scenes.ts";

let server: Server;
let port = 0;
let store: Store;

beforeAll(async () => {
  const set = await stage("calm");
  store = set.store;
  const { app } = createDashboard({ store, rules: set.rules, topology, now: () => set.now, bodyMs: 150 });
  const patience = { headersMs: 150, wholeMs: 10_000, lookMs: 20, idleMs: 10_000 };
  server = await serveHere(app.fetch, 0, patience);
  port = (server.address() as AddressInfo).port;
});
afterAll(() => closed(server));

/** Sends what is given and nothing more; all that is answered until the server closes the line. */
async function trickle(...lines: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  socket.on("data", (chunk) => {
    heard += chunk;
  });
  socket.write(lines.join("\r\n"));
  await once(socket, "close");
  return heard;
}

const post = ["POST /api/requests HTTP/1.1", "host: localhost", "content-type: application/json"];

test("headers that never end", async () => {
  expect(await trickle("GET / HTTP/1.1", "host: localhost", "x-a:")).toMatch(/^HTTP\/1\.1 408 /);
});

test.each([
  ["a body that stops short of its length", [...post, "content-length: 200", "", '{"kind":"hold"']],
  ["a body in chunks that stops", [...post, "transfer-encoding: chunked", "", "5", '{"kin', ""]],
])("%s is told so and asks for nothing", async (_, lines) => {
  const heard = await trickle(...lines);
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
  expect(heard).toContain("Cannot read the body: expected all of it within 0.15 s");
  expect(await store.requests()).toEqual([]);
});

test("a hundred of them keep nobody else waiting", async () => {
  const slow = Array.from({ length: 100 }, () => trickle("POST /api/requests HTTP/1.1", "host: loc"));
  const answer = await fetch(`http://127.0.0.1:${port}/api/requests`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: "hold", reason: "a look" }),
  });
  expect(answer.status).toBe(202);
  for (const heard of await Promise.all(slow)) expect(heard).toMatch(/^HTTP\/1\.1 408 /);
});
