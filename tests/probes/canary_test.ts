/** The canary as it is shipped: bundled, zipped, unzipped where a runtime would have it, and run by a plain Node against a
 *  stand-in of the canary library (`docs/probes.md` says what that does not imitate). */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packCanary } from "../../probes/run/bundle.ts";
import { Observation } from "../../store/records.ts";
import { missing } from "../machine.ts";
import { freePort, type NameServer, nameServer } from "./nameserver.ts";
import { type Served, serve } from "./webserver.ts";

/** The library: it runs steps, writes down how they went, and lets a failed one fail its caller. */
const library = `
const told = { steps: [], executionErrors: [] };
exports.synthetics = {
  async executeStep(name, step) {
    try {
      await step();
      told.steps.push([name, "passed"]);
    } catch (error) {
      told.steps.push([name, error.message]);
      throw error;
    }
  },
  addExecutionError(message, error) { told.executionErrors.push([message, error.message]); },
};
exports.told = told;
`;
/** As a runtime does: the handler is found by name among the modules. */
const runtime = `
const { told } = require("@aws/synthetics-core");
require("holdfast").handler().then(() => "passed", (error) => error.message).then((run) => {
  console.log(JSON.stringify({ run, ...told }));
});
`;

describe.skipIf(missing("zip") || missing("unzip"))("the canary", () => {
  const dir = mkdtempSync(join(tmpdir(), "holdfast-canary-"));
  const opt = join(dir, "opt");
  let knot: NameServer;
  let web: Served;
  beforeAll(async () => {
    knot = await nameServer();
    web = await serve((_, response) => response.end("ok"));
    for (const [name, text] of Object.entries(await packCanary())) {
      mkdirSync(join(dir, "built", dirname(name)), { recursive: true });
      writeFileSync(join(dir, "built", name), text);
    }
    execFileSync("zip", ["-qr", join(dir, "canary.zip"), "nodejs"], { cwd: join(dir, "built") });
    execFileSync("unzip", ["-q", join(dir, "canary.zip"), "-d", opt]);
    const brought = join(opt, "nodejs/node_modules/@aws/synthetics-core");
    mkdirSync(brought, { recursive: true });
    writeFileSync(join(brought, "index.js"), library);
    writeFileSync(join(dir, "runtime.cjs"), runtime);
  });
  afterAll(async () => {
    await knot.stop();
    await web.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const run = async (targets: string) => {
    const env = {
      PATH: process.env.PATH,
      NODE_PATH: join(opt, "nodejs/node_modules"),
      HOLDFAST_VANTAGE: "canary-1",
      HOLDFAST_REGION: "eu-west-1",
      HOLDFAST_RESOLVER: knot.resolver,
      HOLDFAST_ALLOW: "127.0.0.0/8",
      HOLDFAST_TARGETS: targets,
    };
    const out = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [join(dir, "runtime.cjs")], { cwd: dir, env }, (error, stdout, stderr) =>
        error ? reject(new Error(stderr, { cause: error })) : resolve(stdout),
      );
    });
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    return { told: lines.at(-1), observations: lines.slice(0, -1).map((line) => Observation.parse(line)) };
  };

  test("is one file beside what the runtime brings", () => {
    expect(readdirSync(join(opt, "nodejs/node_modules")).toSorted()).toEqual(["@aws", "holdfast.js"]);
  });

  test("all well: every step passes, and every observation is in the log", async () => {
    const { told, observations } = await run(`web.example.test\nhttp://here.example.test:${web.port}/`);
    expect(told).toEqual({
      run: "passed",
      steps: [
        ["web.example.test/A", "passed"],
        [`http://here.example.test:${web.port}/`, "passed"],
      ],
      executionErrors: [],
    });
    expect(observations.map(({ vantage, verdict }) => [vantage, verdict])).toEqual([
      ["canary-1", "up"],
      ["canary-1", "up"],
    ]);
  });

  test("an empty answer fails its step and the run, with its reason; the other steps are told too", async () => {
    const { told } = await run(
      "- { kind: dns, name: text.example.test, type: A }\n- { kind: dns, name: web.example.test, type: A }",
    );
    expect(told).toEqual({
      run: "text.example.test/A: down (nodata)",
      steps: [
        ["text.example.test/A", "down (nodata)"],
        ["web.example.test/A", "passed"],
      ],
      executionErrors: [],
    });
  });

  test("what could not be asked is an execution error and no failed step", async () => {
    const resolver = `127.0.0.1:${await freePort()}`;
    const { told } = await run(
      `[{"kind":"dns","name":"web.example.test","type":"A","resolver":"${resolver}"}]`,
    );
    expect(told).toEqual({
      run: "passed",
      steps: [],
      executionErrors: [["web.example.test/A is unknown", "unknown (unreachable)"]],
    });
  });
});
