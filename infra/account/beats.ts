/** infra/account · rhythm. A function that is started once a minute works every ten seconds, and goes on until the next
 *  one has taken over: no beat is left out between two runs, and none is done by both. Knows no AWS: what a claim is,
 *  how time passes and what the work is are told to it. */
import type { Claim, Claimed } from "../../store/dynamodb/claim.ts";

export type BeatsOptions = {
  everyMs: number;
  /** When this run was due, epoch ms, the same however often it is delivered. */
  run: number;
  holder: string;
  /** Epoch ms after which no beat is begun, so that the last one ends inside the function's time. */
  until: number;
  claim: (claim: Claim) => Promise<Claimed>;
  work: (beat: { at: number; number: number }) => Promise<void>;
  /** Told of a beat that failed, or could not be claimed; the next one is tried all the same. */
  failed: (what: string, error: unknown) => void;
  now: () => number;
  wait: (ms: number) => Promise<void>;
};

/** Why it ended: a later run took over, another of the same schedule works already, or its time was up. */
export type Ended = { why: "relieved" | "doubled" | "out of time"; done: number; failed: number };

/** Works until relieved. A beat is an instant that `everyMs` divides; the first is the one that has begun. Never
 *  rejects: one beat's failure is told and the next one tried. */
export async function beats(options: BeatsOptions): Promise<Ended> {
  const { everyMs, run, holder, until, now, wait } = options;
  let done = 0;
  let failed = 0;
  let number = Math.floor(now() / everyMs);
  while (number * everyMs < until) {
    let claimed: Claimed | "unclaimed";
    try {
      claimed = await options.claim({ beat: number, run, holder });
    } catch (error) {
      options.failed("claim a beat", error);
      claimed = "unclaimed";
      failed++;
    }
    if (claimed === "relieved" || claimed === "doubled") return { why: claimed, done, failed };
    if (claimed === "mine") {
      try {
        await options.work({ at: number * everyMs, number });
        done++;
      } catch (error) {
        options.failed("work a beat", error);
        failed++;
      }
    }
    number = Math.max(number + 1, Math.floor(now() / everyMs)); // what was slept through is not made up for
    if (number * everyMs >= until) break;
    const leftMs = number * everyMs - now();
    if (leftMs > 0) await wait(leftMs);
  }
  return { why: "out of time", done, failed };
}
