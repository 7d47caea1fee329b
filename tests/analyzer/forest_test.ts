/** tests · analyzer. The forest: what it finds odd, what it does with odd input, and that it never changes its mind. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chance } from "../../analyzer/forest/chance.ts";
import { loadForest, saveForest } from "../../analyzer/forest/keep.ts";
import { averagePathLength, scoreOfPath } from "../../analyzer/forest/paths.ts";
import { createStream } from "../../analyzer/forest/stream.ts";
import { explainRow, growForest, scoreRows } from "../../analyzer/forest.ts";
import { BadInput } from "../../store/records.ts";

const uniform = (seed: number) => {
  const draw = chance(seed);
  return () => draw() / 2 ** 32;
};
/** Rows around zero, about as far as a normal variable goes. */
const cloud = (count: number, columns: number, seed = 7) => {
  const u = uniform(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: columns }, () => u() + u() + u() + u() - 2),
  );
};

describe("averagePathLength()", () => {
  test("is exact for small n, where the logarithm is not", () => {
    expect([0, 1, 2, 3, 4].map(averagePathLength)).toEqual([
      0,
      0,
      1,
      2 * 1.5 - 4 / 3,
      2 * (1 + 1 / 2 + 1 / 3) - 6 / 4,
    ]);
  });
  test("meets the paper's approximation for large n", () => {
    expect(averagePathLength(4096)).toBeCloseTo(2 * (Math.log(4095) + 0.5772156649) - (2 * 4095) / 4096, 3);
  });
});

test("scoreOfPath() is 2^-x to the last places, without Math.pow", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 60, noNaN: true }), (x) => {
      expect(Math.abs(scoreOfPath(x, 1) / 2 ** -x - 1)).toBeLessThan(1e-15);
    }),
  );
});

describe("growForest()", () => {
  test("scores what lies apart above all that lies together", () => {
    const rows = cloud(500, 3);
    const scores = scoreRows(growForest(rows), [...rows, [6, 6, 6]]);
    expect(scores[500]).toBeGreaterThan(Math.max(...scores.slice(0, 500)));
    expect(scores[500]).toBeGreaterThan(0.7);
  });

  test("gives these very bits, on every machine and every run", () => {
    // Integer draws and IEEE arithmetic only; a change here is a change of every stored score.
    const scores = scoreRows(growForest(cloud(300, 2), { seed: 42, trees: 20, sample: 64 }), cloud(3, 2, 9));
    expect([...scores]).toMatchInlineSnapshot(`
      [
        0.41770312569724705,
        0.48134865897108153,
        0.39875884102111553,
      ]
    `);
  });

  test("is the same forest for the same seed, another for another", () => {
    const rows = cloud(200, 2);
    const one = scoreRows(growForest(rows, { seed: 1 }), rows);
    expect(scoreRows(growForest(rows, { seed: 1 }), rows)).toEqual(one);
    expect(scoreRows(growForest(rows, { seed: 2 }), rows)).not.toEqual(one);
    expect(scoreRows(growForest(rows, { seed: 2 ** 40 + 1 }), rows)).not.toEqual(one); // more than 32 bits count
  });

  test("scores a row alone as in a crowd, from arrays as from a table", () => {
    const rows = cloud(300, 3);
    const forest = growForest(rows);
    const together = scoreRows(forest, rows);
    expect(rows.map((row) => scoreRows(forest, [row])[0])).toEqual([...together]);
    const table = { columns: 3, values: Float64Array.from(rows.flat()) };
    expect(scoreRows(growForest(table), table)).toEqual(together);
  });

  test("scores a row alone as in a crowd, whatever the forest's size and shape, missing values among them", () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(9),
          trees: fc.integer({ min: 1, max: 9 }),
          sample: fc.integer({ min: 1, max: 600 }),
          depth: fc.integer({ min: 0, max: 11 }),
        }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 300 }),
        (options, columns, count) => {
          const rows = cloud(count, columns, options.seed).map((row, i) =>
            i % 37 === 5 ? row.fill(Number.NaN, 1) : row,
          );
          const forest = growForest(rows, options);
          expect(rows.map((row) => scoreRows(forest, [row])[0])).toEqual([...scoreRows(forest, rows)]);
        },
      ),
      { numRuns: 15 },
    );
  });

  test("takes the options at their word", () => {
    const rows = cloud(100, 2);
    expect(growForest(rows, { sample: 16, trees: 3 }).trees).toMatchObject({ count: 3, depth: 4 });
    expect(growForest(rows, { depth: 2 }).trees.depth).toBe(2);
    expect([...scoreRows(growForest(rows, { depth: 0 }), rows)].every((s) => Math.abs(s - 0.5) < 1e-12)).toBe(
      true,
    );
  });

  test("one row, or only equal rows, give 0.5 for everything: there is nothing to be different from", () => {
    expect([
      ...scoreRows(growForest([[1, 2]]), [
        [1, 2],
        [9, 9],
      ]),
    ]).toEqual([0.5, 0.5]);
    for (const score of scoreRows(growForest(Array(50).fill([3])), [[3], [4]]))
      expect(score).toBeCloseTo(0.5, 12);
  });

  test("a column that never varies changes nothing that is found", () => {
    const rows = cloud(200, 1);
    const scores = scoreRows(growForest(rows.map(([x = 0]) => [5, x])), [
      [5, 0],
      [5, 4],
    ]);
    expect(scores[1]).toBeGreaterThan((scores[0] ?? 1) + 0.2);
  });

  test("a missing value says nothing: the row is as odd as its other values make it", () => {
    const rows = cloud(400, 2).map((row, i) => (i % 5 === 0 ? [row[0] ?? 0, Number.NaN] : row));
    const forest = growForest(rows);
    const [odd = 0, plain = 0, empty = 0] = scoreRows(forest, [
      [6, Number.NaN],
      [0, Number.NaN],
      [Number.NaN, Number.NaN],
    ]);
    expect(odd).toBeGreaterThan(plain + 0.1);
    expect(empty).toBeGreaterThan(0.4);
    expect(empty).toBeLessThan(0.55);
  });

  test("huge and tiny numbers neither overflow nor vanish", () => {
    const rows = cloud(100, 1).map(([x = 0]) => [x * 1e308]);
    expect([...scoreRows(growForest(rows), rows)].every(Number.isFinite)).toBe(true);
    const close = [[1e15], [1e15 + 0.125], [1e15 + 0.25], [1e15 + 0.5]];
    expect([...scoreRows(growForest(close), close)].every(Number.isFinite)).toBe(true);
  });

  test.each([
    ["no rows", () => growForest([]), /at least one row/],
    ["no columns", () => growForest([[]]), /1 to 65535 columns; got 0/],
    ["unequal rows", () => growForest([[1], [1, 2]]), /row 2: expected 1 columns; got 2/],
    [
      "an infinity",
      () => growForest([[1], [Number.POSITIVE_INFINITY]]),
      /finite numbers.*got Infinity in column 1/,
    ],
    ["a ragged table", () => growForest({ columns: 2, values: new Float64Array(3) }), /whole rows of 2/],
    ["no trees", () => growForest([[1]], { trees: 0 }), /trees to be a whole number from 1/],
    ["half a sample", () => growForest([[1]], { sample: 2.5 }), /sample to be a whole number/],
    ["a vast sample", () => growForest([[1]], { sample: 1e9 }), /to 32768; got 1000000000/],
    [
      "trees without end",
      () => growForest([[1]], { trees: Number.POSITIVE_INFINITY }),
      /to 10000; got Infinity/,
    ],
    ["a depth that no sample fills", () => growForest([[1]], { depth: 17 }), /depth.*0 to 16; got 17/],
    [
      "a seed past what a number holds",
      () => growForest([[1]], { seed: 2 ** 53 }),
      /seed.*got 9007199254740992/,
    ],
    ["a depth below 0", () => growForest([[1]], { depth: -1 }), /depth/],
    ["a seed that is none", () => growForest([[1]], { seed: Number.NaN }), /seed.*got NaN/],
    [
      "a row too narrow to score",
      () => scoreRows(growForest([[1, 2]]), [[1]]),
      /row 1: expected 2 columns; got 1/,
    ],
    [
      "a table too wide to score",
      () => scoreRows(growForest([[1]]), { columns: 2, values: new Float64Array(2) }),
      /1 columns; got 2/,
    ],
  ])("refuses %s, and says what it wanted", (_, act, words) => {
    expect(act).toThrow(BadInput);
    expect(act).toThrow(words);
  });
});

describe("explainRow()", () => {
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: -9, max: 9, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  );
  const rowsOf = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 60 });

  test("shares add up to what the path falls short by, whatever the rows", () => {
    fc.assert(
      fc.property(rowsOf, fc.tuple(value, value, value), (rows, row) => {
        const forest = growForest(rows, { trees: 10 });
        const told = explainRow(forest, row);
        expect(told.parts.reduce((sum, part) => sum + part.amount, 0)).toBeCloseTo(told.deficit, 9);
        expect(told.score).toBeCloseTo(scoreRows(forest, [row])[0] ?? 0, 12);
      }),
      { numRuns: 60 },
    );
  });

  test("names the column and the side", () => {
    const forest = growForest(cloud(400, 3));
    const parts = explainRow(forest, [0, 5, 0]).parts;
    expect(parts.toSorted((a, b) => b.amount - a.amount)[0]).toMatchObject({ column: 1 });
    expect(parts[1]?.high).toBeGreaterThan(0);
    expect(explainRow(forest, [0, 0, -5]).parts[2]?.low).toBeGreaterThan(0);
  });
});

describe("saveForest()", () => {
  test("brings back the same forest, to the bit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 99 }), (count, seed) => {
        const rows = cloud(count, 2, seed).map((row, i) => (i % 11 === 3 ? [Number.NaN, 1] : row));
        const forest = growForest(rows, { seed, trees: 7, sample: 64 });
        const back = loadForest(saveForest(forest));
        expect(back).toEqual(forest);
        expect(scoreRows(back, rows)).toEqual(scoreRows(forest, rows));
      }),
      { numRuns: 25 },
    );
  });

  test("is small, and holds none of the rows", () => {
    const bytes = saveForest(growForest(cloud(2000, 8)));
    expect(bytes.length).toBeLessThan(400_000); // 100 trees of 256 rows
  });

  test("refuses bytes that were cut, changed or never a forest", () => {
    const bytes = saveForest(growForest(cloud(50, 2), { trees: 3 }));
    expect(() => loadForest(bytes.subarray(0, bytes.length - 9))).toThrow(/checksum/);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ by;
        expect(() => loadForest(changed)).toThrow(BadInput);
      }),
    );
    expect(() => loadForest(new Uint8Array(3))).toThrow(/HFIF/);
  });
});

describe("createStream()", () => {
  const options = { columns: 2, trees: 10, sample: 32, window: 64, turn: 16 };

  test("knows nothing before the first row", () => {
    expect(createStream(options).score([1, 2])).toBeNull();
  });

  test("every turn regrows every tree: no refit is silently a no-op", () => {
    const stream = createStream(options);
    for (const row of cloud(200, 2)) stream.learn(row);
    const before = stream.grown;
    for (const row of cloud(16, 2, 3)) stream.learn(row);
    expect(stream.grown - before).toBe(10);
  });

  test("forgets what left the window", () => {
    const stream = createStream(options);
    for (const [x = 0, y = 0] of cloud(100, 2)) stream.learn([x, y]);
    const odd = stream.score([40, 40]) ?? 0;
    for (const [x = 0, y = 0] of cloud(100, 2)) stream.learn([x + 40, y + 40]);
    const usual = stream.score([40, 40]) ?? 1;
    expect(odd).toBeGreaterThan(usual + 0.3);
    expect(Math.min(...stream.remembered(0))).toBeGreaterThan(30);
  });

  test("the further outside of all it knows, the odder; a column that never moved is asked too", () => {
    const stream = createStream(options);
    for (const [x = 0] of cloud(100, 1)) stream.learn([x, 60]);
    const at = (row: number[]) => stream.score(row) ?? 0;
    expect(at([3, 60])).toBeGreaterThan(at([2, 60]));
    expect(at([30, 60])).toBeGreaterThan(at([3, 60]));
    expect(at([0, 61])).toBeGreaterThan(0.8);
    expect(stream.score([0, 61], [0, 100])).toBeLessThan(0.55); // a difference below the grain is no news
  });

  test("shares add up here as well", () => {
    const stream = createStream(options);
    for (const row of cloud(90, 2)) stream.learn(row);
    for (const row of [
      [0, 0],
      [9, -9],
      [Number.NaN, 4],
      [1e300, 0],
    ]) {
      const told = stream.explain(row);
      expect(told?.parts.reduce((sum, part) => sum + part.amount, 0)).toBeCloseTo(told?.deficit ?? 0, 9);
    }
  });

  test("goes on after a restart as if there had been none", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.boolean(), (count, forgets) => {
        const one = createStream(options);
        for (const row of cloud(count, 2, count)) one.learn(row);
        if (forgets) one.forget(5);
        const other = createStream(options, JSON.parse(JSON.stringify(one.save())));
        for (const row of cloud(60, 2, 99)) {
          expect(other.explain(row)).toEqual(one.explain(row));
          expect(one.score(row)).toBe(one.explain(row)?.score);
          one.learn(row);
          other.learn(row);
        }
      }),
      { numRuns: 25 },
    );
  });

  test.each([
    ["no columns", () => createStream({ ...options, columns: 0 }), /columns/],
    ["a window smaller than its sample", () => createStream({ ...options, window: 8 }), /window.*32/],
    [
      "a window that no machine holds",
      () => createStream({ ...options, window: 1e9 }),
      /to 1000000; got 1000000000/,
    ],
    [
      "a phase below 0",
      () => createStream({ ...options, phase: -0.1 }),
      /phase to be from 0 to below 1; got -0.1/,
    ],
    ["a phase of a whole turn", () => createStream({ ...options, phase: 1 }), /below 1; got 1/],
    ["a phase that is none", () => createStream({ ...options, phase: Number.NaN }), /below 1; got NaN/],
    ["no turn", () => createStream({ ...options, turn: 0 }), /turn/],
    ["a row too wide", () => createStream(options).learn([1, 2, 3]), /expected 2 columns; got 3/],
    ["an infinity", () => createStream(options).learn([1, Number.NEGATIVE_INFINITY]), /got -Infinity/],
    [
      "another's state",
      () => createStream(options, { ...createStream(options).save(), columns: 5 }),
      /expected 2 columns; got 5/,
    ],
    [
      "a later version",
      () => createStream(options, { ...createStream(options).save(), version: 3 }),
      /version 2; got 3/,
    ],
  ])("refuses %s", (_, act, words) => {
    expect(act).toThrow(BadInput);
    expect(act).toThrow(words);
  });
});
