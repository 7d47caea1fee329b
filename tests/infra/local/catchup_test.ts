/** tests · infra/local. After a restart the past is learned beside everything else, and nothing is called odd before. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { catchUp } from "../../../infra/local/catchup.ts";
import type { Anomaly, Round } from "../../../store/records.ts";

const roundAt = (at: number): Round => ({
  vantage: "us-east-1",
  vantageRegion: "us-east-1",
  at,
  tookMs: 1,
  blind: false,
  observations: [],
});
const strange: Anomaly = {
  series: "dns/s3@us-east-1|us-east-1",
  node: "s3@us-east-1",
  vantage: "us-east-1",
  at: 1,
  score: 0.8,
  features: [],
};
const unread = (error: unknown) => {
  throw error;
};
const staying = new AbortController().signal;

test("the past is learned once, oldest first and to the present, and only then is anything called odd", () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 9_999 }), { maxLength: 20 }),
      fc.integer({ min: 0, max: 9_999 }),
      async (instants, since) => {
        const kept = instants.toSorted((a, b) => a - b).map(roundAt);
        const seen: number[] = [];
        const { odd, done } = catchUp(
          (rounds) => {
            seen.push(...rounds.map((r) => r.at));
            return [strange];
          },
          {
            between: async (from, until) => kept.filter((r) => r.at >= from && r.at < until),
            since,
            now: () => 10_000,
            signal: staying,
            failed: unread,
          },
        );
        expect(odd([roundAt(10_000)])).toEqual([]);
        await done;
        expect(seen).toEqual(kept.map((r) => r.at).filter((at) => at >= since));
        expect(odd([roundAt(10_001)])).toEqual([strange]);
        expect(seen.at(-1)).toBe(10_001);
      },
    ),
    { numRuns: 15 },
  ));

test("a past that cannot be read is told, and what is heard from then on has to do", async () => {
  const told: unknown[] = [];
  const { odd, done } = catchUp(() => [strange], {
    between: () => Promise.reject(new Error("a torn page")),
    since: 0,
    now: () => 10_000,
    signal: staying,
    failed: (error) => told.push(error),
  });
  await done;
  expect(told).toEqual([new Error("a torn page")]);
  expect(odd([])).toEqual([strange]);
});

test("who leaves does not read on", async () => {
  const leaving = new AbortController();
  let pages = 0;
  const { done } = catchUp(() => [], {
    between: async () => {
      pages++;
      leaving.abort();
      return [];
    },
    since: 0,
    now: () => 1e9,
    signal: leaving.signal,
    failed: unread,
  });
  await done;
  expect(pages).toBe(1);
});
