/** probes · rounds. A name server is asked only so much at once. Its socket holds some 250 questions (212,992 bytes on
 *  Linux, 768 for each) while it is busy and drops the rest; a question lost that way would be told as a timeout, and
 *  one that waits for its turn here is not slow, so turns are taken before the clock starts. Turns are counted by
 *  generation, so that a thousand of them need one timer. */

/** A generation of turns: how many are still out, and whether it is too old to count. */
export type Turn = { out: number; over: boolean };

export type Lane = {
  /** A turn at once; where all are taken, as soon as one is free. */
  enter(): Turn | Promise<Turn>;
  /** Gives a turn back; once each. */
  leave(turn: Turn): void;
};

const youngMax = 128; // half of what fits, so a server that is held up for a moment loses nothing
const youngMs = 250; // a question twice as old has been read, or never will be: its turn ends by itself

/** One lane for each name server asked. `open` lets everybody through from then on, because time is up. */
export function lanes(): { to(server: string): Lane; open(): void } {
  const known = new Map<string, Lane & { open(): void }>();
  let isOpen = false;
  return {
    to(server) {
      const lane = known.get(server) ?? newLane();
      if (!known.has(server)) {
        known.set(server, lane);
        if (isOpen) lane.open();
      }
      return lane;
    },
    open() {
      isOpen = true;
      for (const lane of known.values()) lane.open();
    },
  };
}

function newLane(): Lane & { open(): void } {
  let free = youngMax;
  let older: Turn = { out: 0, over: false };
  let newer: Turn = { out: 0, over: false };
  let timer: ReturnType<typeof setTimeout> | null = null;
  let queue: ((turn: Turn) => void)[] = [];
  let served = 0; // of the queue; taking from an array's head moves all the rest
  const take = (): Turn => {
    free--;
    newer.out++;
    if (free !== Number.POSITIVE_INFINITY) timer ??= setTimeout(age, youngMs);
    return newer;
  };
  const release = (turns: number) => {
    free += turns;
    while (free > 0 && served < queue.length) queue[served++]?.(take());
    if (served === queue.length) [queue, served] = [[], 0];
  };
  const age = () => {
    const oldest = older;
    older = newer;
    newer = { out: 0, over: false };
    timer = older.out > 0 ? setTimeout(age, youngMs) : null;
    oldest.over = true;
    release(oldest.out);
  };
  return {
    enter: () => (free > 0 ? take() : new Promise((resolve) => queue.push(resolve))),
    leave(turn) {
      if (turn.over) return;
      turn.out--;
      release(1);
    },
    open() {
      clearTimeout(timer ?? undefined);
      release(Number.POSITIVE_INFINITY);
    },
  };
}
