/** tests · bench. Servers to be asked, one for each name, in a process of its own: the dashboard over a scene whose report
 *  changes when told to, and peers that answer with as many bytes. Told "update" by its parent it makes one; told "spent"
 *  it says what it has used. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createDashboard } from "../../../dashboard/mod.ts";
import { serveHere } from "../../../infra/local/serving.ts";
import { stage, topology } from "../../dashboard/scenes.ts";

const name = process.argv[2] ?? "dashboard";
const { store, rules } = await stage("outage", Date.now());
const now = () => Date.now();
const dashboard = createDashboard({ store, rules, topology, now });
const state = await (await dashboard.app.request("/api/state")).text();

const servers: Record<string, () => Promise<number>> = {
  dashboard: async () => portOf(await serveHere(dashboard.app.fetch, 0)),
  "node:http, bytes at hand": () =>
    new Promise((done) => {
      const server = createServer((_, answer) => {
        answer.setHeader("content-type", "application/json");
        answer.end(state);
      });
      server.listen(0, "127.0.0.1", () => done(portOf(server)));
    }),
  "Hono, an object at hand": () =>
    new Promise((done) => {
      const object: unknown = JSON.parse(state);
      const app = new Hono().get("/api/state", (c) => c.json(object as object));
      const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => done(portOf(server)));
    }),
};

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
const tell = (message: object) => process.send?.(message);

let updates = 0;
process.on("message", async (asked) => {
  if (asked === "update") {
    const report = await store.lastReport();
    if (!report) throw new Error("the scene has no report");
    updates += 1;
    const at = Date.now();
    const [home, ...others] = report.assessment.regions;
    const regions = home ? [{ ...home, score: (updates % 50) / 100 }, ...others] : [];
    await store.report({
      ...report,
      assessment: { ...report.assessment, at, regions },
      why: `update ${updates} at ${at} `,
    });
  }
  if (asked === "spent") {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    tell({ cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss(), listening: dashboard.listening() });
  }
});
const start = servers[name];
if (!start) throw new Error(`Cannot serve ${name}: expected one of ${Object.keys(servers).join(", ")}`);
tell({ port: await start(), bytes: state.length });
