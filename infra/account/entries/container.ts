/** infra/account · entry. The dashboard's container: serves on $PORT until it is told to end, and then ends in order. */
import { serve } from "@hono/node-server";
import { containerApp, readContainer } from "../container.ts";

const told = readContainer(process.env);
const server = serve({ fetch: containerApp(told).fetch, port: told.port, hostname: "0.0.0.0" }, () =>
  console.log(JSON.stringify({ entry: "container", what: "serves", port: told.port })),
);

process.once("SIGTERM", () => {
  server.close(() => process.exit(0));
  if ("closeAllConnections" in server) setTimeout(() => server.closeAllConnections(), endMs).unref(); // live streams never end by themselves
});

const endMs = 5_000; // what was begun may end; ECS waits thirty seconds
