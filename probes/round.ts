/** probes · rounds. One vantage point asks all its targets, side by side, and writes down what it heard. Whatever a
 *  single probe does, the round comes to its end and says of each target what was truly heard. */
import type { Observation, Round, Target, Vantage } from "../store/records.ts";
import { type Crew, crews } from "./crew.ts";
import type { Edge } from "./edge.ts";
import { type Finding, unknown } from "./finding.ts";
import { type Lane, lanes, type Turn } from "./lane.ts";
import { patience, type Slot } from "./patience.ts";
import { probe } from "./probe.ts";

export type RoundOptions = {
  vantage: Vantage;
  targets: readonly Target[];
  edge: Edge;
  /** What each question may take. */
  timeoutMs: number;
  /** Questions in flight at once that may each hold a socket; of datagrams, which share sockets, four times as many to
   *  each name server. */
  concurrency?: number;
  /** What the whole round may take. Targets not begun by then are `unknown`, `not-asked`; those that had less than their
   *  time until then, and did not answer in it, `cut-short`. No bound when left out. */
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
  const { vantage, targets, edge, concurrency = socketsMax } = options;
  const at = edge.now();
  const began = edge.clock();
  const observations = await hearAll({ ...options, at, began }, crews(targets, edge.resolver, concurrency));
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

/** One question on its way. */
type Asked = {
  target: Target;
  i: number;
  crew: Crew;
  lane: Lane;
  turn: Turn;
  slot: Slot<Asked>;
  at: number;
};

/** Gives an observation for each target, once all are there. */
function hearAll(
  options: RoundOptions & { at: number; began: number },
  working: Crew[],
): Promise<Observation[]> {
  const { vantage, targets, edge, timeoutMs, budgetMs = Number.POSITIVE_INFINITY, signal: outside } = options;
  const { began } = options;
  const { promise, resolve } = Promise.withResolvers<Observation[]>();
  const observations: Observation[] = [];
  let left = targets.length;

  const { to, open } = lanes();
  const time = patience({
    hung: (asked: Asked) => finish(asked, outside?.aborted ? stopped() : hung()),
    graceMs,
    outside,
  });
  const ending = Number.isFinite(budgetMs) ? setTimeout(open, budgetMs) : undefined;
  outside?.addEventListener("abort", open, { once: true });

  const note = (i: number, target: Target, finding: Finding, at: number, crew: Crew) => {
    observations[i] = observe(finding, target, vantage, at);
    if (--left === 0) return end();
    const heir = --crew.left === 0 ? crew.heirs.shift() : undefined;
    if (heir) start(heir);
  };
  const end = () => {
    clearTimeout(ending);
    outside?.removeEventListener("abort", open);
    open();
    time.close();
    resolve(observations);
  };
  /** Whether the question is on its way; else it is over already. */
  const begin = (target: Target, i: number, crew: Crew, lane: Lane, turn: Turn): boolean => {
    const now = edge.clock();
    const at = options.at + Math.round(now - began);
    const untilMs = Math.min(now + timeoutMs, began + budgetMs);
    if (outside?.aborted || untilMs <= now) {
      lane.leave(turn);
      note(i, target, outside?.aborted ? stopped() : unknown("not-asked", null, {}), at, crew);
      return false;
    }
    const slot = time.slot(now, untilMs);
    const asked: Asked = { target, i, crew, lane, turn, slot, at };
    slot.waiting.add(asked);
    const isShort = untilMs < now + timeoutMs;
    probe(target, edge, slot.signal).then(
      (found) => {
        if (outside?.aborted && found.verdict !== "up") return finish(asked, stopped());
        finish(asked, isShort && isTimeout(found) ? unknown("cut-short", null, found.facts) : found);
      },
      (error: unknown) =>
        finish(asked, outside?.aborted ? stopped() : unknown("probe-failed", null, { error: String(error) })),
    );
    return true;
  };
  const finish = (asked: Asked, finding: Finding) => {
    if (!asked.slot.waiting.delete(asked)) return; // it came after all, once it had been given up
    asked.lane.leave(asked.turn);
    note(asked.i, asked.target, finding, asked.at, asked.crew);
    goOn(asked.crew);
  };
  /** Asks the next of a crew's targets, and passes over those that end at once. */
  const goOn = (crew: Crew) => {
    for (let i = crew.queue[crew.next++]; i !== undefined; i = crew.queue[crew.next++]) {
      const [target, index] = [targets[i], i];
      if (!target) return;
      const lane = to(target.resolver ?? edge.resolver);
      const turn = lane.enter();
      if (turn instanceof Promise) {
        turn.then((mine) => (begin(target, index, crew, lane, mine) ? undefined : goOn(crew)));
        return;
      }
      if (begin(target, index, crew, lane, turn)) return;
    }
  };
  const ready: Crew[] = [];
  let isStarting = false;
  /** One after the other, and not each from within the last: thousands may be over as soon as they begin. */
  const start = (...more: Crew[]) => {
    ready.push(...more);
    if (isStarting) return;
    isStarting = true;
    for (let crew = ready.shift(); crew; crew = ready.shift()) {
      for (let i = 0; i < crew.atOnce && crew.next < crew.queue.length; i++) goOn(crew);
    }
    isStarting = false;
  };
  start(...working);
  if (left === 0) end();
  return promise;
}

/** Silence, be it only over the TCP that a cut answer called for. */
const isTimeout = ({ reason, facts }: Finding) =>
  reason === "timeout" || (reason === "truncated" && facts.tcp === "timeout");
const hung = () => unknown("probe-failed", null, { error: "the probe outlived its time" });
const stopped = () => unknown("stopped", null, {});

function observe(finding: Finding, target: Target, vantage: Vantage, at: number): Observation {
  const { id, kind, purpose, service, region } = target;
  // the finding first: what is copied into an object that has something already is copied slowly
  return { ...finding, at, vantage: vantage.id, target: id, kind, purpose, service, region };
}
