/** tests · bench. The dashboard under load: thousands who listen while something changes every second, `GET /api/state`
 *  beside peers that send as many bytes, and how soon a browser has painted. The server has one core, the others have
 *  another, where the machine can be told so (`taskset`). */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openBrowser } from "../dashboard/browser.ts";

const listeners = Number(process.env.LISTENERS ?? 5_000);
const updates = Number(process.env.UPDATES ?? 30);
const requests = 4_000;
const paints = 7;

const pins = spawnSync("taskset", ["-c", "0", "true"]).status === 0;
const dir = join(import.meta.dirname, "dashboard");

/** A program of the bench, on the core given. */
function begin(core: 0 | 1, file: string, ...args: (string | number)[]): ChildProcess {
  const [command = "", ...rest] = [
    ...(pins ? ["taskset", "-c", String(core)] : []),
    process.execPath,
    "--expose-gc",
    join(dir, file),
    ...args.map(String),
  ];
  return spawn(command, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

async function told<T>(child: ChildProcess, ask?: string): Promise<T> {
  const heard = once(child, "message");
  if (ask) child.send(ask);
  return (await heard)[0] as T;
}

const sorted = (xs: readonly number[]) => xs.toSorted((a, b) => a - b);
const at = (xs: readonly number[], share: number) =>
  xs[Math.min(xs.length - 1, Math.floor(xs.length * share))] ?? Number.NaN;
const figure = (x: number) => (x >= 100 ? x.toFixed(0) : x.toFixed(1));

type Spent = { cpuMs: number; rss: number; listening: number };
type Heard = {
  lateMs: number[];
  missed: number;
  lost: number;
  bytes: number;
  newest: number;
  why: [string, number][];
};

export async function dashboardBench(): Promise<void> {
  console.log(
    pins ? "the server on core 0, everybody else on core 1" : "cores are shared: taskset is not here",
  );
  await listening("/live", "the page's sections as browsers ask for them, in gzip", "gzip");
  await listening("/api/live", "the state as JSON, plain", "");
  await asking();
  await painting();
}

async function listening(path: string, what: string, accepts: string): Promise<void> {
  const server = begin(0, "server.ts", "dashboard");
  const { port } = await told<{ port: number }>(server);
  const before = await told<Spent>(server, "spent");
  const crowd = begin(1, "listeners.ts", port, path, listeners, accepts);
  await told(crowd);
  for (let tries = 0; tries < 600; tries++) {
    if ((await told<{ connected: number }>(crowd, "connected")).connected >= listeners) break;
    await pause(100);
  }
  const idle = await told<Spent>(server, "spent");
  for (let i = 0; i < updates; i++) {
    server.send("update");
    await pause(1_000);
  }
  await pause(2_000);
  const after = await told<Spent>(server, "spent");
  const { lateMs, missed, lost, bytes, newest, why } = await told<Heard>(crowd, "heard");
  for (const child of [crowd, server]) child.kill();
  const late = sorted(lateMs);
  const whole = late.length === listeners * updates && missed === 0;
  console.log(
    `${path}, ${what}: ${listeners} listeners (${idle.listening} held by the server), ${updates} updates, one a second
  heard    ${late.length} of ${listeners * updates}${whole ? ", every one" : `; ${missed} skipped, ${lost} lines lost, the slowest is at update ${newest}; ${why.map(([what, n]) => `${n} × ${what}`).join(", ")}`}
  late     median ${figure(at(late, 0.5))} ms, 99 % ${figure(at(late, 0.99))} ms, worst ${figure(at(late, 1))} ms; ${late.filter((ms) => ms > 2_000).length} later than 2 s
  server   ${figure((after.cpuMs - idle.cpuMs) / (updates + 2) / 10)} % of a core, ${figure((after.cpuMs - idle.cpuMs) / updates)} ms for one update to all; ${figure(bytes / listeners / updates / 1024)} KB to each
  memory   ${figure((idle.rss - before.rss) / listeners / 1024)} KB for each listener at rest, ${figure((after.rss - before.rss) / listeners / 1024)} KB after the updates`,
  );
}

async function asking(): Promise<void> {
  console.log(`GET /api/state, ${requests} requests, 16 at a time`);
  let ours = 0;
  for (const name of ["dashboard", "Hono, an object at hand", "node:http, bytes at hand"]) {
    const server = begin(0, "server.ts", name);
    const { port, bytes } = await told<{ port: number; bytes: number }>(server);
    await told(begin(1, "askers.ts", port, "/api/state", 16, 500)); // warm
    const before = await told<Spent>(server, "spent");
    const { ms, tookMs } = await told<{ ms: number[]; tookMs: number }>(
      begin(1, "askers.ts", port, "/api/state", 16, requests),
    );
    const { cpuMs } = await told<Spent>(server, "spent");
    server.kill();
    const each = ((cpuMs - before.cpuMs) * 1000) / requests;
    ours ||= each;
    const all = sorted(ms);
    console.log(
      `  ${name.padEnd(26)} ${figure(each).padStart(6)} µs of processor each, ${(each / ours).toFixed(2)} ×  ${figure(requests / (tookMs / 1000)).padStart(6)} a second, median ${figure(at(all, 0.5))} ms, 99 % ${figure(at(all, 0.99))} ms, ${(bytes / 1024).toFixed(1)} KB`,
    );
  }
}

/** A fresh browser profile each time, so that nothing is cached. */
async function painting(): Promise<void> {
  const server = begin(0, "server.ts", "dashboard");
  const { port } = await told<{ port: number }>(server);
  const browser = await openBrowser();
  const seen: { first: number; loaded: number; bytes: number }[] = [];
  for (let i = 0; i < paints; i++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    let bytes = 0;
    network.on("Network.loadingFinished", (event) => {
      bytes += event.encodedDataLength;
    });
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForSelector("html[data-age]");
    const first = await page.evaluate(
      () =>
        new Promise<number>((done) => {
          const paint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
          const look = () => {
            const at = paint();
            if (at === undefined) requestAnimationFrame(look);
            else done(at);
          };
          look();
        }),
    );
    const loaded = await page.evaluate(
      () => performance.getEntriesByType("navigation")[0]?.duration ?? Number.NaN,
    );
    seen.push({ first, loaded, bytes });
    await context.close();
  }
  await browser.close();
  server.kill();
  const median = (of: (s: (typeof seen)[number]) => number) => at(sorted(seen.map(of)), 0.5);
  console.log(
    `in the browser, nothing cached, median of ${paints}: first contentful paint ${figure(median((s) => s.first))} ms, loaded ${figure(median((s) => s.loaded))} ms, ${figure(median((s) => s.bytes) / 1024)} KB over the wire`,
  );
}
