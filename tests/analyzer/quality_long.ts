/** tests · analyzer. Does the forest earn its place? On series with known faults, drawn here, it must find more than
 *  "this value is a new record" and three sigma do, and wake people far less often for nothing. The full study, with
 *  the other forests, is `npm run bench -- forest quality`. */
import { expect, test } from "vitest";
import { chance } from "../../analyzer/forest/chance.ts";
import { ours, reckon, record, sigma } from "../bench/quality.ts";
import { type Labelled, labelledSeries } from "../bench/series.ts";

test("finds more than the controls, and cries wolf less than a third as often", () => {
  const all = labelledSeries("report", 30, 3);
  const [forest, newRecord, threeSigma] = [ours, record, sigma].map((judge) =>
    reckon(
      all,
      all.map((series) => judge(series)),
    ),
  );
  if (!forest || !newRecord || !threeSigma) throw new Error("expected three contestants");
  expect(forest.found).toBeGreaterThan(newRecord.found);
  expect(forest.falsePerDay).toBeLessThan(newRecord.falsePerDay / 3);
  expect(forest.falsePerDay).toBeLessThan(threeSigma.falsePerDay / 3);
  expect(forest.falsePerDay).toBeLessThan(0.25); // asked for: one in seven days
  expect(forest.narrow).toBeGreaterThan(threeSigma.narrow);
  expect(forest.wide).toBeGreaterThan(newRecord.wide);
});

/** Four weeks of five minutes that wander without end: no past of theirs tells how far they go next. */
function wandering(seed: number): Labelled {
  const draw = chance(seed);
  const u = () => draw() / 2 ** 32 - 0.5;
  const times = Array.from({ length: 28 * 288 }, (_, i) => i * 300_000);
  let at = 100;
  const values = times.map(() => {
    at += u();
    return at + 0.2 * u();
  });
  return { name: `wandering ${seed}`, times, values, faults: [] };
}

test("a series that no limit suits is not let wake people week after week", () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8].map(wandering);
  const alerts = all.map((series) => ours(series).alerts.filter(Boolean).length);
  expect(alerts.reduce((sum, n) => sum + n) / all.length / 28).toBeLessThan(2 / 7); // twice what is asked for
  expect(Math.max(...alerts)).toBeLessThanOrEqual(12); // thrice
});
