/** probes · rounds. One vantage point asks all its targets, side by side, and writes down what it heard. Whatever a
 *  single probe does, the round comes to its end and says of each target what was truly heard. */
import type { Observation, Round, Target, Vantage } from "../store/records.ts";
import type { Edge } from "./edge.ts";
import { type Finding, unknown } from "./finding.ts";
import { lanes } from "./lane.ts";
import { patience } from "./patience.ts";
import { probe } from "./probe.ts";

export type RoundOptions = {
  vantage: Vantage;
  targets: readonly Target[];
  edge: Edge;
  /** What each question may take. */
  timeoutMs: number;
  /** Questions in flight at once that may each hold a socket; of datagrams, which share sockets, four times as many. */
  concurrency?: number;
  /** What the whole round may take; targets not begun by then are `unknown`, `not-asked`. No bound when left out. */
  budgetMs?: number;
  /** Ends the round at once: what was not heard by then is `unknown`, `stopped`. */
  signal?: AbortSignal;
};

const socketsMax = 500; // half of the 1024 files that a process commonly may open

/** Time a probe gets to put its own words to a timeout; past it we say so ourselves. */
const graceMs = 1_000;

const hung = () => unknown("probe-failed", null, { error: "the probe outlived its time" });
const stopped = () => unknown("stopped", null, {});

/** Asks every target once. Observations come in the order of the targets. Never rejects. `blind` when there are
 *  control targets and none of them is up. */
export async function round(options: RoundOptions): Promise<Round> {
  const { vantage, targets, edge, concurrency = socketsMax, budgetMs = Number.POSITIVE_INFINITY } = options;
  const { timeoutMs, signal: outside } = options;
  const at = edge.now();
  const began = edge.clock();
  const observations: Observation[] = [];
  const lane = lanes();
  const time = patience<Finding>({ hung, stopped, graceMs, outside });
  const ask = async (target: Target): Promise<Finding> => {
    if (outside?.aborted) return stopped();
    const now = edge.clock();
    const untilMs = Math.min(now + timeoutMs, began + budgetMs);
    if (untilMs <= now) return unknown("not-asked", null, {});
    try {
      const found = await time.ask(now, untilMs, (signal) => probe(target, edge, signal));
      return outside?.aborted && found.verdict !== "up" ? stopped() : found;
    } catch (error) {
      return outside?.aborted ? stopped() : unknown("probe-failed", null, { error: String(error) });
    }
  };
  const worker = async (queue: Iterable<[number, Target]>) => {
    for (const [i, target] of queue) {
      const own = lane.to(target.resolver ?? edge.resolver);
      const entered = own.enter();
      const turn = "then" in entered ? await entered : entered;
      const askedAt = edge.now();
      const finding = await ask(target);
      own.leave(turn);
      observations[i] = observe(finding, target, vantage, askedAt);
    }
  };
  const ending = Number.isFinite(budgetMs) ? setTimeout(lane.open, budgetMs) : undefined;
  outside?.addEventListener("abort", lane.open, { once: true });
  const shares = ({ kind }: Target) => kind === "dns";
  const numbered = [...targets.entries()];
  const crew = (atOnce: number, work: [number, Target][]) => {
    const queue = work.values();
    return Array.from({ length: Math.min(atOnce, work.length) }, () => worker(queue));
  };
  await Promise.all([
    ...crew(
      concurrency * 4,
      numbered.filter(([, target]) => shares(target)),
    ),
    ...crew(
      concurrency,
      numbered.filter(([, target]) => !shares(target)),
    ),
  ]);
  clearTimeout(ending);
  outside?.removeEventListener("abort", lane.open);
  lane.open();
  time.close();
  const controls = observations.filter((o) => o.purpose === "control");
  return {
    vantage: vantage.id,
    vantageRegion: vantage.region,
    at,
    tookMs: edge.clock() - began,
    blind: controls.length > 0 && !controls.some((o) => o.verdict === "up"),
    observations,
  };
}

function observe(finding: Finding, target: Target, vantage: Vantage, at: number): Observation {
  const { id, kind, purpose, service, region } = target;
  return { ...finding, at, vantage: vantage.id, target: id, kind, purpose, service, region };
}
