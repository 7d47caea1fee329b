/** infra/account · wiring. The analyzer: the same tick as on the laptop, over the rounds of all regions. */
import { dependencies } from "../../analyzer/dependencies.ts";
import { joined } from "../../analyzer/own-parts.ts";
import { type Past, tick } from "../../analyzer/tick.ts";
import type { Traffic } from "../../analyzer/traffic.ts";
import { oddities } from "../oddities.ts";
import { afterTick } from "./after.ts";
import { type Audit, lastAudit, linesNow } from "./audited.ts";
import type { Reach } from "./calls.ts";
import { Deadline } from "./deadline.ts";
import type { Environment } from "./environment.ts";
import type { HandsOptions } from "./hands.ts";
import { storeOf } from "./places.ts";
import { hearing } from "./readers/hearing.ts";
import { createWatch } from "./readers/watch.ts";
import { type Entry, tell, write } from "./run.ts";

export type AnalyzerOptions = {
  hands: (told: Environment<"analyzer">, options: HandsOptions) => Traffic;
  reach?: Reach;
  now?: () => number;
  wait?: Entry["wait"];
};

const learntMs = 15 * 60_000; // rounds that a cold start learns what is usual from

export function analyzerEntry(told: Environment<"analyzer">, options: AnalyzerOptions): Entry {
  const { hands, reach = {}, now = Date.now, wait } = options;
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_RULES: rules } = told;
  const edges = told.HOLDFAST_PARTS ? joined(told.HOLDFAST_PARTS, "HOLDFAST_PARTS") : dependencies;
  const deadline = new Deadline();
  const { store: kept, state } = storeOf({
    topology,
    roundsTable: told.HOLDFAST_ROUNDS_TABLE,
    stateTable: told.HOLDFAST_STATE_TABLE,
    reach,
    deadline,
    now,
    unheard: (vantage, error) => tell("analyzer", "unheard", { vantage, error: String(error) }),
  });
  const { store, hear } = hearing(
    kept,
    createWatch({
      topology,
      canaries: told.HOLDFAST_CANARIES,
      balancers: told.HOLDFAST_BALANCERS,
      reach,
      deadline,
      now,
      silent: (region, error) => tell("analyzer", "silent", { region, error: String(error) }),
    }),
    now,
  );
  const traffic = hands(told, { store, reach, now });
  const trouble = (what: string, error: unknown) =>
    tell("analyzer", "undone", { what, error: String(error) });
  const after = afterTick({ told, store: kept, reach, deadline, now, write, trouble });
  let audit: Audit | null = null;
  let auditReadAt = Number.NEGATIVE_INFINITY;
  /** Between ticks, and once a minute: what it says stands in the next report. */
  async function hearAudit(): Promise<void> {
    if (now() - auditReadAt < 60_000) return;
    auditReadAt = now();
    audit = await lastAudit(state);
  }
  let odd: ReturnType<typeof oddities> | null = null;
  let before: Past | null = null;
  return {
    name: "analyzer",
    everyMs: rules.cadenceMs,
    claims: { table: state, name: "analyzer" },
    beatMs: rules.cadenceMs - 100,
    deadline,
    now,
    ...(wait ? { wait } : {}),
    async begin() {
      before = await store.lastReport(); // another run may have gone on meanwhile
      if (odd) return;
      const fresh = oddities();
      fresh(await store.rounds(now() - learntMs));
      odd = fresh;
    },
    async work({ signal }) {
      odd ??= oddities();
      await hear().catch((error: unknown) =>
        tell("analyzer", "undone", { what: "keep voices", error: String(error) }),
      );
      const begunAt = now();
      const besides = linesNow(audit, begunAt);
      const world = {
        store,
        topology,
        rules,
        edges,
        now,
        odd,
        besides,
        traffic: whileInTime(traffic, signal),
      };
      const ticked = await tick(world, before);
      before = ticked;
      for (const { what, why } of ticked.undone) tell("analyzer", "undone", { what, why });
      await after(ticked, begunAt);
      await hearAudit().catch((error: unknown) => trouble("read the audit", error));
    },
  };
}

/** The same hands, tied once the beat is over: what a tick that came too late still wanted is the next one's to say. */
const whileInTime = (traffic: Traffic, signal: AbortSignal): Traffic => ({
  async carryOut(order) {
    signal.throwIfAborted();
    return traffic.carryOut(order);
  },
  async publish(drained) {
    signal.throwIfAborted();
    await traffic.publish(drained);
  },
  ...(traffic.shadow ? { shadow: traffic.shadow } : {}), // moves nobody, whenever it is told
});
