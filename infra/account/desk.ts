/** infra/account · wiring. Who tells people from a function: its channels, and its notice board in `store`. */
import { incidentRules } from "../../analyzer/incidents.ts";
import type { Store } from "../../store/store.ts";
import { channelsFrom } from "../notify/from-settings.ts";
import { type Notifier, notifier } from "../notify/notifier.ts";
import { topicsBy } from "../notify/topics.ts";
import type { Reach } from "./calls.ts";
import type { Environment } from "./environment.ts";

type DeskOptions = {
  store: Pick<Store, "board" | "pin">;
  reach: Reach;
  now: () => number;
  trouble: (what: string, error: unknown) => void;
};

export const deskOf = (
  told: Pick<Environment<"analyzer">, "HOLDFAST_WORKLOAD" | "HOLDFAST_RULES" | "HOLDFAST_NOTIFY">,
  { store, reach, now, trouble }: DeskOptions,
): Notifier =>
  notifier({
    workload: told.HOLDFAST_WORKLOAD,
    channels: channelsFrom(told.HOLDFAST_NOTIFY, {
      environment: process.env,
      now,
      snsClient: topicsBy(reach),
    }),
    rules: incidentRules(told.HOLDFAST_RULES.cadenceMs),
    store,
    now,
    withinMs: 2_500, // a quarter of a beat
    trouble,
  });
