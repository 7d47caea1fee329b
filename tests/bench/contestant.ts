/** tests · bench. One detector, alone in its process, so that its memory is its own: fits and scores 100,000 × 8. */
import { npmForest } from "../../analyzer/detect/npm.ts";
import { chance } from "../../analyzer/forest/chance.ts";
import { growForest, scoreRows } from "../../analyzer/forest.ts";
import { normals } from "./normals.ts";

const [who = "", rounds = "3"] = process.argv.slice(2);
const [count, columns] = [100_000, 8];
const normal = normals(chance(11));
const values = Float64Array.from({ length: count * columns }, normal);

/** The package as its readme says to use it: every tree is given all rows. */
async function plainPackage(): Promise<() => void> {
  const { IsolationForest } = await import("isolation-forest");
  const rows = Array.from({ length: count }, (_, r) =>
    Object.fromEntries(Array.from({ length: columns }, (_, q) => [`c${q}`, values[r * columns + q] ?? 0])),
  );
  return () => {
    const forest = new IsolationForest(100, 256);
    forest.fit(rows);
    forest.predict(rows);
  };
}

const table = { columns, values };
const runs: Record<string, () => Promise<() => void>> = {
  ours: async () => () => void scoreRows(growForest(table), table),
  "ours, score only": async () => {
    const forest = growForest(table);
    return () => void scoreRows(forest, table);
  },
  "isolation-forest": plainPackage,
  "isolation-forest, through our adapter": async () => () => void npmForest(table).score(table),
};
const run = await runs[who]?.();
if (!run) throw new Error(`Cannot run ${who}: expected one of ${Object.keys(runs).join(", ")}`);
const before = process.resourceUsage().maxRSS;
const ms = Array.from({ length: Number(rounds) }, () => {
  const before = process.cpuUsage(); // not the clock: what else the machine does is not the detector's doing
  run();
  const spent = process.cpuUsage(before);
  return (spent.user + spent.system) / 1000;
});
const mb = (kb: number) => Math.round(kb / 1024);
console.log(JSON.stringify({ ms, peakMb: mb(process.resourceUsage().maxRSS), beforeMb: mb(before) }));
