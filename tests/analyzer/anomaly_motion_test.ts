/** tests · analyzer. Values that are ordinary one by one, and move as they never did. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMotion, type Strange } from "../../analyzer/anomaly/motion.ts";
import { sayStrange } from "../../analyzer/anomaly/words.ts";
import { chance } from "../../analyzer/forest/chance.ts";

const step = 300_000;
/** Sees values every five minutes; what was strange at each. */
const watch = (values: readonly number[], readings = 2016) => {
  const motion = createMotion();
  return values.map((value, i) => motion.see(i * step, value, readings));
};
const noise = (count: number, size = 1, seed = 3) => {
  const draw = chance(seed);
  return Array.from({ length: count }, () => 50 + size * ((draw() + draw()) / 2 ** 32 - 1));
};
const kinds = (seen: readonly (Strange | null)[]) => seen.map((strange) => strange?.kind ?? null);

describe("createMotion()", () => {
  test("a value that never repeats stands still from its sixth reading on", () => {
    const seen = watch([...noise(200), ...new Array(8).fill(50.5)]);
    expect(kinds(seen.slice(200))).toEqual([null, null, null, null, null, "stuck", "stuck", "stuck"]);
    expect(seen[207]).toMatchObject({ lastsMs: 7 * step });
  });

  test("a value that often repeats must stand far longer than it ever did", () => {
    const mostly = Array.from({ length: 300 }, (_, i) => (i % 20 === 0 ? 1 : 0)); // nineteen zeros, a one
    const seen = kinds(watch([...mostly, ...new Array(60).fill(0)])).slice(100); // two rounds to get used to it
    expect(seen.indexOf("stuck") + 100).toBe(281 + 47); // the 48th zero after the last one
  });

  test("values that stay away are told from the third on, and later than that where gaps are usual", () => {
    const gone = new Array(12).fill(Number.NaN);
    expect(kinds(watch([...noise(100), ...gone])).indexOf("missing")).toBe(102);
    const patchy = noise(100).flatMap((x) => [x, Number.NaN, Number.NaN]);
    expect(kinds(watch([...patchy, ...gone])).lastIndexOf(null)).toBe(301); // five on end
  });

  test("the second stretch like the first is seen as well", () => {
    const stuck = new Array(40).fill(50.5);
    const seen = kinds(watch([...noise(200), ...stuck, ...noise(200, 1, 5), ...stuck]));
    expect(seen.slice(440)).toContain("stuck");
  });

  test("noise that dies, and noise that grows, are told by how much", () => {
    const fainter = watch([...noise(600), ...noise(40, 0.05, 4)])
      .slice(600)
      .find((x) => x);
    expect(fainter).toMatchObject({ kind: "faint" });
    expect(fainter?.times).toBeLessThan(0.4);
    const wilder = watch([...noise(600), ...noise(40, 6, 4)])
      .slice(600)
      .find((x) => x);
    expect(wilder).toMatchObject({ kind: "restless" });
    expect(wilder?.times).toBeGreaterThan(2);
  });

  test("steady noise of any size is not strange", () => {
    for (const seed of [1, 2, 3, 4, 5])
      expect(kinds(watch(noise(3000, 10 ** (seed - 3), seed), 1e6)).filter(Boolean)).toEqual([]);
  });

  test("goes on after a restart as if there had been none, and looks at nothing to come", () => {
    const value = fc.oneof(
      { weight: 5, arbitrary: fc.double({ min: -9, max: 9, noNaN: true }) },
      { weight: 2, arbitrary: fc.constantFrom(0, 1, Number.NaN) },
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 80 }), fc.array(value, { maxLength: 40 }), (past, rest) => {
        const one = createMotion(0.3);
        past.forEach((x, i) => {
          one.see(i * step, x, 50);
        });
        const other = createMotion(0.3, JSON.parse(JSON.stringify(one.save())));
        rest.forEach((x, i) => {
          const at = (past.length + i) * step;
          expect(other.see(at, x, 50)).toEqual(one.see(at, x, 50));
        });
      }),
      { numRuns: 40 },
    );
  });
});

test("sayStrange() says it in words", () => {
  expect(sayStrange({ kind: "stuck", lastsMs: 35 * 60_000, times: 0 }, 51.234)).toBe(
    "stuck at 51.2 for 35 min",
  );
  expect(sayStrange({ kind: "missing", lastsMs: 3 * 60 * 60_000, times: 0 }, Number.NaN)).toBe(
    "no value for 3 h",
  );
  expect(sayStrange({ kind: "restless", lastsMs: 0, times: 6.14 }, 1)).toBe(
    "moves 6.1 times as much as usual",
  );
});
