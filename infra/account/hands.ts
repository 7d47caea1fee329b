/** infra/account · wiring. What the analyzer moves traffic with in an account: the lever, and what follows the users. */
import type { Traffic } from "../../analyzer/traffic.ts";
import { type Region, regionOf } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { actionsFrom, dataGate } from "./actions/mod.ts";
import type { Reach } from "./calls.ts";
import type { Environment } from "./environment.ts";
import { leverFrom, shadowFrom } from "./lever/mod.ts";
import { trafficOf } from "./traffic.ts";

export type HandsOptions = { store: Store; reach: Reach; now: () => number };

export function handsOf(told: Environment<"analyzer">, { store, reach, now }: HandsOptions): Traffic {
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_WORKLOAD: workload } = told;
  const place = { workload, primary: regionOf(topology, "primary"), standby: regionOf(topology, "standby") };
  const rim = { now, chance: Math.random, reach };
  const lever = leverFrom(told.HOLDFAST_LEVER, place, rim);
  const shadow = shadowFrom(told.HOLDFAST_LEVER, place, rim);
  /** How a region was when it was last heard: asked of what is kept, as the region itself may be lost. */
  const lastHeard = async (region: Region) =>
    (await store.lastReport())?.assessment.regions.find((health) => health.region === region);
  const actions = actionsFrom(told.HOLDFAST_ACTIONS, {
    topology,
    reach,
    async source(region) {
      const other = region === place.primary ? place.standby : place.primary;
      return (await lastHeard(other))?.capacity?.desired ?? null;
    },
    gate: async (region, limitMs) => dataGate({ lagMs: (await lastHeard(region))?.lagMs ?? null, limitMs }),
  });
  return trafficOf({ ...place, lever, shadow, actions });
}
