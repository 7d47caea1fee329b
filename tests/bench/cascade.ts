/** tests · bench. A cascade over a made-up graph of 1,000 nodes in two regions, from one failure to all of them; processor
 *  time, medians. */
import { cascade } from "../../analyzer/cascade.ts";
import type { Edge } from "../../analyzer/dependencies.ts";
import { chance } from "../../analyzer/forest/chance.ts";
import type { ServiceHealth } from "../../store/records.ts";

const perRegion = 500;
const edgesPerRegion = 5_000;
const now = Date.UTC(2026, 0, 1);
const minute = 60_000;

export function cascadeSpeed(): void {
  const draw = chance(7);
  const below = (n: number) => Math.floor(draw() * n);
  const edges = Array.from({ length: edgesPerRegion }, (): Edge => {
    const first = below(60);
    return {
      from: `s${below(perRegion)}`,
      to: `s${below(perRegion)}`,
      says: "breaks",
      plane: draw() < 0.5 ? "data" : "control",
      stages: [{ minutes: [first, first + below(60)] }],
      grade: "observed",
      source: "made up",
    };
  });
  console.log(`cascade over ${2 * perRegion} nodes and ${2 * edgesPerRegion} edges`);
  for (const failing of [0, 1, 10, 100, 1_000]) {
    const services = matrix(failing / (2 * perRegion), draw);
    const ms = Array.from({ length: 31 }, () => {
      const before = process.cpuUsage();
      cascade(services, edges, now);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    const median = ms.toSorted((a, b) => a - b)[ms.length >> 1] ?? Number.NaN;
    console.log(`  ${String(failing).padStart(5)} failing  ${median.toFixed(1).padStart(6)} ms`);
  }
}

function matrix(share: number, draw: () => number): ServiceHealth[] {
  const order = Array.from({ length: 2 * perRegion }, (_, i) => ({ i, key: draw() })).sort(
    (a, b) => a.key - b.key,
  );
  const down = new Set(order.slice(0, Math.round(share * order.length)).map((o) => o.i));
  return order.map(({ i }): ServiceHealth => {
    const isDown = down.has(i);
    return {
      service: `s${i % perRegion}`,
      region: i < perRegion ? "us-east-1" : "us-west-2",
      verdict: isDown ? "down" : "up",
      reason: isDown ? "timeout" : null,
      latencyMs: 5,
      agree: 3,
      of: 3,
      since: now - Math.floor(draw() * 60) * minute,
    };
  });
}
