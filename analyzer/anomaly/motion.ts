/** analyzer · pure. What a forest cannot see, as each reading by itself is ordinary: a value that stands still, values
 *  that stay away, and a value that moves much more or much less from reading to reading than it used to. */
import { createLimit, type SavedLimit } from "./limit.ts";
import { newRun, type Run, run } from "./runs.ts";

export type Strange = {
  kind: "stuck" | "missing" | "restless" | "faint";
  /** For how long a run has lasted, in ms; 0 for the other two. */
  lastsMs: number;
  /** How many times as much it moves as usual; 0 for a run. */
  times: number;
};

export type SavedMotion = {
  run: Run;
  last: number | null;
  seen: number;
  usual: number;
  lately: number;
  more: SavedLimit;
  less: SavedLimit;
};

export interface Motion {
  /** Takes a reading in, NaN where there was none; what is strange about how it moves, or null. `readings` is how
   *  seldom that may be for nothing: once in so many. */
  see(at: number, value: number, readings: number): Strange | null;
  save(): SavedMotion;
}

/** Readings behind "lately" and "usual". */
const [latelyOf, usualOf] = [12, 500];
/** A step counts as at most so many times the usual one, and at least that part of it. */
const stepMost = 16;
/** Less than twice, or more than about a third, of the usual step is no news; in powers of two. */
const least = { more: 1, less: 1.5 };
/** Of the false alerts that are allowed, one in so many may come of this. */
const share = 3;

export function createMotion(phase = 0, from?: SavedMotion): Motion {
  const on = { ...(from?.run ?? newRun()) };
  const more = createLimit(phase, from?.more);
  const less = createLimit(phase, from?.less);
  let last = from?.last ?? Number.NaN;
  let { seen, usual, lately } = from ?? { seen: 0, usual: 0, lately: 0 };

  /** The mean of the last steps' sizes against the usual one, as powers of two: how far, and whether that is odd. */
  const steps = (value: number, readings: number): Strange | null => {
    const step = Math.abs(value - last);
    last = value;
    if (Number.isNaN(step)) return null;
    if (seen > 0) {
      const ratio = usual > 0 ? step / usual : step > 0 ? stepMost : 1;
      lately += (Math.log2(Math.max(1 / stepMost, Math.min(stepMost, ratio))) - lately) / latelyOf;
    }
    seen++;
    // One wild step moves what is usual no further than some ordinary ones.
    usual += (Math.min(step, seen > 1 && usual > 0 ? usual * 8 : step) - usual) / Math.min(seen, usualOf);
    const seldom =
      lately > least.more ? more.seldom(lately) : -lately > least.less ? less.seldom(-lately) : 0;
    more.learn(lately);
    less.learn(-lately);
    if (seldom < readings * share) return null;
    return { kind: lately > 0 ? "restless" : "faint", lastsMs: 0, times: 2 ** lately };
  };

  return {
    see(at, value, readings) {
      run(on, at, value);
      const moved = Number.isNaN(value) ? null : steps(value, readings);
      return on.odd
        ? { kind: on.value === null ? "missing" : "stuck", lastsMs: at - on.since, times: 0 }
        : moved;
    },
    save: () => ({
      run: { ...on },
      last: Number.isNaN(last) ? null : last,
      seen,
      usual,
      lately,
      more: more.save(),
      less: less.save(),
    }),
  };
}
