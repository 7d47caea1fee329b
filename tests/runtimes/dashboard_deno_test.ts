/** tests · runtimes. The dashboard in real Deno, served by `deno serve` with the least rights. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { dashboardSuite } from "./dashboard_suite.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let server: ChildProcess;
let url = "";

beforeAll(async () => {
  const rights = ["--allow-read=.", "--allow-env", "--allow-net=127.0.0.1:0"];
  const args = [
    "serve",
    "--no-check",
    ...rights,
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "tests/runtimes/deno_dashboard.ts",
  ];
  server = spawn(`${root}node_modules/.bin/deno`, args, {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "",
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  url = await new Promise((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
        if (found) resolve(found[0]);
      });
    }
    server.once("exit", (code) => reject(new Error(`deno ended with ${code}: ${said.join("\n")}`)));
  });
});
afterAll(async () => {
  const gone = once(server, "exit");
  server.kill();
  await gone;
});

dashboardSuite("Deno", (path, init) => fetch(`${url}${path}`, init));
