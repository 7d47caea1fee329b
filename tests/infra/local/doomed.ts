/** tests · a world in a process of its own, to be killed: breaks something, drains the home region, says so, and goes on. */
import { startWorld } from "../../../infra/local/mod.ts";
import { nodeEdge } from "../../../probes/edge/node.ts";

const world = await startWorld({
  dir: process.argv[2] ?? "",
  dnsPort: 0,
  appPort: 0,
  seed: 7,
  wire: nodeEdge({ resolver: "127.0.0.1:1" }),
  timings: { alarmPeriodMs: 100 },
});
await world.playground.break({ fault: "dns-nodata", region: "us-west-2", service: "s3" });
const drain = {
  id: "1",
  at: 1,
  kind: "drain",
  region: "us-east-1",
  drained: true,
  manner: "graceful",
} as const;
while (!(await world.traffic.carryOut(drain))) await new Promise((done) => setTimeout(done, 20));
process.stdout.write("done\n");
