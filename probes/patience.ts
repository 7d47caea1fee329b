/** probes · rounds. How long each question may take. Questions that begin at nearly the same instant end at the same
 *  one, and share a signal and a timer: a thousand of each would cost more than the questions. */

/** What the questions of one instant share. */
type Slot<T> = {
  signal: AbortSignal;
  /** Those who still wait, to be told when their own signal was not enough. */
  waiting: Set<(instead: T) => void>;
};

export type PatienceOptions<T> = {
  /** What is said for a question that minds no signal: `graceMs` after its time, or at once when all is stopped. */
  hung: () => T;
  stopped: () => T;
  graceMs: number;
  /** Ends all of them. */
  outside?: AbortSignal | undefined;
};

const share = 50; // a question may lose a fiftieth of its time to its neighbours
const shareMsMax = 10;

/** Gives each question its time. `close` when no more will be asked. */
export function patience<T>({ hung, stopped, graceMs, outside }: PatienceOptions<T>) {
  const ends = new Map<() => void, () => void>();
  let current: { slot: Slot<T>; endsMs: number } | null = null;

  const open = (leftMs: number): Slot<T> => {
    const own = new AbortController();
    const waiting: Slot<T>["waiting"] = new Set();
    const tell = (instead: () => T) => {
      for (const give of waiting) give(instead());
    };
    let timer = setTimeout(() => {
      own.abort(new DOMException("no answer in time", "TimeoutError"));
      timer = setTimeout(() => {
        ends.delete(stop);
        tell(hung);
      }, graceMs);
    }, leftMs);
    const stop = () => {
      clearTimeout(timer);
      own.abort(outside?.reason);
      setTimeout(tell, 0, stopped); // after those who minded the signal
    };
    ends.set(stop, () => clearTimeout(timer));
    return { signal: own.signal, waiting };
  };
  const stopAll = () => {
    for (const stop of ends.keys()) stop();
    ends.clear();
  };
  outside?.addEventListener("abort", stopAll, { once: true });

  return {
    /** Asks, and gives the answer, or what is said instead. `now` and `untilMs` are of the same clock. */
    ask(now: number, untilMs: number, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
      const leftMs = untilMs - now;
      if (
        !current ||
        current.slot.signal.aborted ||
        current.endsMs > untilMs ||
        current.endsMs < untilMs - Math.min(shareMsMax, leftMs / share)
      ) {
        current = { slot: open(leftMs), endsMs: untilMs };
      }
      const { signal, waiting } = current.slot;
      return new Promise<T>((resolve, reject) => {
        waiting.add(resolve);
        ask(signal).then(
          (answer) => {
            waiting.delete(resolve);
            resolve(answer);
          },
          (error: unknown) => {
            waiting.delete(resolve);
            reject(error);
          },
        );
      });
    },
    close() {
      outside?.removeEventListener("abort", stopAll);
      for (const clear of ends.values()) clear();
      ends.clear();
    },
  };
}
