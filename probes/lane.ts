/** probes · rounds. A name server is asked only so much at once. Its socket holds some 250 questions (212,992 bytes on
 *  Linux, 768 for each) while it is busy and drops the rest; a question lost that way would be told as a timeout, and
 *  one that waits for its turn here is not slow, so turns are taken before the clock starts. */

/** Waits for a turn; the returned function gives it back, and may be called more than once. */
export type Lane = () => Promise<() => void>;

const youngMax = 128; // half of what fits, so a server that is held up for a moment loses nothing
const youngMs = 250; // a question older than that has been read, or never will be

/** One lane for each name server asked. */
export function lanes(): (server: string) => Lane {
  const known = new Map<string, Lane>();
  return (server) => {
    const lane = known.get(server) ?? newLane();
    known.set(server, lane);
    return lane;
  };
}

function newLane(): Lane {
  let young = 0;
  const queue: (() => void)[] = [];
  return async () => {
    if (young < youngMax) young++;
    else await new Promise<void>((resolve) => queue.push(resolve)); // the turn is handed over, not counted anew
    let mine = true;
    const giveBack = () => {
      if (!mine) return;
      mine = false;
      clearTimeout(timer);
      const next = queue.shift();
      if (next) next();
      else young--;
    };
    const timer = setTimeout(giveBack, youngMs);
    return giveBack;
  };
}
