/** tests · bench. How fast, and in how much memory, beside the peers; every figure from this run, medians, and processor
 *  time in one thread, so that what else the machine does at the moment counts for neither side. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { chance } from "../../analyzer/forest/chance.ts";
import { saveForest } from "../../analyzer/forest/keep.ts";
import { createStream } from "../../analyzer/forest/stream.ts";
import { growForest, scoreRows } from "../../analyzer/forest.ts";
import { normals } from "./normals.ts";

type Run = { ms: number[]; one?: number[]; peakMb: number; beforeMb: number };
const median = (xs: number[]) => xs.toSorted((a, b) => a - b)[xs.length >> 1] ?? Number.NaN;
const spentMs = (before: NodeJS.CpuUsage) => {
  const spent = process.cpuUsage(before);
  return (spent.user + spent.system) / 1000;
};
const env = { ...process.env, OMP_NUM_THREADS: "1" };
const ours = (who: string, rounds: number): Run =>
  JSON.parse(
    execFileSync(process.execPath, [join(import.meta.dirname, "contestant.ts"), who, String(rounds)], {
      encoding: "utf8",
    }),
  );
const sklearn = (rounds: number): Run =>
  JSON.parse(
    execFileSync("/usr/bin/python3", [join(import.meta.dirname, "peer.py"), "speed", String(rounds)], {
      encoding: "utf8",
      env,
    }),
  );

export function speed(): void {
  const mine = ours("ours", 9);
  const scoring = ours("ours, score only", 9);
  const peer = sklearn(5);
  const plain = ours("isolation-forest", 1);
  const adapted = ours("isolation-forest, through our adapter", 1);
  const line = (name: string, run: Run) => {
    const ratio = median(run.ms) / median(mine.ms);
    console.log(
      `  ${name.padEnd(40)} ${median(run.ms).toFixed(0).padStart(7)} ms  ${ratio.toFixed(1).padStart(6)} ×  peak ${run.peakMb} MB (${run.beforeMb} MB before)`,
    );
  };
  console.log("fit and score 100,000 × 8, 100 trees of 256");
  line("holdfast", mine);
  line("scikit-learn, one thread", peer);
  line("isolation-forest 0.0.9", plain);
  line("isolation-forest 0.0.9, adapted", adapted);
  console.log(`score only: ${(100_000 / median(scoring.ms)).toFixed(0)} thousand rows/s`);
  oneRow(median(peer.one ?? []));
  refit();
  live();
}

function oneRow(peerMs: number): void {
  const normal = normals(chance(3));
  const rows = Array.from({ length: 2_000 }, () => Array.from({ length: 8 }, normal));
  const forest = growForest(rows);
  const each = Array.from({ length: 21 }, () => {
    const before = process.cpuUsage();
    for (const row of rows) scoreRows(forest, [row]);
    return (spentMs(before) * 1000) / rows.length;
  });
  console.log(`one row: ${median(each).toFixed(1)} µs; scikit-learn ${peerMs.toFixed(1)} ms`);
  console.log(
    `saved: ${(saveForest(forest).length / 1000).toFixed(0)} kB for 100 trees of 256, grown from 2,000 × 8`,
  );
}

function refit(): void {
  const normal = normals(chance(5));
  const stream = createStream({ columns: 2, trees: 50, sample: 4096, window: 4096 });
  for (let k = 0; k < 4096; k++) stream.take([normal(), normal()]);
  const ms = Array.from({ length: 31 }, () => {
    const before = process.cpuUsage();
    stream.forget(4096); // every tree grown again
    return spentMs(before);
  });
  console.log(`whole refit of a stream, 50 trees of 4,096 × 2: ${median(ms).toFixed(1)} ms`);
}

function live(): void {
  const told: { ms: number[]; cpuMs: number[]; peakMb: number } = JSON.parse(
    execFileSync(process.execPath, [join(import.meta.dirname, "live.ts")], { encoding: "utf8" }),
  );
  const [full, cpu] = [told.ms.slice(300), told.cpuMs.slice(300)]; // the windows hold 256
  console.log(
    `10,000 live series by one point: ${median(full).toFixed(0)} ms (${median(cpu).toFixed(0)} ms of processor), slowest ${Math.max(...full).toFixed(0)} ms, slowest ever ${Math.max(...told.ms).toFixed(0)} ms (${Math.max(...told.cpuMs).toFixed(0)} ms), peak ${told.peakMb} MB`,
  );
}
