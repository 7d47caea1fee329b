/** tests · dashboard. Lines over time are thinned, and thinning never hides trouble. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { linesOf } from "../../dashboard/lines.ts";
import type { Point } from "../../store/store.ts";

const regions = ["us-east-1", "us-west-2"];
const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null });
const each = (value: fc.Arbitrary<number | null>) => fc.record({ "us-east-1": value, "us-west-2": value });
const history = fc
  .array(
    fc.record({
      afterMs: fc.integer({ min: 1, max: 4_000 }),
      scores: each(share),
      p95Ms: each(fc.option(fc.nat(5_000), { nil: null })),
      failed: each(share),
      odd: fc.option(
        fc.record({
          score: fc.double({ min: 0, max: 1, noNaN: true }),
          node: fc.constant("a@b"),
          says: fc.string(),
        }),
        { nil: null },
      ),
    }),
    { maxLength: 80 },
  )
  .map((steps) => {
    let at = 1_000_000;
    return steps.map(({ afterMs, ...rest }): Point => {
      at += afterMs;
      return { at, ...rest };
    });
  });
const known = (values: readonly (number | null | undefined)[]) => values.filter((v) => v != null);

test("thinned lines keep the worst of everything, in order, and no more columns than asked for and gaps make", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 30 }), (points, steps) => {
      const gapMs = 3_000;
      const lines = linesOf(points, { regions, gapMs, steps });
      const gaps = points.filter((p, i) => i > 0 && p.at - (points[i - 1]?.at ?? 0) > gapMs).length;
      expect(lines.at.length).toBeLessThanOrEqual(steps + 2 * gaps + 1);
      expect(lines.at).toEqual([...new Set(lines.at)].sort((a, b) => a - b));
      for (const region of regions) {
        const of = (name: "scores" | "p95Ms" | "failed") => known(points.map((p) => p[name][region]));
        expect(Math.min(...known(lines.scores[region] ?? []))).toBe(Math.min(...of("scores")));
        expect(Math.max(...known(lines.p95Ms[region] ?? []))).toBe(Math.max(...of("p95Ms")));
        expect(Math.max(...known(lines.failed[region] ?? []))).toBe(Math.max(...of("failed")));
        expect(lines.scores[region]).toHaveLength(lines.at.length);
      }
      expect(Math.max(...lines.odd.map((o) => o?.score ?? -1))).toBe(
        Math.max(...points.map((p) => p.odd?.score ?? -1)),
      );
    }),
  );
});

test("few points stay as they are, and a silence breaks the line", () => {
  const point = (at: number, score: number): Point => ({
    at,
    scores: { "us-east-1": score },
    p95Ms: {},
    failed: {},
    odd: null,
  });
  const lines = linesOf([point(1_000, 1), point(2_000, 0.5), point(60_000, 1)], { regions, gapMs: 5_000 });
  expect(lines.at).toEqual([1_000, 2_000, 2_001, 60_000]);
  expect(lines.scores["us-east-1"]).toEqual([1, 0.5, null, 1]);
});
