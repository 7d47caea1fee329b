/** The image that runs where users go while no other is named: built by the steps of its Dockerfile, and started as its task
 *  would be, told what the program tells it. What stands in: the base and the container (image.ts). */
import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../probes/nameserver.ts";
import { find, fullConfig, regions, run } from "../aws/trio.ts";
import { type Builder, builderIn, cannotBuild, inside } from "./image.ts";

const root = join(import.meta.dirname, "../../..");
const access = JSON.stringify({
  secret: "a secret of more than thirty-two characters",
  tokens: [{ name: "wall", role: "read", sha256: "0".repeat(64) }],
});

describe("the dashboard's image", () => {
  let folder: string;
  let builder: Builder;
  let container: { name: string; files: string };
  let task: { containerDefinitions: string };

  beforeAll(async () => {
    const why = cannotBuild();
    if (why) throw new Error(why);
    folder = mkdtempSync(join(tmpdir(), "holdfast-image-"));
    builder = builderIn(join(folder, "built"));
    builder.base("node:24-slim");
    builder.build();
    container = builder.container();
    const config = fullConfig(regions.standby, { "holdfast:access": access });
    const stack = await run(regions.standby, false, config);
    task = find(stack, "shop-workload-tasks-task").inputs as typeof task;
  }, 20 * 60_000);
  afterAll(async () => {
    builder?.remove();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 120_000);

  it("runs one command, as a user that is not root, and says at which port", () => {
    const [told] = JSON.parse(task.containerDefinitions);
    const { User, Cmd, WorkingDir, ExposedPorts } = builder.configured();
    expect([User, Cmd, WorkingDir]).toEqual(["node", ["node", "index.mjs"], "/holdfast"]);
    expect(Object.keys(ExposedPorts)).toEqual([`${told.portMappings[0].containerPort}/tcp`]);
  });

  it("holds what is packed from these sources, byte for byte, and nothing else besides its base", () => {
    const packed = join(folder, "packed");
    execFileSync(process.execPath, [join(root, "infra/account/pack.ts"), "container", packed]);
    const held = join(container.files, "holdfast");
    const filesIn = (place: string) =>
      readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(place.length))
        .sort();
    expect(filesIn(held)).toEqual(filesIn(packed));
    for (const file of filesIn(packed))
      expect(readFileSync(join(held, file)).equals(readFileSync(join(packed, file))), file).toBe(true);
    const bytes = builder.ownBytes();
    process.stdout.write(`the image adds ${(bytes / 1e6).toFixed(1)} MB to its base\n`);
    expect(bytes).toBeLessThan(10e6); // no package of npm's, no cache, no sources
  });

  describe("started", () => {
    let port: number;
    let server: ChildProcess;
    beforeAll(async () => {
      const [{ environment }] = JSON.parse(task.containerDefinitions);
      const told: Record<string, string> = Object.fromEntries(
        environment.map(({ name, value }: { name: string; value: string }) => [name, value]),
      );
      port = await freePort();
      const command = builder.configured().Cmd;
      server = builder.run(container.name, command, { ...told, PORT: String(port) });
      await once(createInterface({ input: server.stdout as NodeJS.ReadableStream }), "line");
    }, 60_000);
    afterAll(() => {
      if (server?.pid && server.exitCode === null) process.kill(-server.pid, "SIGKILL");
    });
    const ask = (path: string, host: string) =>
      new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((done, fail) => {
        request({ port, path, headers: { host, accept: "text/html" } }, (answer) => {
          let body = "";
          answer.on("data", (part) => {
            body += part;
          });
          answer.on("end", () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
        })
          .on("error", fail)
          .end();
      });

    it("answers checkers, says where it stands, and shows users where to sign in", async () => {
      const health = await ask("/healthz", "10.21.0.7:8080");
      expect([health.status, health.body]).toEqual([200, '{"ok":true}']);
      expect(health.headers["x-served-by"]).toBe(regions.standby);
      const home = await ask("/", "shop.example.com");
      expect([home.status, home.headers.location]).toEqual([303, "/signin?to=%2F"]);
      const signin = await ask("/signin", "shop.example.com");
      expect(signin.status).toBe(200);
      expect(signin.body).toContain("<title>");
    });

    it("ends in order when its task is stopped", async () => {
      const ended = once(server, "exit");
      process.kill(inside(server.pid ?? 0), "SIGTERM");
      expect(await ended).toEqual([0, null]);
      await expect(ask("/healthz", "10.21.0.7:8080")).rejects.toThrow(/ECONNREFUSED/);
    });
  });
});
