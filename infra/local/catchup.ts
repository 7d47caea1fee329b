/** infra/local · rhythm. After a restart, learns from what was heard before it: page by page, oldest first, beside
 *  everything else, as somebody back from holiday reads the post of the weeks between two telephone calls. Until it is
 *  through, nothing is called odd; nothing else waits for it. */
import { setTimeout as pause } from "node:timers/promises";
import type { Anomaly, Round } from "../../store/records.ts";

/** Takes rounds in their order, and names the series that are odd now. */
export type Odd = (rounds: readonly Round[]) => Anomaly[];

export type PastOptions = {
  /** Rounds that began at or after `since` and before `until`, oldest first. */
  between(since: number, until: number): Promise<Round[]>;
  /** How far back, epoch ms. */
  since: number;
  now: () => number;
  signal: AbortSignal;
  /** Told when the past cannot be read; then what is heard from now on has to do. */
  failed: (error: unknown) => void;
};

const pageMs = 2_000; // some twenty milliseconds of work, so that nobody who asks meanwhile waits for long

/** `odd` for the loop, which says nothing until the past is learned. `done` settles then, or when stopped. */
export function catchUp(
  odd: Odd,
  { between, since, now, signal, failed }: PastOptions,
): { odd: Odd; done: Promise<void> } {
  let isThrough = false;
  const learn = async () => {
    for (let from = since; from < now() && !signal.aborted; from += pageMs) {
      const began = performance.now();
      odd(await between(from, from + pageMs));
      await pause(performance.now() - began); // half of the time is everybody else's
    }
  };
  const done = learn()
    .catch(failed)
    .finally(() => {
      isThrough = true;
    });
  return { odd: (rounds) => (isThrough ? odd(rounds) : []), done };
}
