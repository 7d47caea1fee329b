/** analyzer · the rim. One turn of the loop: hear, judge, decide, remember, carry out. The same in the Lambda, on
 *  the laptop and in the simulator; only the world differs. */
import type {
  Anomaly,
  Assessment,
  Order,
  Readiness,
  Report,
  Round,
  RuleLine,
  SelfTest,
  Topology,
} from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { assess } from "./assess.ts";
import type { Edge } from "./dependencies.ts";
import { atHome, step } from "./failover.ts";
import { readiness } from "./readiness.ts";
import { recovery } from "./recovery.ts";
import type { Rules } from "./rules.ts";
import { judged, tells } from "./self-test.ts";
import type { Traffic } from "./traffic.ts";

export type World = {
  store: Store;
  traffic: Traffic;
  topology: Topology;
  rules: Rules;
  /** Epoch ms. */
  now: () => number;
  /** Takes all rounds of the window, learns from those it has not seen, and names the series that are odd now. */
  odd: (rounds: readonly Round[]) => Anomaly[];
  /** The dependency graph with the workload's own parts; the shipped one when left out. */
  edges?: readonly Edge[];
  /** What else the standby's readiness hangs on, as somebody else last found it. No move asks for it. */
  besides?: readonly RuleLine[];
};

/** What judges and decides. A simulator may put in another to see whether it would be caught. */
export type Mind = { assess: typeof assess; step: typeof step };

/** What the next tick goes on from: the tick before it, or the last report after a restart. */
export type Past = { assessment: Assessment; tested: SelfTest | null };

/** What became of a tick. `stood-down`: another analyzer was first, and this one left everything to it. */
export type Ticked = {
  outcome: "remembered" | "stood-down";
  /** What could not be done this time, and why; it is tried again next tick. */
  undone: { what: string; why: string }[];
  /** Whether the standby could take over, as the report says; null for who stood down. */
  readiness: Readiness | null;
};

export async function tick(
  world: World,
  before: Past | null,
  mind: Mind = { assess, step },
): Promise<Ticked & Past> {
  const { store, topology, rules } = world;
  const now = world.now();
  const undone: Ticked["undone"] = [];
  const assessment = await look(world, before?.assessment ?? null, now, undone, mind);
  const tested = world.traffic.shadow ? (before?.tested ?? null) : null;
  const standing = (await store.standing()) ?? atHome(now);
  const news = { assessment, requests: await store.requests(), unconfirmed: await store.unconfirmed() };
  const decided = mind.step(standing, news, rules, topology);

  const first = await store.remember({
    from: standing.version,
    standing: decided.standing,
    orders: decided.orders,
    decision: decided.decision,
    handled: decided.handled,
  });
  if (!first) return { outcome: "stood-down", undone, readiness: null, assessment, tested };
  // The lever before all that may keep it waiting: it is one call, and the only one that users wait for.
  await attempt("publish the lever's state", undone, () => world.traffic.publish(decided.standing.drained));
  const report: Report = {
    assessment,
    ...decided.argument,
    why: decided.why,
    tested,
    readiness: readiness(assessment, decided.standing, tested, rules, topology, world.besides),
    recovery: recovery(assessment, rules, topology),
  };
  await attempt("write the report", undone, () => store.report(report)); // those who watch wait, not the users

  await carryOut(world, undone);
  const after = await testLever(world, tested, now);
  return { outcome: "remembered", undone, readiness: report.readiness, assessment, tested: after };
}

/** Last in the tick, so that a lever that hangs keeps nobody waiting; what it finds stands in the next report. */
async function testLever({ traffic, rules }: World, before: SelfTest | null, now: number) {
  const told = traffic.shadow ? tells(before, now, rules) : null;
  if (!traffic.shadow || told === null) return before;
  try {
    await traffic.shadow.publish(told.drained);
    return judged(before, told, { seen: await traffic.shadow.drained(), fault: null }, now, rules);
  } catch (error) {
    return judged(before, told, { seen: null, fault: reasonOf(error) }, now, rules);
  }
}

async function look(
  world: World,
  before: Assessment | null,
  now: number,
  undone: Ticked["undone"],
  mind: Mind,
): Promise<Assessment> {
  const { store, topology, rules } = world;
  // Late rounds still count: as far back as the window, plus as long as silence is borne.
  const span = (rules.windowRounds + rules.silentRounds) * rules.cadenceMs;
  const rounds = await store.rounds(now - span);
  const voices = await store.voices(now - rules.silentRounds * rules.cadenceMs);
  let anomalies: Anomaly[] = [];
  try {
    anomalies = world.odd(rounds);
  } catch (error) {
    undone.push({ what: "look for anomalies", why: reasonOf(error) }); // they advise; without them it still decides
  }
  return mind.assess({ rounds, voices, anomalies, before, now }, topology, rules, world.edges);
}

/** Works through what is not yet seen to be true. A newer order about the same thing replaces an older one. */
async function carryOut({ store, traffic }: World, undone: Ticked["undone"]): Promise<void> {
  const unconfirmed = await store.unconfirmed();
  if (unconfirmed.length === 0) return;
  const newest = new Map<string, Order>();
  for (const order of unconfirmed) {
    const about = `${order.kind} ${order.region}`;
    const older = newest.get(about);
    if (older) await store.confirm(older.id);
    newest.set(about, order);
  }
  const leverFirst = [...newest.values()].sort(
    (a, b) => Number(a.kind !== "drain") - Number(b.kind !== "drain"),
  );
  for (const order of leverFirst) {
    await attempt(`${order.kind} ${order.region}`, undone, async () => {
      if (await traffic.carryOut(order)) await store.confirm(order.id);
    });
  }
}

/** What fails is said, and keeps nothing else from being done. */
async function attempt(what: string, undone: Ticked["undone"], act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    undone.push({ what, why: reasonOf(error) });
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
