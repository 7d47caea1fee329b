/** tests · runtimes. The dashboard on Node, over real sockets. */
import { afterAll, beforeAll } from "vitest";
import { type Served, served } from "../dashboard/browser.ts";
import { stage, topology } from "../dashboard/scenes.ts";
import { access, liveMs, status } from "./access.ts";
import { dashboardSuite } from "./dashboard-suite.ts";

let server: Served;
beforeAll(async () => {
  const { store, rules, now } = await stage("outage");
  server = await served({ store, rules, topology, now: () => now, access, liveMs, status });
});
afterAll(() => server.stop());

dashboardSuite("Node", (path, init) => fetch(`${server.url}${path}`, init));
