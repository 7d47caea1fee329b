/** tests · a local AWS API, and what applies resources to it as the AWS provider would (aws_api.py). */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { component } from "../../machine.ts";
import type { Make } from "../aws/made-up.ts";

type Said = { id?: string; state?: Record<string, unknown>; calls?: [string, string][]; error?: string };
export type Ask = (asked: Record<string, unknown>) => Promise<Said>;

/** One process that talks to the API at an address; questions are answered in their order. */
export function applier(endpoint: string): { ask: Ask; stop: () => void } {
  const root = join(import.meta.dirname, "../../..");
  const child = spawn(component("boto3") ?? "python3", [join(import.meta.dirname, "aws_api.py")], {
    env: {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "",
      HOLDFAST_LOCAL_AWS: endpoint,
      HOLDFAST_PROGRAM: join(root, "infra"),
      PYTHONDONTWRITEBYTECODE: "1", // nothing is left among the sources
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting: ((said: Said) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.(JSON.parse(line)));
  child.on("exit", (code) => {
    for (const tell of waiting.splice(0)) tell({ error: `the applier ended with ${code}` });
  });
  return {
    ask: (asked) =>
      new Promise((done) => {
        waiting.push(done);
        child.stdin.write(`${JSON.stringify(asked)}\n`);
      }),
    stop: () => child.kill(),
  };
}

/** Makes resources in the local API, in the order that the program comes to them. */
export const makeIn =
  (ask: Ask): Make =>
  async ({ urn, type, name, inputs }) => {
    const { id, state, error } = await ask({ do: "create", urn, type, name, inputs });
    if (error !== undefined || id === undefined || state === undefined)
      throw new Error(error ?? "no id came");
    return { id, state: { ...state, id } };
  };

/** A local AWS API on a free port, answering. */
export async function startApi(): Promise<{ url: string; stop: () => void }> {
  const port = await freePort();
  const child: ChildProcess = spawn(component("moto_server") ?? "", ["-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
    env: { ...process.env, MOTO_ACCOUNT_ID: "123456789012" },
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 600; tries++) {
    const answered = await fetch(`${url}/moto-api/data.json`).then(
      (r) => r.ok,
      () => false,
    );
    if (answered) return { url, stop: () => child.kill() };
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error("the local AWS API did not start");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return address.port;
}
