/** infra/replayed · pure. What the rules said would fall, held to what did: a fall counts as foretold when it stood in the
 *  forecast of the minute before. */
import type { Assessment } from "../../store/records.ts";
import type { Show } from "./stage.ts";

/** A fall that was foretold at one minute, and the minute at which it came; null where it did not. */
export type Foretold = { node: string; at: number; fellAt: number | null };

export type Prophecy = {
  foretold: Foretold[];
  /** Falls that stood in no forecast, and when. */
  unforetold: { node: string; at: number }[];
  hear(assessment: Assessment, minute: number): void;
};

export function prophecyOf({ topology }: Pick<Show, "topology">): Prophecy {
  const watched = new Set(topology.targets.map((t) => `${t.service}@${t.region}`));
  const foretold: Foretold[] = [];
  const unforetold: Prophecy["unforetold"] = [];
  /** By node: what waits to come true. It keeps its first minute while the forecast comes and goes. */
  const open = new Map<string, Foretold>();
  let forecast = new Set<string>();
  let down = new Set<string>();
  return {
    foretold,
    unforetold,
    hear({ services, cascade }, minute) {
      const failing = new Set(
        services.filter((s) => s.verdict === "down").map((s) => `${s.service}@${s.region}`),
      );
      for (const node of failing) {
        if (down.has(node)) continue;
        const waits = forecast.has(node) ? open.get(node) : undefined;
        if (waits) waits.fellAt = minute;
        else unforetold.push({ node, at: minute });
        open.delete(node);
      }
      down = failing;
      forecast = new Set();
      for (const { node, grade } of cascade.next) {
        if (grade === "plausible" || !watched.has(node) || failing.has(node)) continue;
        forecast.add(node);
        if (open.has(node)) continue;
        const told = { node, at: minute, fellAt: null };
        open.set(node, told);
        foretold.push(told);
      }
    },
  };
}
