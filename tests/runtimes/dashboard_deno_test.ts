/** tests · runtimes. The dashboard in real Deno, served by `deno serve` with the least rights. */
import { afterAll, beforeAll } from "vitest";
import { type Beside, beside } from "../beside.ts";
import { deno, forDeno } from "../deno.ts";
import { dashboardSuite } from "./dashboard-suite.ts";

const rights = ["--allow-read=.", "--allow-env", "--allow-net=127.0.0.1:0"];
const where = ["--host", "127.0.0.1", "--port", "0"];
const isServed = /http:\/\/127\.0\.0\.1:\d+/;
let server: Beside;
let url = "";

beforeAll(async () => {
  const args = ["serve", "--no-check", ...rights, ...where, "tests/runtimes/deno-dashboard.ts"];
  server = await beside(deno, args, isServed, forDeno());
  url = isServed.exec(server.ready)?.[0] ?? "";
});
afterAll(() => server?.stop());

dashboardSuite("Deno", (path, init) => fetch(`${url}${path}`, init));
