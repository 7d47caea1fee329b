/** infra/replayed · a recording on stage: its own rounds at their own pace, judged and decided anew by the rules as they
 *  are now. Nothing that is ordered changes what was heard. */
import type { Edge, Rules } from "../../analyzer/mod.ts";
import { type Past, type Ticked, tick, type World } from "../../analyzer/tick.ts";
import { memory } from "../../store/mod.ts";
import { regionOf } from "../../store/records.ts";
import { type Recording, topologyOf } from "./recording.ts";
import type { Show } from "./stage.ts";

const minuteMs = 60_000;

export function recordedShow(recording: Recording, rules: Rules, edges?: readonly Edge[]): Show {
  const topology = topologyOf(recording);
  const home = regionOf(topology, "primary");
  const standby = regionOf(topology, "standby");
  const store = memory();
  const { from, until, cadenceMs } = recording;
  let now = from;
  let before: (Ticked & Past) | null = null;
  let drained: string | null = null;
  const capacity = topology.regions.find((r) => r.region === standby)?.capacity ?? { normal: 0, full: 1 };
  let tasks = capacity.normal;
  const at = (instant: number) => Math.round(((instant - from) / minuteMs) * 100) / 100; // to the second, or nearly
  const rounds = recording.rounds.toSorted((a, b) => a.at + a.tookMs - (b.at + b.tookMs));
  let next = 0;
  const world: World = {
    store,
    topology,
    rules,
    now: () => now,
    odd: () => [],
    ...(edges ? { edges } : {}),
    traffic: {
      async carryOut(order) {
        if (order.kind === "drain") drained = order.drained ? order.region : null;
        else if (order.kind === "capacity" && order.region === standby) tasks = capacity[order.want];
        return true;
      },
      async publish(region) {
        drained = region;
      },
    },
  };
  return {
    topology,
    store,
    home,
    standby,
    minute: () => at(now),
    isOver: () => now >= until,
    at,
    usersIn: () => (drained === home ? standby : home),
    tasksIn: () => tasks,
    happened: () =>
      recording.decided
        .filter((d) => d.at > now - cadenceMs && d.at <= now)
        .map((d) => `then decided: ${d.to}: ${d.why}`),
    async advance() {
      now += cadenceMs;
      for (let r = rounds[next]; r && r.at + r.tookMs <= now; r = rounds[++next]) await store.addRound(r);
      await store.addVoices(recording.voices.filter((v) => v.at > now - cadenceMs && v.at <= now));
      before = await tick(world, before);
      return before;
    },
  };
}
