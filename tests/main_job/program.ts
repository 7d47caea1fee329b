/** tests · main job. The real program as a user starts it, on free ports, seen only from outside: by its own words, by
 *  resolving the workload's name, and by fetching what the name leads to. */
import { type ChildProcess, spawn } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = new URL("../..", import.meta.url).pathname;
const workload = "app.holdfast.test";
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** What `npm start` gives to Node. */
const asNpmStarts = String(scripts.start).split(" ").slice(1);

export type Line = { event: string; from?: string; to?: string; id?: string; [key: string]: unknown };
/** What the tests read of `GET /api/state`. */
export type State = {
  phase: string;
  activeRegion: string | null;
  why: string;
  regions: { region: string; score: number | null; capacity: { running: number; desired: number } | null }[];
  cascade: { root: string | null };
  lever: { drained: Record<string, boolean> };
  standing: { version: number } | null;
  decisions: { id: string; from: string; to: string; orders: { kind: string; drained?: boolean }[] }[];
};

export class Program {
  readonly dir = mkdtempSync(join(tmpdir(), "holdfast-"));
  /** Every line it has ever said, over all its lives. */
  readonly said: Line[] = [];
  #child: ChildProcess | null = null;
  dashboard = "";
  #nameServer = "";
  #appPort = 0;
  #listeners = new Set<(line: Line) => void>();

  /** The process that runs now. */
  get pid(): number {
    return this.#child?.pid ?? Number.NaN;
  }

  async start(): Promise<void> {
    const args = [...asNpmStarts, "--json", "--data", this.dir];
    const ports = ["--port", "0", "--dns-port", "0", "--app-port", "0"];
    const child = spawn(process.execPath, [...args, ...ports], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const complaints: string[] = [];
    child.stderr.on("data", (chunk) => complaints.push(String(chunk)));
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as Line;
      this.said.push(line);
      for (const listen of this.#listeners) listen(line);
    });
    const ready = this.next((line) => line.event === "ready");
    const died = once(child, "exit").then(([code]) => {
      throw new Error(`The program ended with ${code} before it was ready: ${complaints.join("")}`);
    });
    died.catch(() => undefined); // it ends later, when the test is done with it
    const line = await Promise.race([ready, died]);
    this.dashboard = String(line.dashboard);
    this.#nameServer = String(line.nameServer);
    this.#appPort = Number(new URL(String(line.workload)).port);
  }

  /** The next line from now on that fits. */
  next(fits: (line: Line) => boolean): Promise<Line> {
    return new Promise((resolve) => {
      const listen = (line: Line) => {
        if (!fits(line)) return;
        this.#listeners.delete(listen);
        resolve(line);
      };
      this.#listeners.add(listen);
    });
  }

  /** As abrupt as it gets. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async close(): Promise<void> {
    await this.#end("SIGTERM");
    rmSync(this.dir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  async state(): Promise<State> {
    const answer = await fetch(`${this.dashboard}/api/state`);
    return (await answer.json()) as State;
  }

  async break(fault: string, region: string, service?: string): Promise<void> {
    await this.#send("POST", "/api/faults", { fault, region, ...(service ? { service } : {}) });
  }

  async mend(): Promise<void> {
    await this.#send("DELETE", "/api/faults");
  }

  /** What a person asks for, by the way the page asks. */
  async ask(kind: string, reason: string): Promise<void> {
    await this.#send("POST", "/api/requests", { kind, reason });
  }

  async #send(method: string, path: string, body?: object): Promise<void> {
    const answer = await fetch(`${this.dashboard}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  }

  /** A subcommand, pointed at this program. */
  async run(...args: string[]): Promise<{ code: number; out: string }> {
    const child = spawn(process.execPath, ["holdfast.ts", ...args, "--url", this.dashboard], { cwd: root });
    const out: string[] = [];
    child.stdout.on("data", (chunk) => out.push(String(chunk)));
    child.stderr.on("data", (chunk) => out.push(String(chunk)));
    const [code] = await once(child, "close");
    return { code: Number(code), out: out.join("") };
  }

  /** The address that the workload's name leads to now. */
  async resolve(): Promise<string> {
    const resolver = new Resolver({ timeout: 2000, tries: 2 });
    resolver.setServers([this.#nameServer]);
    const [address] = await resolver.resolve4(workload);
    if (!address) throw new Error("the name has no address");
    return address;
  }

  /** The region that serves a user who comes now; null when nobody does. */
  async servedBy(): Promise<string | null> {
    const host = await this.resolve();
    return new Promise((resolve) => {
      const asked = request({
        host,
        port: this.#appPort,
        path: "/",
        headers: { host: workload },
        agent: false,
      });
      asked.setTimeout(3000, () => asked.destroy());
      asked.on("error", () => resolve(null));
      asked.on("response", (response) => {
        response.resume();
        const ok = response.statusCode === 200;
        response.on("end", () => resolve(ok ? String(response.headers["x-served-by"]) : null));
        response.on("error", () => resolve(null));
      });
      asked.end();
    });
  }
}

/** Waits until something holds, and says what was seen last when it does not within `withinMs`. */
export async function until<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end)
      throw new Error(
        `Waited ${withinMs} ms until ${what}; last seen: ${JSON.stringify(seen).slice(0, 600)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
