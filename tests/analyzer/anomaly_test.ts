/** tests · analyzer. The watch over a night's readings: when it speaks, what it says, and when it keeps quiet. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createWatch, type Reading, type Watch, type WatchOptions } from "../../analyzer/anomaly.ts";
import { chance } from "../../analyzer/forest/chance.ts";
import { Anomaly } from "../../store/records.ts";

const second = 1_000;
/** A healthy name: 3 to 9 ms, 6 to 8 addresses, a TTL of a minute. */
function healthy(seed = 1) {
  const draw = chance(seed);
  const u = () => draw() / 2 ** 32;
  return (): Reading["features"] => ({
    latencyMs: 3 + 6 * u(),
    failed: 0,
    addresses: 6 + Math.floor(3 * u()),
    ttlSeconds: 60,
    newAddresses: 0,
  });
}
const reading = (at: number, features: Reading["features"], series = "dynamodb-a|fra"): Reading => ({
  series,
  node: "dynamodb@us-east-1",
  vantage: "fra",
  at,
  features,
});
/** A watch that has seen so many healthy seconds. */
function seasoned(seconds: number, options: WatchOptions = {}) {
  const watch = createWatch(options);
  const well = healthy();
  for (let t = 1; t <= seconds; t++) watch.see([reading(t * second, well())]);
  return { watch, well, now: seconds * second };
}
/** Goes on for so many seconds; how many anomalies there were in each. */
function counting(watch: Watch, from: number) {
  let at = from;
  return (features: () => Reading["features"], seconds: number) =>
    Array.from({ length: seconds }, () => {
      at += second;
      return watch.see([reading(at, features())]).length;
    });
}
const emptyAnswer = { latencyMs: 4, failed: 1, addresses: 0, ttlSeconds: null, newAddresses: null };

describe("createWatch()", () => {
  test("says that it is warming up, and calls nothing odd meanwhile", () => {
    const { watch, now } = seasoned(20);
    expect(watch.warming).toBe(1);
    expect(watch.see([reading(now + second, emptyAnswer), reading(now + 2 * second, emptyAnswer)])).toEqual(
      [],
    );
  });

  test("a minute after the start, an empty answer is an anomaly at its second reading", () => {
    const { watch, now } = seasoned(60);
    expect(watch.warming).toBe(0);
    expect(watch.see([reading(now + second, emptyAnswer)])).toEqual([]);
    const [odd] = watch.see([reading(now + 2 * second, emptyAnswer)]);
    expect(Anomaly.parse(odd)).toMatchObject({
      node: "dynamodb@us-east-1",
      vantage: "fra",
      at: now + 2 * second,
    });
    const says = odd?.features.map((feature) => feature.says);
    expect(says).toContain("0 addresses, usually 6 to 8");
    expect(says).toContain("failed, usually answered");
  });

  test("a slow answer is told with its size, what is usual, and the side", () => {
    const { watch, well, now } = seasoned(120);
    const slow = { ...well(), latencyMs: 412 };
    watch.see([reading(now + second, slow)]);
    const [odd] = watch.see([reading(now + 2 * second, slow)]);
    expect(odd?.features[0]).toMatchObject({ name: "latencyMs", direction: "high" });
    expect(odd?.features[0]?.says).toMatch(/^412 ms, usually [34]\S* to [89]\S* ms$/);
  });

  test("no answer at all is told too", () => {
    const { watch, now } = seasoned(120);
    const silent = { latencyMs: null, failed: 1, addresses: null, ttlSeconds: null, newAddresses: null };
    watch.see([reading(now + second, silent)]);
    expect(watch.see([reading(now + 2 * second, silent)])[0]?.features[0]?.says).toBe(
      "failed, usually answered",
    );
  });

  test("one odd reading is weather", () => {
    const { watch, well, now } = seasoned(120);
    expect(watch.see([reading(now + second, emptyAnswer)])).toEqual([]);
    expect(watch.see([reading(now + 2 * second, well())])).toEqual([]);
  });

  test("ten minutes of health over twenty series raises nothing", () => {
    const watch = createWatch();
    const all = Array.from({ length: 20 }, (_, i) => ({ name: `s${i}`, well: healthy(i + 10) }));
    let said = 0;
    for (let t = 1; t <= 600; t++)
      said += watch.see(all.map(({ name, well }) => reading(t * second, well(), name))).length;
    expect(said).toBe(0);
  });

  test("an alert lasts while the trouble does, and ends soon after it", () => {
    const { watch, well, now } = seasoned(120);
    const alerts = counting(watch, now);
    expect(
      alerts(() => emptyAnswer, 200)
        .slice(1)
        .every((count) => count === 1),
    ).toBe(true);
    expect(alerts(well, 20).slice(5)).toEqual(new Array(15).fill(0));
  });

  test("what lasts long enough is the new normal, and the way back is news again", () => {
    const { watch, well, now } = seasoned(120, { relearnReadings: 100 });
    const alerts = counting(watch, now);
    const moved = () => ({ ...well(), latencyMs: 150 + 3 * (well().latencyMs ?? 0) });
    expect(alerts(moved, 90).at(-1)).toBe(1);
    expect(alerts(moved, 60).slice(30)).toEqual(new Array(30).fill(0));
    expect(alerts(well, 30)).toContain(1);
  });

  test("a reading seen before is passed over, as ticks look back over the same rounds", () => {
    const { watch, well, now } = seasoned(60);
    const news = [reading(now + second, emptyAnswer)];
    watch.see(news);
    expect(watch.see(news)).toEqual([]); // the same one twice is not a second odd reading
    expect(watch.see([reading(now, well())])).toEqual([]);
  });

  test("a gap of a night is no anomaly", () => {
    const { watch, well, now } = seasoned(120);
    const later = now + 8 * 60 * 60 * second;
    for (let t = 1; t <= 30; t++) expect(watch.see([reading(later + t * second, well())])).toEqual([]);
  });

  test("watches no more series than it was told to, and says what it left", () => {
    const watch = createWatch({ seriesMax: 2 });
    watch.see(["a", "b", "c"].map((name) => reading(second, healthy()(), name)));
    expect([watch.series, watch.left]).toEqual([2, 1]);
  });

  test("goes on after a restart as if there had been none", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 0, max: 40 }), (calm, odd) => {
        const { watch, well, now } = seasoned(calm);
        for (let t = 1; t <= odd; t++) watch.see([reading(now + t * second, emptyAnswer)]);
        const other = createWatch({ from: JSON.parse(JSON.stringify(watch.save())) });
        expect(other.warming).toBe(watch.warming);
        for (let t = 0; t < 20; t++) {
          const next = [reading(now + (odd + 1 + t) * second, t % 7 < 3 ? emptyAnswer : well())];
          expect(other.see(next)).toEqual(watch.see(next));
        }
      }),
      { numRuns: 15 },
    );
  });

  test("refuses the state of another version", () => {
    expect(() => createWatch({ from: { ...createWatch().save(), version: 7 } })).toThrow(/version 3; got 7/);
  });

  test("scores before it learns: the same past gives the same judgement, whatever comes later", () => {
    const one = seasoned(100);
    const other = seasoned(100);
    const at = one.now + second;
    const [a, b] = [one, other].map(({ watch }) => [
      watch.see([reading(at, emptyAnswer)]),
      watch.see([reading(at + second, emptyAnswer)]),
    ]);
    other.watch.see([reading(at + 2 * second, other.well())]);
    expect(a).toEqual(b);
  });
});
