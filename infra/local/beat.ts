/** infra/local · rhythm. Runs something once a beat. A late turn does not shift the beat, a turn that fails is told and
 *  does not end it, and stopping waits for the turns under way. */

export type Beat = { stop(): Promise<void> };

export type BeatOptions = {
  everyMs: number;
  /** Before the first turn, so that several beats do not all strike at once. */
  delayMs?: number;
  /** Turns that may be under way at once; a beat that finds as many is left out. */
  abreast?: number;
  failed: (error: unknown) => void;
};

export function beat(
  turn: () => Promise<unknown>,
  { everyMs, delayMs = 0, abreast = 1, failed }: BeatOptions,
): Beat {
  const under = new Set<Promise<unknown>>();
  const strike = () => {
    if (under.size >= abreast) return;
    const one = turn()
      .catch(failed)
      .finally(() => under.delete(one));
    under.add(one);
  };
  let timer: NodeJS.Timeout | undefined;
  const delay = setTimeout(() => {
    timer = setInterval(strike, everyMs);
    strike();
  }, delayMs);
  return {
    async stop() {
      clearTimeout(delay);
      clearInterval(timer);
      await Promise.all(under);
    },
  };
}
