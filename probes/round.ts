/** probes · rounds. One vantage point asks all its targets, side by side, and writes down what it heard. Whatever a
 *  single probe does, the round comes to its end and says of each target what was truly heard. */
import type { Observation, Round, Target, Vantage } from "../store/records.ts";
import type { Edge } from "./edge.ts";
import { type Finding, unknown } from "./finding.ts";
import { lanes } from "./lane.ts";
import { probe } from "./probe.ts";

export type RoundOptions = {
  vantage: Vantage;
  targets: readonly Target[];
  edge: Edge;
  /** What each question may take. */
  timeoutMs: number;
  /** Questions in flight at once; each may hold a socket. */
  concurrency?: number;
  /** What the whole round may take; targets not begun by then are `unknown`, `not-asked`. No bound when left out. */
  budgetMs?: number;
  /** Ends the round at once: what was not heard by then is `unknown`, `stopped`. */
  signal?: AbortSignal;
};

const socketsMax = 500; // half of the 1024 files that a process commonly may open

/** Time a probe gets to put its own words to a timeout; past it we say so ourselves. */
const graceMs = 1_000;

/** Asks every target once. Observations come in the order of the targets. Never rejects. `blind` when there are
 *  control targets and none of them is up. */
export async function round(options: RoundOptions): Promise<Round> {
  const { vantage, targets, edge, concurrency = socketsMax, budgetMs = Number.POSITIVE_INFINITY } = options;
  const at = edge.now();
  const began = edge.clock();
  const observations: Observation[] = [];
  let next = 0;
  const laneTo = lanes();
  const worker = async () => {
    for (let i = next++; i < targets.length; i = next++) {
      const target = targets[i];
      if (!target) return;
      const leave = await laneTo(target.resolver ?? edge.resolver)();
      const leftMs = budgetMs - (edge.clock() - began);
      const askedAt = edge.now();
      const finding =
        leftMs <= 0
          ? unknown("not-asked", null, {})
          : await once(target, edge, Math.min(options.timeoutMs, leftMs), options.signal);
      leave();
      observations[i] = observe(finding, target, vantage, askedAt);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, targets.length) }, worker));
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

/** One target within its time, whatever its probe does. */
async function once(target: Target, edge: Edge, timeoutMs: number, outside?: AbortSignal): Promise<Finding> {
  if (outside?.aborted) return unknown("stopped", null, {});
  const own = new AbortController();
  const stop = () => own.abort(outside?.reason);
  outside?.addEventListener("abort", stop, { once: true });
  const outOfTime = () => own.abort(new DOMException(`no answer in ${timeoutMs} ms`, "TimeoutError"));
  const timer = setTimeout(outOfTime, timeoutMs);
  let hung: ReturnType<typeof setTimeout> | undefined;
  const hangs = new Promise<Finding>((resolve) => {
    const give = () => resolve(unknown("probe-failed", null, { error: "the probe outlived its time" }));
    hung = setTimeout(give, timeoutMs + graceMs);
    own.signal.addEventListener("abort", () => {
      if (outside?.aborted) setTimeout(() => resolve(unknown("stopped", null, {})), 0);
    });
  });
  try {
    const finding = await Promise.race([probe(target, edge, own.signal), hangs]);
    return outside?.aborted && finding.verdict !== "up" ? unknown("stopped", null, {}) : finding;
  } catch (error) {
    if (outside?.aborted) return unknown("stopped", null, {});
    return unknown("probe-failed", null, { error: String(error) });
  } finally {
    clearTimeout(timer);
    clearTimeout(hung);
    outside?.removeEventListener("abort", stop);
  }
}

function observe(finding: Finding, target: Target, vantage: Vantage, at: number): Observation {
  const { id, kind, purpose, service, region } = target;
  return { ...finding, at, vantage: vantage.id, target: id, kind, purpose, service, region };
}
