/** tests · the analyzer in an account whose network is out to get it. What goes wrong is a list: at which beat, at which of
 *  its calls, and how. Rounds are put straight into the tables, so that every call under test is the analyzer's own. */

import { setTimeout as sleep } from "node:timers/promises";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import fc from "fast-check";
import type { Entry } from "../../../infra/account/run.ts";
import { addRound } from "../../../store/dynamodb.ts";
import type { Decision, Observation, Round, Standing } from "../../../store/records.ts";
import { type LeverKind, leverKinds, leverSettings, playedLever } from "./levers.ts";
import type { Answer, Heard } from "./recorder.ts";
import { refusal } from "./refusals.ts";
import { cadenceMs, entriesOf, names, primary, type Rig, readerOf, regions, standby } from "./rig.ts";

/** How a call may go wrong. `crash`: the call is made or not, and the process is no more. */
export const kinds = [
  "throttle",
  "error",
  "denied",
  "hang",
  "reset",
  "lose",
  "crash",
  "crash after",
] as const;
export type Fault = { beat: number; call: number; kind: (typeof kinds)[number] };
export type Plot = {
  lever: LeverKind;
  ill: "nobody" | "primary" | "both";
  faults: Fault[];
  /** Beats at which two analyzers work at once, as an event that came twice makes them. */
  twins: number[];
  /** Beats at which the analyzer's clock is wrong, and by how much. */
  skews: { beat: number; ms: number }[];
};

const troubledBeats = 10;
const calmBeats = 14;
const callsMax = 24; // a beat that moves users makes about as many

const beat = fc.nat({ max: troubledBeats - 1 });
export const plot: fc.Arbitrary<Plot> = fc.record({
  lever: fc.constantFrom(...leverKinds),
  ill: fc.constantFrom("nobody", "primary", "primary", "both"),
  faults: fc.array(fc.record({ beat, call: fc.nat({ max: callsMax }), kind: fc.constantFrom(...kinds) }), {
    maxLength: 12,
  }),
  twins: fc.array(beat, { maxLength: 2 }),
  skews: fc.array(fc.record({ beat, ms: fc.constantFrom(-3_600_000, -45_000, 45_000, 3_600_000) }), {
    maxLength: 1,
  }),
});

const refusals = { throttle: "throttled", error: "broken", denied: "denied" } as const;

/** What a call that goes wrong is answered with. */
export function answerTo(kind: Fault["kind"], call: Heard): Answer {
  if (kind === "throttle" || kind === "error" || kind === "denied")
    return refusal(call, refusals[kind], "as the plot wants it");
  if (kind === "hang") return "hang";
  return kind === "lose" || kind === "crash after" ? "lose" : "reset";
}

export type Outcome = {
  standing: Standing | null;
  decisions: Decision[];
  unconfirmed: number;
  drained: boolean;
  tasksWanted: number;
  /** Beats that outlived their deadline. */
  late: number;
  /** Times the lever was told what no kept step had decided. */
  unfounded: number;
  damaged: number;
};

/** Lives through a plot: troubled beats, then calm ones until everything has settled. */
export async function live(
  rig: Rig,
  { lever, ill, faults, twins, skews }: Plot,
  beatMs: number,
): Promise<Outcome> {
  await rig.fresh();
  rig.environment.HOLDFAST_LEVER = JSON.stringify(leverSettings[lever]);
  const pulled = playedLever(rig, lever);
  let now = Date.UTC(2026, 0, 1, 12);
  let skewMs = 0;
  const clock = { now: () => now + skewMs, wait: async () => {} };
  const store = readerOf(rig, () => now);
  const open = (): Entry => ({ ...entriesOf(rig, clock).analyzer, beatMs });
  let analyzer = open();
  let late = 0;
  let unfounded = 0;
  let calls = 0;
  let crashed = false;
  let current: Fault[] = [];
  const nature = rig.judges.standIns.slice();
  rig.judges.standIns.push(pulled.standIn);
  rig.judges.standIns.unshift(async (call) => {
    const { action, body } = call;
    if (pulled.drains(action, body) && (await store.standing())?.drained !== primary) unfounded++;
    if (crashed) return "reset";
    const fault = current.find((f) => f.call === calls);
    calls++;
    if (fault?.kind.startsWith("crash")) crashed = true;
    return fault ? answerTo(fault.kind, call) : null;
  });
  try {
    for (let n = 0; n < troubledBeats + calmBeats; n++) {
      now += cadenceMs;
      await Promise.all(roundsAt(now, ill, await tasksOf(rig)).map((r) => addRound(tableOf(rig, r), r)));
      current = faults.filter((f) => f.beat === n);
      calls = 0;
      skewMs = skews.find((s) => s.beat === n)?.ms ?? 0;
      const working = [analyzer, ...(twins.includes(n) ? [open()] : [])];
      // A timer beside it, on the same loop: a machine that is busy makes both late, and only a beat without an end loses.
      const bell = new AbortController();
      const rings = sleep(beatMs + 500, "late", { signal: bell.signal }).catch(() => "over");
      const worked = Promise.all(working.map((one) => work(one, now)));
      if ((await Promise.race([worked, rings])) === "late") late++;
      bell.abort();
      await worked;
      if (crashed) analyzer = open();
      crashed = false;
    }
  } finally {
    rig.judges.standIns.splice(0, Infinity, ...nature);
  }
  return {
    standing: await store.standing(),
    decisions: (await store.decisions(1_000)).toReversed(),
    unconfirmed: (await store.unconfirmed()).length,
    drained: await pulled.isDrained(),
    tasksWanted: (await tasksOf(rig)).desired,
    late,
    unfounded,
    damaged: (await store.damaged()).length,
  };
}

/** One beat as a run does it; what fails is the next one's to do. */
async function work({ deadline, beatMs, begin, work }: Entry, at: number): Promise<void> {
  await deadline
    .within(beatMs, async (signal) => {
      await begin?.();
      await work({ at, signal });
    })
    .catch(() => undefined);
}

const tableOf = (rig: Rig, { vantage }: Round) => {
  const table = rig.tables[vantage];
  if (!table) throw new Error(`no table of ${vantage}`);
  return table;
};

async function tasksOf(rig: Rig): Promise<{ running: number; desired: number }> {
  const ecs = rig.clientOf(ECSClient, standby);
  const { cluster, service } = names.service;
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const desired = services?.[0]?.desiredCount ?? 0;
  return { running: desired, desired };
}

/** What each vantage point hears: the workload of each region, the standby's tasks, the route, a control. */
function roundsAt(at: number, ill: Plot["ill"], tasks: { running: number; desired: number }): Round[] {
  const isIll = (region: string) => ill === "both" || (ill === "primary" && region === primary);
  return regions.map((vantage) => {
    const heard = (
      target: string,
      purpose: Observation["purpose"],
      region: string,
      isUp: boolean,
      facts = {},
    ): Observation => ({
      at,
      vantage,
      target,
      kind: purpose === "capacity" ? "aws" : "http",
      purpose,
      service: purpose === "control" ? "control" : purpose === "capacity" ? "ecs" : "app",
      region,
      latencyMs: 20,
      facts,
      ...(isUp ? { verdict: "up", reason: null } : { verdict: "down", reason: "status-500" }),
    });
    return {
      vantage,
      vantageRegion: vantage,
      at,
      tookMs: 100,
      blind: false,
      observations: [
        heard(`app@${primary}`, "workload", primary, !isIll(primary)),
        heard(`app@${standby}`, "workload", standby, !isIll(standby)),
        heard(`tasks@${standby}`, "capacity", standby, true, tasks),
        heard("control", "control", "global", true),
      ],
    };
  });
}

/** What must hold whatever goes wrong, a line for each that does not. */
export function wrongs({ ill }: Plot, outcome: Outcome): string[] {
  const { standing, decisions, drained } = outcome;
  const found: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  must(outcome.late === 0, `${outcome.late} beats outlived their deadline`);
  must(outcome.unfounded === 0, `the lever was told ${outcome.unfounded} times what nobody had decided`);
  must(outcome.damaged === 0, `${outcome.damaged} records cannot be read`);
  must(outcome.unconfirmed === 0, `${outcome.unconfirmed} orders are left undone`);
  must(drained === (standing?.drained === primary), "the lever does not hold what the standing says");
  const ids = decisions.map((d) => d.id);
  must(new Set(ids).size === ids.length, "a decision is kept twice");
  const breaks = decisions.filter((d, i) => d.from !== (decisions[i - 1]?.to ?? "home"));
  must(breaks.length === 0, `the journal does not follow on itself at ${breaks.map((d) => d.id).join(", ")}`);
  const moves = decisions.filter((d) => d.from !== d.to && d.to === "shifting").length;
  must(moves <= 1, `users were moved ${moves} times`);
  if (ill !== "primary") must(!drained, "users were moved, and should not have been");
  if (ill === "primary") must(drained, "users are hurt, and were not moved");
  if (drained) must(outcome.tasksWanted === 2, `${outcome.tasksWanted} tasks are wanted, and not 2`);
  return found;
}
