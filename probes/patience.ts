/** probes · rounds. How long each question may take. Questions that begin at nearly the same instant end at the same
 *  one, and share a signal and a timer: a thousand of each would cost more than the questions. */

/** What the questions of one instant share: `waiting` are those that have not ended. */
export type Slot<Q> = { signal: AbortSignal; waiting: Set<Q> };

export type PatienceOptions<Q> = {
  /** Called for each question that minded no signal: `graceMs` after its time, or at once when all is stopped. */
  hung: (question: Q) => void;
  graceMs: number;
  /** Ends all of them. */
  outside?: AbortSignal | undefined;
};

const share = 50; // a question may lose a fiftieth of its time to its neighbours
const shareMsMax = 10;

/** Gives questions their time. `close` when no more will be asked. */
export function patience<Q>({ hung, graceMs, outside }: PatienceOptions<Q>) {
  const open = new Set<() => void>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let current: { slot: Slot<Q>; endsMs: number } | null = null;

  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const newSlot = (leftMs: number): Slot<Q> => {
    const own = new AbortController();
    const waiting = new Set<Q>();
    const give = () => {
      for (const question of waiting) hung(question);
    };
    const stop = () => {
      own.abort(outside?.reason);
      later(0, give); // after those who mind the signal
    };
    open.add(stop);
    later(leftMs, () => {
      own.abort(new DOMException("no answer in time", "TimeoutError"));
      later(graceMs, () => {
        open.delete(stop);
        give();
      });
    });
    return { signal: own.signal, waiting };
  };
  const stopAll = () => {
    for (const stop of open) stop();
  };
  outside?.addEventListener("abort", stopAll, { once: true });

  return {
    /** The slot of a question that begins at `now` and may take until `untilMs`, on the same clock. */
    slot(now: number, untilMs: number): Slot<Q> {
      const slackMs = Math.min(shareMsMax, (untilMs - now) / share);
      if (!current || current.endsMs > untilMs || current.endsMs < untilMs - slackMs) {
        current = { slot: newSlot(untilMs - now), endsMs: untilMs };
      }
      return current.slot;
    },
    close() {
      outside?.removeEventListener("abort", stopAll);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
