/** analyzer · pure. How things stand, as the phases ask for it: worked out once in each step. */
import {
  type Assessment,
  type Health,
  type Order,
  type Region,
  type Request,
  regionOf,
  type Standing,
  type Topology,
} from "../../store/records.ts";
import { type Argument, argue, blockers, healthOf, isFit, objections, quorum } from "../argue.ts";
import { hasCopy } from "../assess/instruments.ts";
import type { Rules } from "../rules.ts";
import { lagSays } from "../spans.ts";

/** What the reducer hears: how things stand, what people have asked for, oldest first, and which orders are not yet
 *  seen to be true. */
export type News = { assessment: Assessment; requests: readonly Request[]; unconfirmed: readonly Order[] };

/** How things stand, whatever the failover makes of it. */
export type View = {
  now: number;
  rules: Rules;
  topology: Topology;
  primary: Region;
  standby: Region;
  home: Health | undefined;
  away: Health | undefined;
  /** Most of all vantage points find the workload's name leading there, and served. */
  leadsTo: (region: Region) => boolean;
  /** The users' own voice says that enough of them are served there; null when they were not heard. */
  arrivedIn: (region: Region) => boolean | null;
  risk: number;
  root: string | null;
  leverPending: boolean;
};

export type Scene = View & {
  argument: Argument;
  blockers: string[];
  /** What stands in the way, in words. */
  inTheWay: (ids: readonly string[]) => string;
};

export function look(news: News, rules: Rules, topology: Topology): View {
  const a = news.assessment;
  const primary = regionOf(topology, "primary");
  const standby = regionOf(topology, "standby");
  const requests = a.users.reduce((sum, v) => sum + v.requests, 0);
  return {
    now: a.at,
    rules,
    topology,
    primary,
    standby,
    home: healthOf(a, primary),
    away: healthOf(a, standby),
    leadsTo: (region) => leads(a, region, topology),
    arrivedIn: (region) => {
      if (requests === 0) return null;
      const there = a.users.filter((v) => v.region === region);
      const served = there.reduce((sum, v) => sum + v.requests - v.failed, 0);
      return served / requests >= rules.arrivedShare;
    },
    risk: a.cascade.risk[primary] ?? 0,
    root: a.cascade.root,
    leverPending: news.unconfirmed.some((o) => o.kind === "drain"),
  };
}

/** `counted`: with this round counted in, so that the third strike is seen in the round it falls. */
export function weigh(counted: Standing, view: View, { assessment }: News): Scene {
  const { now, rules, topology } = view;
  const approved = isApproved(counted.request, now, rules);
  const argument = argue(counted, assessment, rules, topology, approved);
  return {
    ...view,
    argument,
    blockers: blockers(argument),
    inTheWay: (ids) => objections(argument, ids, rules, topology),
  };
}

const leads = (a: Assessment, region: Region, topology: Topology) =>
  a.routes.filter((r) => r.region === region && r.served).length * 2 > topology.vantages.length;

/** An approval lapses like any request: what was right ten minutes ago may not be now. */
function isApproved(request: Request | null, now: number, rules: Rules): boolean {
  return request?.kind === "approve" && now - request.at <= rules.requestPatienceMs;
}

/** Whether the region users belong in is known to be well: fit, and nothing it stands on is about to fall. */
export const isHomeWell = (scene: View): boolean =>
  isFit(scene.home, scene.rules) && scene.risk < scene.rules.prepareRisk;

/** How the primary's users are, never better than is known. */
export function users(scene: Scene): string {
  const votes = quorum(scene.home);
  if (votes.hurt) return `Users in ${scene.primary} are hurt`;
  if (votes.couldBe || votes.of === 0) return `Nobody outside can tell how users in ${scene.primary} are`;
  return `Users in ${scene.primary} are fine`;
}

/** Why a graceful move to a region cannot be made for its copy of the data; null when nothing speaks against it, as
 *  where there is no copy to ask about. */
export function copyLags(region: Region, health: Health | undefined, scene: Scene): string | null {
  if (!hasCopy(region, scene.topology)) return null;
  const lagMs = health?.lagMs ?? null;
  if (lagMs === null) return `how far the data in ${region} is behind is unknown`;
  if (lagMs <= scene.rules.gracefulLagMs) return null;
  return `the data in ${region} is ${lagSays(lagMs)} behind, and a graceful move waits until it is ${lagSays(scene.rules.gracefulLagMs)} or less`;
}
