/** tests · a world for one test, and how to look at it from outside: kdig for names, fetches for pages. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { call, type Heard } from "../../../infra/local/call.ts";
import { startWorld, type World, type WorldOptions } from "../../../infra/local/mod.ts";
import { nodeEdge } from "../../../probes/edge/node.ts";

const run = promisify(execFile);

/** Ten times the local pace, a small crowd. */
const quick: NonNullable<WorldOptions["timings"]> = {
  checkIntervalMs: 100,
  alarmPeriodMs: 100,
  nameTtlS: 1,
  taskStartMs: 50,
  slowMsMin: 300,
  slowMsMax: 600,
  flapMs: 200,
  users: 10,
  userPauseMs: 100,
  userPatienceMs: 2_000,
};

export async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "holdfast-world-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A world on free ports, stopped when the test ends. */
export async function aWorld(options: Partial<WorldOptions> = {}): Promise<World> {
  const dir = options.dir ?? (await newDir());
  const world = await startWorld({
    dnsPort: 0,
    appPort: 0,
    seed: 7,
    wire: nodeEdge({ resolver: "127.0.0.1:1" }),
    ...options,
    dir,
    timings: { ...quick, ...options.timings },
  });
  onTestFinished(() => world.stop());
  return world;
}

/** What kdig says: status and addresses. */
export async function dig(
  world: World,
  name: string,
  type = "A",
): Promise<{ status: string; addresses: string[] }> {
  const port = world.playground.nameServer.split(":")[1] ?? "";
  const { stdout } = await run("kdig", ["@127.0.0.1", "-p", port, name, type]);
  return {
    status: /status: (\w+)/.exec(stdout)?.[1] ?? "none",
    addresses: [...stdout.matchAll(/\sIN\s+A\s+([\d.]+)$/gm)].map((m) => m[1] ?? ""),
  };
}

/** The addresses of a name by the name server that a target names. */
export async function digAt(resolver: string, name: string): Promise<string[]> {
  const [host, port = ""] = resolver.split(":");
  const { stdout } = await run("kdig", [`@${host}`, "-p", port, name, "+short"]);
  return stdout.trim().split("\n");
}

/** The region the workload's name leads to, by its addresses. */
export async function leads(world: World): Promise<string> {
  const { addresses } = await dig(world, "app.holdfast.test");
  return { "1": "us-east-1", "2": "us-west-2" }[addresses[0]?.split(".")[2] ?? ""] ?? "nowhere";
}

export const portOf = (world: World) => Number(new URL(world.topology.workload.url).port);

/** A fetch from outside the world, by the region's address: null when nothing answers. */
export async function get(world: World, region: string, host: string, path: string): Promise<Heard | null> {
  const zone = { "us-east-1": 1, "us-west-2": 2, "eu-west-1": 3 }[region];
  const to = { host: `127.0.${zone}.1`, port: portOf(world) };
  return call({ to, host, path }, AbortSignal.timeout(10_000)).catch(() => null);
}

/** Asks again until it is so. Fails by the test's own time limit, with what was seen last. */
export async function until<T>(
  what: string,
  see: () => T | Promise<T>,
  enough: (seen: T) => boolean,
): Promise<T> {
  let seen = await see();
  for (const deadline = Date.now() + 25_000; !enough(seen); seen = await see()) {
    if (Date.now() > deadline) throw new Error(`Waited for ${what}; saw ${JSON.stringify(seen)}`);
    await new Promise((done) => setTimeout(done, 20));
  }
  return seen;
}

export async function post(world: World, host: string, path: string, body: string): Promise<Heard> {
  const to = { host: "127.0.2.1", port: portOf(world) };
  return call({ to, host, path, method: "POST", body }, AbortSignal.timeout(10_000));
}
