/** tests · runtimes. What `deno serve` is given: the dashboard over the scene "outage". */
import { createDashboard } from "../../dashboard/mod.ts";
import { stage, topology } from "../dashboard/scenes.ts";
import { access, liveMs, status } from "./access.ts";

const { store, rules, now } = await stage("outage");
const { app } = createDashboard({ store, rules, topology, now: () => now, access, liveMs, status });

export default { fetch: app.fetch };
