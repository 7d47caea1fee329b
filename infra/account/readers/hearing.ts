/** infra/account/readers · wiring. What the analyzer hears: the store, and besides it what CloudWatch last told as long as
 *  that is news (it tells once a minute, which is less often than a beat). What claims to be from the future is not heard:
 *  its vantage point's clock is wrong, and it would pass for the newest word until that hour has come. */
import type { Round } from "../../../store/records.ts";
import type { Store } from "../../../store/store.ts";
import { periodS } from "./queries.ts";
import type { Watched } from "./watch.ts";

const aheadMs = 30_000; // clocks of functions differ by milliseconds; what is further ahead is wrong
const roundsKept = 16; // a minute each: more than any window looks back

/** `hear` is to be called at each beat, before the store is read. */
export function hearing(
  store: Store,
  watch: () => Promise<Watched>,
  now: () => number,
): { store: Store; hear: () => Promise<void> } {
  let canaries: Round[] = [];
  let heardAt = Number.NEGATIVE_INFINITY;
  return {
    async hear() {
      const { rounds, voices } = await watch();
      canaries = [...canaries, ...rounds].slice(-roundsKept * Math.max(1, rounds.length));
      if (voices.length === 0) return;
      heardAt = now();
      await store.addVoices(voices);
    },
    store: {
      ...store,
      async rounds(since) {
        const heard = [...(await store.rounds(since)), ...canaries.filter((r) => r.at >= since)];
        return heard.filter((r) => r.at <= now() + aheadMs).sort((a, b) => a.at - b.at);
      },
      // The last minute's count stands until the next one is due.
      voices: (since) =>
        store.voices(now() - heardAt < 2 * periodS * 1_000 ? Math.min(since, heardAt) : since),
    },
  };
}
