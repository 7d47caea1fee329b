/** tests · bench. What each function's code weighs, and what it takes to start: `npm run bench -- bundles`. The real bundle
 *  is imported by a fresh process, with the environment it would have; the median of several, beside an empty module. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundle } from "../../infra/account/bundle.ts";
import { type EntryName, reads } from "../../infra/account/variables.ts";
import { topology } from "../../infra/simulated/stage.ts";

const starts = 9;
const environment = {
  HOLDFAST_WORKLOAD: "shop",
  HOLDFAST_REGION: "us-west-2",
  HOLDFAST_VANTAGE: "us-west-2",
  HOLDFAST_TOPOLOGY: "topology.json",
  HOLDFAST_ROUNDS_TABLE: "holdfast-shop-rounds",
  HOLDFAST_STATE_TABLE: "holdfast-shop-state",
  HOLDFAST_AUDIT:
    '{"workload":"shop","primary":"us-east-1","standby":"us-west-2","domain":null,"lever":"metric","alarm":"holdfast-shop-drain","canaries":{}}',
  HOLDFAST_LEVER: '{"kind":"metric","alarm":"holdfast-shop-drain"}',
};

export async function bundlesBench(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "holdfast-bundles-"));
  try {
    writeFileSync(join(dir, "empty.mjs"), "export const handler = () => undefined;\n");
    console.log(`an empty module starts in ${start(dir, "empty.mjs").toFixed(0)} ms of processor time\n`);
    console.log("entry      files  kB      kB zipped  start ms");
    for (const entry of Object.keys(reads) as EntryName[]) {
      const home = join(dir, entry);
      const files = { ...(await bundle(entry)), "topology.json": JSON.stringify(topology()) };
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(home, name)), { recursive: true });
        writeFileSync(join(home, name), text);
      }
      const texts = Object.values(files);
      const kb = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1024;
      const zipped = texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0) / 1024;
      const cells = [entry.padEnd(9), String(texts.length).padEnd(5), kb.toFixed(0).padEnd(6)];
      console.log(
        `${cells.join("  ")}  ${zipped.toFixed(0).padEnd(9)}  ${start(home, "index.mjs").toFixed(0)}`,
      );
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Processor time from a process's begin until its module is loaded and has read its environment; the median. */
function start(home: string, file: string): number {
  const script = `import(${JSON.stringify(join(home, file))}).then((m) => {
    if (typeof m.handler !== "function") throw new Error("no handler");
    const { user, system } = process.cpuUsage();
    console.log((user + system) / 1000);
    process.exit(0);
  });`;
  const times = Array.from({ length: starts }, () => {
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
      cwd: home,
      env: { ...environment, LAMBDA_TASK_ROOT: home },
      encoding: "utf8",
    });
    if (stdout === "") throw new Error(stderr);
    return Number(stdout);
  });
  return times.sort((a, b) => a - b)[Math.floor(starts / 2)] ?? Number.NaN;
}
