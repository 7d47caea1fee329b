/** Runs of one entry handing over to each other, on a clock of ours: they start late, twice, or not at all, die at any
 *  instant, and read clocks that are wrong. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beats } from "../../../infra/account/beats.ts";
import { baton } from "../../store/baton.ts";

const everyMs = 10_000;
const minute = 60_000;
const timeoutMs = 150_000; // a function's whole time: two hand-overs and a half
const workMs = 2_000;

/** Time that passes only when everybody waits. */
function clockwork() {
  let now = 0;
  const waiting: { at: number; go: () => void }[] = [];
  return {
    now: () => now,
    wait: (ms: number) => new Promise<void>((go) => waiting.push({ at: now + ms, go })),
    async run() {
      for (;;) {
        for (let i = 0; i < 20; i++) await Promise.resolve(); // let everything that can go on do so
        waiting.sort((a, b) => a.at - b.at);
        const next = waiting.shift();
        if (!next) return;
        now = next.at;
        next.go();
      }
    },
  };
}

type Start = { due: number; lateMs: number; skewMs: number; diesAfterMs: number };

/** Lives through some starts; gives each beat that was worked, with when and by whom. */
async function live(starts: readonly Start[]) {
  const clock = clockwork();
  const claim = baton();
  const worked: { number: number; at: number; holder: string }[] = [];
  const alive: { from: number; to: number }[] = [];
  const ends: string[] = [];
  await Promise.all([
    ...starts.map(async ({ due, lateMs, skewMs, diesAfterMs }, i) => {
      await clock.wait(due * minute + lateMs);
      const began = clock.now();
      const dead = () => clock.now() - began > diesAfterMs;
      const never = new Promise<never>(() => undefined);
      const dying = Promise.race([
        beats({
          everyMs,
          run: due * minute,
          holder: `run-${i}`,
          until: began + skewMs + timeoutMs - everyMs,
          claim: async (wanted) => (dead() ? never : claim(wanted)),
          async work({ number }) {
            worked.push({ number, at: clock.now(), holder: `run-${i}` });
            await clock.wait(workMs);
          },
          failed: () => undefined,
          now: () => clock.now() + skewMs,
          wait: async (ms) => {
            await clock.wait(ms);
            if (dead()) await never;
          },
        }).then(({ why }) => ends.push(why)),
        clock.wait(diesAfterMs),
      ]);
      await dying;
      alive.push({ from: began, to: clock.now() });
    }),
    clock.run(),
  ]);
  return { worked, alive, ends };
}

const start = (due: number, change: Partial<Start> = {}): Start => ({
  due,
  lateMs: 0,
  skewMs: 0,
  diesAfterMs: Number.MAX_SAFE_INTEGER,
  ...change,
});
const numbersOf = (worked: { number: number }[]) => worked.map(({ number }) => number);
const oneAfterAnother = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("beats()", () => {
  test("two runs hand over without a gap and without a beat done twice", async () => {
    const { worked, ends } = await live([start(0), start(1, { lateMs: 3_500 })]);
    expect(numbersOf(worked.filter((w) => w.number < 12))).toEqual(oneAfterAnother(0, 12));
    expect(new Set(worked.filter((w) => w.number > 6).map((w) => w.holder))).toEqual(new Set(["run-1"]));
    expect(ends[0]).toBe("relieved");
  });

  test("the same schedule delivered twice at once works once, and the second goes home at once", async () => {
    const { worked, alive } = await live([start(0), start(0, { lateMs: 20 })]);
    expect(numbersOf(worked)).toEqual(oneAfterAnother(0, 14));
    expect(Math.min(...alive.map(({ from, to }) => to - from))).toBeLessThan(everyMs);
  });

  test("a start that is left out is bridged by the run before it", async () => {
    const { worked } = await live([start(0), start(2)]);
    expect(numbersOf(worked.filter((w) => w.number < 13))).toEqual(oneAfterAnother(0, 13));
  });

  test("a run whose clock is an hour ahead holds nobody up once it is gone", async () => {
    const { worked } = await live([start(0, { skewMs: 60 * minute, diesAfterMs: 25_000 }), start(1)]);
    expect(numbersOf(worked.filter((w) => w.holder === "run-1"))).toContain(6);
  });

  test("whenever and however often runs start, and whenever they die, no beat is done twice", async () => {
    const starts = fc.array(
      fc.record({
        due: fc.nat({ max: 4 }),
        lateMs: fc.nat({ max: 59_000 }),
        skewMs: fc.constant(0),
        diesAfterMs: fc.oneof(fc.constant(Number.MAX_SAFE_INTEGER), fc.nat({ max: 130_000 })),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(starts, async (all) => {
        const { worked } = await live(all);
        const numbers = numbersOf(worked);
        expect(new Set(numbers).size).toBe(numbers.length);
      }),
      { numRuns: 200 },
    );
  });

  test("with a start each minute, at most a minute late, and none that dies, every beat is done exactly once", async () => {
    const lates = fc.array(fc.nat({ max: 59_000 }), { minLength: 3, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lates, fc.array(fc.nat({ max: 5 }), { maxLength: 3 }), async (late, twice) => {
        const once = late.map((lateMs, due) => start(due, { lateMs }));
        const { worked } = await live([...once, ...twice.flatMap((i) => once[i] ?? [])]);
        const numbers = numbersOf(worked);
        const first = Math.min(...numbers);
        expect(numbers).toEqual(oneAfterAnother(first, first + numbers.length));
        expect(numbers.at(-1)).toBeGreaterThanOrEqual((late.length - 1) * 6);
      }),
      { numRuns: 100 },
    );
  });
});
