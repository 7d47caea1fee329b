/** tests · parity. Our forest beside scikit-learn's, both grown here and now, on the same labelled rows: it may neither
 *  find less nor be a different thing. No peer, no pass. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { npmForest } from "../../../analyzer/detect/npm.ts";
import { growForest, scoreRows } from "../../../analyzer/forest.ts";
import { BadInput } from "../../../store/records.ts";
import { auroc } from "../../bench/auroc.ts";

type Labelled = { name: string; rows: number[][]; labels: number[]; auroc: number[] };

const seeds = 8;
const [trees, sample] = [50, 256];
const mean = (xs: number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
/** Square of the standard error of the mean. */
const error2 = (xs: number[]) =>
  xs.reduce((sum, x) => sum + (x - mean(xs)) ** 2, 0) / (xs.length - 1) / xs.length;

const peer = (): Labelled[] =>
  JSON.parse(
    execFileSync(
      "/usr/bin/python3",
      [join(import.meta.dirname, "peer.py"), ...[seeds, trees, sample].map(String)],
      { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, env: { ...process.env, OMP_NUM_THREADS: "1" } },
    ),
  );

test("the forest ranks as scikit-learn's does, on twelve labelled sets", { timeout: 120_000 }, () => {
  const compared = peer().map(({ name, rows, labels, auroc: theirs }) => {
    const ours = theirs.map((_, seed) =>
      auroc(scoreRows(growForest(rows, { seed, trees, sample }), rows), labels),
    );
    return {
      name,
      ours,
      theirs,
      apart: mean(ours) - mean(theirs),
      error: Math.sqrt(error2(ours) + error2(theirs)),
    };
  });
  expect(compared.length).toBeGreaterThanOrEqual(10);
  for (const { name, apart, error } of compared)
    expect(Math.abs(apart), `${name}: ${apart}, standard error ${error}`).toBeLessThanOrEqual(
      3 * error + 1e-9,
    );
  expect(Math.abs(mean(compared.map(({ apart }) => apart)))).toBeLessThanOrEqual(0.005);
});

test("the npm package, each tree with a sample of its own, ranks alike where the odd is plainly odd", () => {
  const rows = Array.from({ length: 300 }, (_, i) => [i % 17, i % 13]).concat([
    [90, 90],
    [-60, 40],
  ]);
  const labels = rows.map((_, i) => Number(i >= 300));
  expect(auroc(npmForest(rows, 50).score(rows), labels)).toBe(1);
});

test("the npm package is kept from what it would mishandle", () => {
  expect(() => npmForest([])).toThrow(BadInput);
  expect(() => npmForest([[1], [Number.NaN]])).toThrow(/missing value/);
  expect(() => npmForest([[1]]).score([[1, 2]])).toThrow(/expected 1 columns; got 2/);
});
