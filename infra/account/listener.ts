/** infra/account · wiring. The dead man's switch of a region without an analyzer: its prober listens, once a minute, for the
 *  analyzer in the standby region, and tells people itself when that falls silent. Its notice board hangs in its own
 *  region's table, as the other region is the one that may be lost. */
import { regionOf } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import type { Reach } from "./calls.ts";
import { deskOf } from "./desk.ts";
import type { Environment } from "./environment.ts";

export type ListenerOptions = {
  told: Environment<"prober">;
  /** Where the analyzer keeps what it saw last: its beat. */
  analyzer: Pick<Store, "lastReport">;
  /** Where this region's own notice board hangs. */
  own: Pick<Store, "board" | "pin">;
  reach: Reach;
  now: () => number;
  trouble: (what: string, error: unknown) => void;
};

const everyMs = 60_000;

/** Listens when a minute has passed since the last time. Never rejects. */
export function listener(options: ListenerOptions): () => Promise<void> {
  const { told, analyzer, own, reach, now, trouble } = options;
  const standby = regionOf(told.HOLDFAST_TOPOLOGY, "standby");
  const listens = told.HOLDFAST_LISTEN !== "" && told.HOLDFAST_REGION !== standby; // lost together, neither could tell
  if (!listens) return async () => undefined;
  const desk = deskOf(told, { store: own, reach, now, trouble });
  let listenedAt = 0;
  return async () => {
    if (now() - listenedAt < everyMs) return;
    listenedAt = now();
    const beat = await analyzer.lastReport().then(
      (report) => report?.assessment.at ?? null,
      () => null, // silence for us, whatever it is for itself
    );
    try {
      await desk.see({ now: now(), looked: null, undone: [], unconfirmed: [], beats: { [standby]: beat } });
      await desk.settled();
    } catch (error) {
      trouble("listen for the analyzer", error);
    }
  };
}
