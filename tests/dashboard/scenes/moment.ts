/** tests · dashboard · scenes. One moment, as its store would hold it, with the five minutes before it. */
import { memory } from "../../../store/memory.ts";
import type { Board, Decision, Report, Standing, Voice } from "../../../store/records.ts";
import type { Store } from "../../../store/store.ts";
import { healthOf, lines, reportOf } from "./assessed.ts";
import { s } from "./ground.ts";

export type Moment = {
  standing: Standing;
  /** Oldest first. */
  decisions?: Decision[];
  board?: Board;
  voices: Voice[];
  report: Report;
  /** Since when home has scored less and less; left out where it did not. */
  fallsFrom?: number;
};

/** A store that holds the moment. */
export async function keep({ standing, decisions = [], board, voices, ...seen }: Moment): Promise<Store> {
  const store = memory();
  if (board) await store.pin(board);
  await store.addVoices(voices);
  for (const [from, decision] of (decisions.length > 0 ? decisions : [null]).entries())
    await store.remember({
      from,
      standing: { ...standing, version: from + 1 },
      orders: [],
      decision,
      handled: [],
    });
  for (const report of minutesBefore(seen)) await store.report(report);
  await store.report(seen.report);
  return store;
}

function minutesBefore({
  report: { assessment },
  fallsFrom,
}: Pick<Moment, "report" | "fallsFrom">): Report[] {
  const low = assessment.regions[0]?.score ?? 0;
  return Array.from({ length: 299 }, (_, i) => 299 - i).map((ago) => {
    const at = assessment.at - ago * s;
    const fallen = fallsFrom !== undefined && at > fallsFrom ? Math.min(1, (at - fallsFrom) / (20 * s)) : 0;
    return reportOf(at, {
      why: "",
      lines: lines(0, 0, "1.00", 1),
      services: [],
      regions: [
        healthOf("us-east-1", { score: 1 - fallen * (1 - low) - (ago % 11 === 0 ? 0.02 : 0) }),
        healthOf("us-west-2", { score: ago % 17 === 0 ? 0.98 : 1 }),
        healthOf("eu-west-1"),
      ],
    });
  });
}

/** Voices once a second up to `now`: the shares of requests that were `moved` to the standby, and that were `lost` of
 *  those at home, by seconds ago. */
export function crowd(now: number, shares: (secondsAgo: number) => { moved: number; lost: number }): Voice[] {
  return Array.from({ length: 300 }, (_, i) => 299 - i).flatMap((ago) => {
    const { moved, lost } = shares(ago);
    const wobble = ((ago * 37) % 7) - 3;
    const all = 30 + wobble;
    const there = Math.round(all * moved);
    const voice = (region: string, requests: number, failed: number): Voice => ({
      at: now - ago * s,
      spanMs: s,
      region,
      requests,
      failed,
      p95Ms: failed === requests ? null : 18 + Math.abs(wobble),
    });
    const here = all - there;
    return [voice("us-east-1", here, Math.round(here * lost)), voice("us-west-2", there, 0)].filter(
      ({ requests }) => requests > 0,
    );
  });
}
