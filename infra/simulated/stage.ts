/** infra/simulated · the stage. The whole loop on virtual time: made-up rounds go in, the real tick decides, a stage
 *  hand carries out. Stories are told on it by hand (tests/scenarios), and histories by chance (simulate.ts). */
import { parseRules, type Rules } from "../../analyzer/rules.ts";
import { type Mind, type Past, tick, type World } from "../../analyzer/tick.ts";
import { memory, type Store } from "../../store/mod.ts";
import type { Observation, Order, Region, Round, Target, Topology } from "../../store/records.ts";

const regions = ["us-east-1", "us-west-2", "eu-west-1"] as const;
const services = ["dynamodb", "ec2", "ecs", "elb", "lambda", "rds", "s3", "sts"];
const minute = 60_000;
/** Share of requests that a grey region loses. */
const greyShare = 1 / 3;

export type Stage = {
  /** What is wrong with a target (`app@us-east-1`, `dynamodb@us-east-1`): a reason, `slow`, `unknown`, or `grey`, which
   *  fails a third of the time. */
  wrong: Map<string, string>;
  blind: Set<string>;
  silent: Set<string>;
  /** Vantage points that say the primary's users get nothing. */
  lying: Set<string>;
  /** Vantage points so busy that every answer comes late, their controls' too. */
  sluggish: Set<string>;
  tasks: Map<string, number>;
  /** Where Route 53 sends users by itself, whatever the lever says; null when the lever decides. */
  route53: Region | null;
  drained: Region | null;
  leverBroken: boolean;
  /** Whether a scaled-up standby gets its tasks. */
  capacityComes: boolean;
  /** By region: how far its copy of the data is behind, in ms; not to be had when left out. Asked only in a house that has
   *  copies. */
  lagMs: Map<string, number>;
};

export function topology(): Topology {
  const app = { service: "app", url: "http://app.example.test/" };
  const targets: Target[] = regions.flatMap((region): Target[] => [
    ...services.map(
      (service): Target => ({
        id: `dns ${service}.${region}`,
        kind: "dns",
        service,
        region,
        purpose: "service",
        name: `${service}.${region}.amazonaws.com`,
        type: "A",
      }),
    ),
    ...(region === "eu-west-1"
      ? []
      : ([
          { ...app, id: `app ${region}`, kind: "http", region, purpose: "workload" },
          { ...app, id: `tasks ${region}`, kind: "aws", service: "ecs", region, purpose: "capacity" },
        ] as const)),
  ]);
  return {
    workload: { name: "app.example.test", url: app.url },
    regions: [
      { region: "us-east-1", role: "primary", capacity: { normal: 4, full: 4 } },
      { region: "us-west-2", role: "standby", capacity: { normal: 1, full: 4 } },
      { region: "eu-west-1", role: "witness", capacity: null },
    ],
    vantages: regions.map((region) => ({ id: region, region })),
    targets: [
      ...targets,
      { ...app, id: "route", kind: "http", region: "global", purpose: "route" },
      { ...app, id: "control", kind: "http", service: "control", region: "global", purpose: "control" },
    ],
  };
}

/** The loop on a stage. `advance` lets one cadence pass: every vantage point speaks, then the analyzer ticks. */
export function theatre(
  overrides: Partial<Rules> = {},
  store: Store = memory(),
  /** Numbers from 0 up to 1, for what fails now and then. */
  draw: () => number = () => 0,
  house: Topology = topology(),
) {
  const rules = parseRules(overrides);
  let now = Date.UTC(2026, 0, 1);
  const start = now;
  let before: Past | null = null;
  const stage: Stage = {
    wrong: new Map(),
    blind: new Set(),
    silent: new Set(),
    lying: new Set(),
    sluggish: new Set(),
    tasks: new Map([
      ["us-east-1", 4],
      ["us-west-2", 1],
    ]),
    route53: null,
    drained: null,
    leverBroken: false,
    capacityComes: true,
    lagMs: new Map(),
  };
  const carried: Order[] = [];
  const world: World = {
    store,
    topology: house,
    rules,
    now: () => now,
    odd: () => [],
    traffic: {
      async carryOut(order) {
        if (order.kind === "drain") {
          if (stage.leverBroken) throw new Error("the lever does not answer");
          stage.drained = order.drained ? order.region : null;
        } else if (stage.capacityComes) {
          const size = house.regions.find((r) => r.region === order.region)?.capacity;
          stage.tasks.set(order.region, size?.[order.want] ?? 0);
        } else return false;
        carried.push(order);
        return true;
      },
      async publish(drained) {
        if (!stage.leverBroken) stage.drained = drained;
      },
    },
  };

  async function advance(mind?: Mind) {
    now += rules.cadenceMs;
    for (const vantage of house.vantages) {
      if (!stage.silent.has(vantage.id))
        await store.addRound(roundFrom(vantage, house.targets, stage, now, draw));
    }
    const ticked = await tick(world, before, mind);
    before = ticked;
    return ticked;
  }

  return {
    world,
    store,
    stage,
    carried,
    rules,
    advance,
    /** A cadence passes and nobody looks: the monitor is dead. */
    sleep: () => {
      now += rules.cadenceMs;
    },
    elapsedMs: () => now - start,
    now: () => now,
  };
}

export const userRegion = (stage: Stage): Region =>
  stage.route53 ?? (stage.drained === "us-east-1" ? "us-west-2" : "us-east-1");

function roundFrom(
  vantage: Topology["vantages"][number],
  targets: Target[],
  stage: Stage,
  now: number,
  draw: () => number,
): Round {
  const blind = stage.blind.has(vantage.id);
  return {
    vantage: vantage.id,
    vantageRegion: vantage.region,
    at: now - 500,
    tookMs: 100,
    blind,
    observations: targets.map((t) => hear(t, vantage.id, stage, blind, now, draw)),
  };
}

function hear(
  target: Target,
  vantage: string,
  stage: Stage,
  blind: boolean,
  now: number,
  draw: () => number,
): Observation {
  const base = {
    at: now - 500,
    vantage,
    target: target.id,
    kind: target.kind,
    purpose: target.purpose,
    service: target.service,
    region: target.region,
    latencyMs: stage.sluggish.has(vantage) ? minute : 20,
    facts: {},
  };
  if (blind) return { ...base, latencyMs: null, verdict: "unknown", reason: "unreachable" };
  if (target.purpose === "capacity") {
    const running = stage.tasks.get(target.region) ?? 0;
    return { ...base, facts: { running, desired: running }, verdict: "up", reason: null };
  }
  if (target.purpose === "data") {
    const lagMs = stage.lagMs.get(target.region);
    return lagMs === undefined
      ? { ...base, latencyMs: null, verdict: "unknown", reason: "throttled" }
      : { ...base, facts: { lagMs }, verdict: "up", reason: null };
  }
  const region = target.purpose === "route" ? userRegion(stage) : target.region;
  const about = target.purpose === "route" ? "app" : target.service;
  if (target.purpose === "workload" && target.region === "us-east-1" && stage.lying.has(vantage)) {
    return { ...base, latencyMs: null, verdict: "down", reason: "timeout" };
  }
  let wrong = stage.wrong.get(`${about}@${region}`);
  if (wrong === "grey") wrong = draw() < greyShare ? "status-503" : undefined;
  const facts = target.purpose === "route" ? { servedBy: region } : {};
  if (wrong === undefined) return { ...base, facts, verdict: "up", reason: null };
  if (wrong === "slow") return { ...base, facts, latencyMs: minute, verdict: "up", reason: null };
  if (wrong === "unknown")
    return { ...base, facts, latencyMs: null, verdict: "unknown", reason: "unreachable" };
  return { ...base, facts, latencyMs: null, verdict: "down", reason: wrong };
}
