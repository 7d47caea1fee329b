/** What is packed for a function starts by itself, as Lambda starts it: in a folder of its own, with its variables and nothing
 *  else of ours beside it. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle } from "../../../infra/account/bundle.ts";
import { topology } from "../../../infra/simulated/stage.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "holdfast-packed-"));
});
afterAll(() => rmSync(home, { recursive: true }));

test("the dashboard has every file that it gives to browsers with it, and answers with each", async () => {
  const files = { ...(await bundle("dashboard")), "topology.json": JSON.stringify(topology()) };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  const asked = Object.keys(files)
    .filter((name) => name.startsWith("client/"))
    .map((name) => `/assets/${name.slice("client/".length)}`);
  const script = `const { handler } = await import(${JSON.stringify(join(home, "index.mjs"))});
const domainName = "abc.lambda-url.us-west-2.on.aws";
const ask = (path) => handler({ version: "2.0", rawPath: path, rawQueryString: "", headers: { host: domainName },
  requestContext: { domainName, http: { method: "GET", path }, authorizer: { iam: { userArn: "arn:aws:iam::1:user/ada" } } } });
const said = await Promise.all(${JSON.stringify([...asked, "/assets/uplot.js", "/assets/idiomorph.js"])}.map(ask));
console.log(said.map(({ statusCode }) => statusCode).join(" "));
process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    env: {
      LAMBDA_TASK_ROOT: home,
      HOLDFAST_WORKLOAD: "shop",
      HOLDFAST_REGION: "us-west-2",
      HOLDFAST_TOPOLOGY: "topology.json",
      HOLDFAST_ROUNDS_TABLE: "holdfast-shop-rounds",
      HOLDFAST_STATE_TABLE: "holdfast-shop-state",
    },
  });
  expect([stdout.trim(), stderr]).toEqual([
    Array(asked.length + 2)
      .fill(200)
      .join(" "),
    "",
  ]);
});
