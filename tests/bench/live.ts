/** tests · bench. Ten thousand series, each advanced by a point, over and over, until their windows are long full. Alone
 *  in its process, as anybody would start it: nothing is said to the collector. */
import { createWatch } from "../../analyzer/anomaly.ts";
import { chance } from "../../analyzer/forest/chance.ts";
import { normals } from "./normals.ts";

const watch = createWatch({ seriesMax: 10_000 });
const normal = normals(chance(7));
const names = Array.from({ length: 10_000 }, (_, i) => `s${i}`);
const ms: number[] = [];
const cpuMs: number[] = [];
for (let t = 1; t <= 400; t++) {
  const readings = names.map((series) => ({
    series,
    node: "any@us-east-1",
    vantage: "here",
    at: t * 60_000,
    features: { value: 50 + 5 * normal() },
  }));
  const began = performance.now();
  const before = process.cpuUsage();
  watch.see(readings);
  const spent = process.cpuUsage(before);
  ms.push(performance.now() - began);
  cpuMs.push((spent.user + spent.system) / 1000);
}
console.log(JSON.stringify({ ms, cpuMs, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
