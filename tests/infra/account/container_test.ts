/** The dashboard's container: its program, packed as its image has it and started as its task starts it, over real HTTP. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containerApp, readContainer } from "../../../infra/account/container.ts";
import { topology } from "../../../infra/simulated/stage.ts";
import { BadInput } from "../../../store/records.ts";
import { freePort } from "../../probes/nameserver.ts";
import { nowhere } from "./nowhere.ts";

const token = "a token that the wall screen has";
const access = {
  secret: "a secret of more than thirty-two characters",
  tokens: [{ name: "wall", role: "read", sha256: createHash("sha256").update(token).digest("hex") }],
};
const told = {
  HOLDFAST_WORKLOAD: "shop",
  HOLDFAST_REGION: "us-west-2",
  HOLDFAST_TOPOLOGY: JSON.stringify(topology()),
  HOLDFAST_ROUNDS_TABLE: "holdfast-shop-rounds",
  HOLDFAST_STATE_TABLE: "holdfast-shop-state",
  HOLDFAST_HOSTS: "shop.example.com",
  HOLDFAST_ACCESS: JSON.stringify(access),
  HOLDFAST_STATUS: "Shop",
};

describe("the container", () => {
  const place = mkdtempSync(join(tmpdir(), "holdfast-container-"));
  let port: number;
  let server: ChildProcess;
  beforeAll(async () => {
    execFileSync(process.execPath, [
      join(import.meta.dirname, "../../../infra/account/pack.ts"),
      "container",
      place,
    ]);
    port = await freePort();
    const env = { ...told, PORT: String(port), AWS_REGION: "us-west-2" };
    server = spawn(process.execPath, [join(place, "index.mjs")], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(createInterface({ input: server.stdout as NodeJS.ReadableStream }), "line");
  }, 60_000);
  afterAll(() => {
    server?.kill("SIGKILL");
    rmSync(place, { recursive: true });
  });

  const ask = (path: string, headers: Record<string, string>) =>
    new Promise<{ status: number; by: unknown; body: string }>((done, fail) => {
      request({ port, path, headers }, (answer) => {
        let body = "";
        answer.on("data", (part) => {
          body += part;
        });
        answer.on("end", () =>
          done({ status: answer.statusCode ?? 0, by: answer.headers["x-served-by"], body }),
        );
      })
        .on("error", fail)
        .end();
    });

  it("answers checkers by whatever name they come, and says in every answer where it stands", async () => {
    expect(await ask("/healthz", { host: "10.20.0.7:8080" })).toEqual({
      status: 200,
      by: "us-west-2",
      body: '{"ok":true}',
    });
    expect(await ask("/api/state", { host: "shop.example.com" })).toMatchObject({
      status: 401,
      by: "us-west-2",
    });
    expect(await ask("/", { host: "evil.example.com" })).toMatchObject({ status: 403, by: "us-west-2" });
  });

  it("shows whoever comes where to sign in, with all that its pages are made of", async () => {
    const headers = { host: "shop.example.com" };
    const { status, body } = await ask("/signin", headers);
    expect(status).toBe(200);
    const page = [...body.matchAll(/\/assets\/[^"']+/g)].map(([path]) => path.replaceAll("&amp;", "&"));
    expect(page.length).toBeGreaterThan(1);
    for (const path of [...page, "/assets/charts.js", "/assets/uplot.js"])
      expect([path, (await ask(path, headers)).status]).toEqual([path, 200]);
  });

  it("ends in order when its task is stopped", async () => {
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

describe("containerApp()", () => {
  it("lets nobody in while nobody said who may enter, and says how that is said", async () => {
    const app = containerApp(readContainer({ ...told, HOLDFAST_ACCESS: "" }));
    const shut = await app.request("http://shop.example.com/");
    expect([shut.status, await shut.text()]).toEqual([503, expect.stringContaining("holdfast:access")]);
    expect((await app.request("http://10.0.0.1/healthz")).status).toBe(200);
  });

  it("has a page for anybody where a title is told, and none where not", async () => {
    const app = containerApp(readContainer(told), { reach: nowhere });
    const open = await app.request("http://shop.example.com/status");
    expect([open.status, await open.text()]).toEqual([500, expect.not.stringContaining("us-west-2")]);
    const shut = containerApp(readContainer({ ...told, HOLDFAST_STATUS: "" }), { reach: nowhere });
    expect((await shut.request("http://shop.example.com/status")).status).toBe(303); // to the sign-in
  });

  it("refuses what it was told wrongly, and repeats no secret", () => {
    const wrong = (more: Record<string, string>) => () => readContainer({ ...told, ...more });
    expect(wrong({ PORT: "http" })).toThrow('PORT: expected 1 to 65535; got "http"');
    expect(wrong({ HOLDFAST_ACCESS: '{"secret":"T0P53CRET"}' })).toThrow(BadInput);
    expect(wrong({ HOLDFAST_ACCESS: '{"secret":"T0P53CRET"}' })).not.toThrow(/T0P53CRET/);
  });
});
