/** dashboard. One look at the store: all that a page or an answer is made from, read in one go. What is shown is
 *  a function of this and nothing else. */
import type { Rules } from "../analyzer/rules.ts";
import {
  type Board,
  type Decision,
  type Health,
  type Order,
  type Phase,
  type Region,
  type Report,
  type Request,
  regionOf,
  type Standing,
  type Topology,
  type Voice,
} from "../store/records.ts";
import type { Point, Store } from "../store/store.ts";
import type { Fault, Playground } from "./playground.ts";
import { type Users, usersOf } from "./users.ts";

export type Sources = {
  store: Store;
  topology: Topology;
  rules: Rules;
  /** Epoch ms. */
  now: () => number;
  playground?: Playground;
  title?: string;
};

export type View = {
  now: number;
  title: string;
  rules: Rules;
  topology: Topology;
  primary: Region;
  standby: Region;
  report: Report | null;
  /** Two updates in a row did not come. */
  stale: boolean;
  standing: Standing | null;
  phase: Phase;
  /** Where users go now: measured where it was, else as the lever stands; null when the name leads nowhere. */
  active: Region | null;
  users: Users | null;
  /** Newest first. */
  decisions: Decision[];
  voices: Voice[];
  history: Point[];
  requests: Request[];
  unconfirmed: Order[];
  /** What people should know and have been told; null before anybody has looked for incidents. */
  board: Board | null;
  play: { playground: Playground; faults: Fault[] } | null;
};

/** How far back lines over time go: long enough to see the start of a move at the page's own pace. */
export const lookBackMs = (rules: Rules): number => Math.max(5 * 60_000, 90 * rules.cadenceMs);

/** Decisions a page lists; the store keeps them all. */
const decisionsShown = 40;

export async function look({ store, topology, rules, now, playground, title }: Sources): Promise<View> {
  const at = now();
  const since = at - lookBackMs(rules);
  const [report, standing, decisions, voices, history, requests, unconfirmed, board] = await Promise.all([
    store.lastReport(),
    store.standing(),
    store.decisions(decisionsShown),
    store.voices(since),
    store.history(since),
    store.requests(),
    store.unconfirmed(),
    store.board(),
  ]);
  const primary = regionOf(topology, "primary");
  const standby = regionOf(topology, "standby");
  return {
    now: at,
    title: title ?? topology.workload.name,
    rules,
    topology,
    primary,
    standby,
    report,
    stale: report !== null && at - report.assessment.at > staleAfterMs(rules),
    standing,
    phase: standing?.phase ?? "home",
    active: activeOf(report, standing, primary, standby),
    users: usersOf(voices, [primary, standby], rules, at),
    decisions,
    voices,
    history,
    requests,
    unconfirmed,
    board,
    play: playground ? { playground, faults: playground.faults() } : null,
  };
}

/** Two missed updates; never so short that one slow tick of a busy laptop looks like silence. */
export const staleAfterMs = (rules: Rules): number => Math.max(3 * rules.cadenceMs, 5_000);

export const healthOf = (view: View, region: Region): Health | undefined =>
  view.report?.assessment.regions.find((r) => r.region === region);

/** Whether a region may take users by its score; null when that is not known. */
export function fitness(health: Health | undefined, rules: Rules): boolean | null {
  return health?.score == null ? null : health.score >= rules.healthThreshold;
}

function activeOf(report: Report | null, standing: Standing | null, primary: Region, standby: Region) {
  const routes = report?.assessment.routes ?? [];
  if (routes.length === 0) return standing?.drained === primary ? standby : primary;
  const votes = new Map<string | null, number>();
  for (const { region } of routes) votes.set(region, (votes.get(region) ?? 0) + 1);
  const [most] = [...votes].sort(([, a], [, b]) => b - a)[0] ?? [null];
  return most;
}
