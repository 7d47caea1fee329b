/** tests · analyzer. Does the forest earn its place? On series with known faults, drawn here, it must find more than
 *  "this value is a new record" and three sigma do, and wake people far less often for nothing. The full study, with
 *  the other forests, is `npm run bench -- forest quality`. */
import { expect, test } from "vitest";
import { ours, reckon, record, sigma } from "../bench/quality.ts";
import { labelledSeries } from "../bench/series.ts";

test("finds more than the controls, and cries wolf less than a third as often", () => {
  const all = labelledSeries("report", 30, 3);
  const [forest, newRecord, threeSigma] = [ours, record, sigma].map((judge) => reckon(all, all.map((series) => judge(series)))); // biome-ignore format: long
  if (!forest || !newRecord || !threeSigma) throw new Error("expected three contestants");
  expect(forest.found).toBeGreaterThan(newRecord.found);
  expect(forest.falsePerDay).toBeLessThan(newRecord.falsePerDay / 3);
  expect(forest.falsePerDay).toBeLessThan(threeSigma.falsePerDay / 3);
  expect(forest.falsePerDay).toBeLessThan(0.25); // asked for: one in seven days
  expect(forest.narrow).toBeGreaterThan(threeSigma.narrow);
  expect(forest.wide).toBeGreaterThan(newRecord.wide);
});
