/** infra/simulated · the stage. The whole loop on virtual time: made-up rounds go in, the real tick decides, a stage
 *  hand carries out. Stories are told on it by hand (tests/scenarios), and histories by chance (simulate.ts). */
import { parseRules, type Rules } from "../../analyzer/rules.ts";
import { type Mind, type Past, tick, type World } from "../../analyzer/tick.ts";
import { memory, type Store } from "../../store/mod.ts";
import {
  BadInput,
  type Observation,
  type Order,
  parse,
  type Region,
  Round,
  type Target,
  type Topology,
} from "../../store/records.ts";
import { askedOf, speakers, spoil } from "./speak.ts";

const regions = ["us-east-1", "us-west-2", "eu-west-1"] as const;
const services = ["dynamodb", "ec2", "ecs", "elb", "lambda", "rds", "s3", "sts"];

export type Stage = {
  /** What is wrong with a target (`app@us-east-1`, `dynamodb@us-east-1`): a reason, `slow`, `unknown`, `hollow`, which
   *  health checks do not see, or `grey`, which fails a third of the time. */
  wrong: Map<string, string>;
  /** How long the answers of a target take, where it is not the usual. */
  slowMs: Map<string, number>;
  blind: Set<string>;
  silent: Set<string>;
  /** Vantage points that say the primary's users get nothing. */
  lying: Set<string>;
  /** Vantage points so busy that every answer comes late, their controls' too. */
  sluggish: Set<string>;
  /** Vantage points that say all is well with the workload, everywhere. */
  soothing: Set<string>;
  /** By vantage point: a region that it alone cannot reach. */
  cutOff: Map<string, Region>;
  /** By vantage point, or "analyzer": how far its clock is ahead, in ms. */
  skewMs: Map<string, number>;
  /** Vantage points whose rounds arrive as something that is none. */
  garbled: Set<string>;
  /** Why each of those was refused at the border, oldest first. */
  refused: string[];
  tasks: Map<string, number>;
  /** Where Route 53 sends users by itself, whatever the lever says; null when the lever decides. */
  route53: Region | null;
  drained: Region | null;
  leverBroken: boolean;
  /** The write takes effect, and its answer is lost. */
  leverMute: boolean;
  /** Whether a scaled-up standby gets its tasks. */
  capacityComes: boolean;
  /** By region: how far its copy of the data is behind, in ms; not to be had when left out. Asked only in a house that has
   *  copies. */
  lagMs: Map<string, number>;
  /** How long after they are asked for tasks run. */
  capacityLateMs: number;
  /** Every call that left an analyzer, oldest first; whoever looks at them clears them. */
  calls: Call[];
};

/** A call to something outside: where it goes, and over which plane. */
export type Call = {
  who: string;
  /** The region whose API takes the call. */
  to: Region;
  plane: "data" | "control";
  does: "drain" | "undrain" | "scale";
  about: Region;
  /** Whether it took effect, and whether the caller was told so. */
  took: boolean;
  told: boolean;
};

/** `paths`: how many of the workload's own paths are asked in each region, in every round. `copies`: the regions that
 *  hold a copy of the data. */
export function topology(paths = 1, copies: readonly Region[] = []): Topology {
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
          ...Array.from(
            { length: paths },
            (_, path) =>
              ({
                ...app,
                id: path === 0 ? `app ${region}` : `app ${region} ${path + 1}`,
                kind: "http",
                region,
                purpose: "workload",
              }) as const,
          ),
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
      ...copies.map((region): Target => {
        const url = "http://lag.example.test/";
        return { id: `data ${region}`, kind: "aws", service: "rds", region, purpose: "data", url };
      }),
      { ...app, id: "route", kind: "http", region: "global", purpose: "route" },
      { ...app, id: "control", kind: "http", service: "control", region: "global", purpose: "control" },
    ],
  };
}

/** What is done at the border with what claims to be a round. Throws `BadInput` when it is none. */
export type Border = (raw: unknown) => Round;
const readRound: Border = (raw) => parse("round", Round, raw);

/** The loop on a stage. `advance` lets one cadence pass: every vantage point speaks, then the analyzer ticks. */
export function theatre(
  overrides: Partial<Rules> = {},
  store: Store = memory(),
  /** Numbers from 0 up to 1, for what fails now and then. */
  draw: () => number = () => 0,
  house: Topology = topology(),
  read: Border = readRound,
) {
  const rules = parseRules(overrides);
  let now = Date.UTC(2026, 0, 1);
  const start = now;
  let before: Past | null = null;
  const stage: Stage = {
    wrong: new Map(),
    slowMs: new Map(),
    blind: new Set(),
    silent: new Set(),
    lying: new Set(),
    sluggish: new Set(),
    soothing: new Set(),
    cutOff: new Map(),
    skewMs: new Map(),
    garbled: new Set(),
    refused: [],
    tasks: new Map([
      ["us-east-1", 4],
      ["us-west-2", 1],
    ]),
    route53: null,
    drained: null,
    leverBroken: false,
    leverMute: false,
    capacityComes: true,
    lagMs: new Map(),
    capacityLateMs: 0,
    calls: [],
  };
  const carried: Order[] = [];
  const speaker = speakers(askedOf(house.targets), stage, draw);
  const standby = "us-west-2"; // the lever is pulled, and everything kept, in the region that takes over

  function pull(who: string, region: Region | null, drained: boolean): void {
    const took = !stage.leverBroken;
    const told = took && !stage.leverMute;
    const about = region ?? "us-east-1";
    const does = drained ? "drain" : "undrain";
    stage.calls.push({ who, to: standby, plane: "data", does, about, took, told });
    if (took) stage.drained = drained ? region : null;
    if (!told) throw new Error("the lever does not answer");
  }

  const askedForAt = new Map<string, number>();
  function scale(who: string, region: Region, want: "normal" | "full"): boolean {
    const size = house.regions.find((r) => r.region === region)?.capacity?.[want] ?? 0;
    const wish = `${want} ${region}`;
    if (!askedForAt.has(wish)) askedForAt.clear();
    const since = askedForAt.get(wish) ?? now;
    askedForAt.set(wish, since);
    const took = stage.capacityComes && now - since >= stage.capacityLateMs;
    stage.calls.push({ who, to: region, plane: "control", does: "scale", about: region, took, told: took });
    if (took) stage.tasks.set(region, size);
    return took;
  }

  /** An analyzer's own view of the world; `who` signs its calls. */
  const analyzer = (who: string): World => ({
    store,
    topology: house,
    rules,
    now: () => now + (stage.skewMs.get("analyzer") ?? 0),
    odd: () => [],
    traffic: {
      async carryOut(order) {
        if (order.kind === "drain") pull(who, order.region, order.drained);
        else if (!scale(who, order.region, order.want)) return false;
        carried.push(order);
        return true;
      },
      async publish(drained) {
        if (!stage.leverBroken) pull(who, drained, drained !== null);
      },
    },
  });
  const world = analyzer("analyzer");

  /** What was said in the last step and could be read, by vantage point. A new one for each step: V8 chains a map that is
   *  emptied to what fills it next, and so everything ever said outlives its time. */
  let spoken = new Map<string, readonly Observation[]>();
  /** What came to the border in the last step, and why each refusal so far was made. */
  const border = { sent: 0, garbled: 0, refused: stage.refused, kept: 0 };

  /** A cadence passes and every vantage point speaks, whether or not anybody listens. */
  async function speak() {
    now += rules.cadenceMs;
    spoken = new Map();
    border.sent = border.garbled = border.kept = 0;
    const scene = speaker.scene();
    for (const vantage of house.vantages) {
      if (stage.silent.has(vantage.id)) continue;
      border.sent++;
      const round = speaker.roundOf(vantage, scene, now);
      if (stage.garbled.has(vantage.id)) {
        border.garbled++;
        await receive(spoil(round, draw));
      } else {
        await store.addRound(round);
        note(round);
      }
    }
  }

  /** What is no round is refused and counted, and nothing else is lost by it. */
  async function receive(raw: unknown) {
    try {
      const round = read(raw);
      await store.addRound(round);
      note(round);
    } catch (fault) {
      if (!(fault instanceof BadInput)) throw fault;
      stage.refused.push(fault.message);
    }
  }

  function note(round: Round) {
    border.kept++;
    spoken.set(round.vantage, round.observations);
  }

  async function advance(mind?: Mind) {
    await speak();
    const ticked = await tick(world, before, mind);
    before = ticked;
    return ticked;
  }

  return {
    world,
    analyzer,
    store,
    stage,
    carried,
    rules,
    topology: house,
    speak,
    get spoken(): ReadonlyMap<string, readonly Observation[]> {
      return spoken;
    },
    border,
    usersIn: () => userRegion(stage),
    advance,
    elapsedMs: () => now - start,
    now: () => now,
  };
}

export const userRegion = (stage: Stage): Region =>
  stage.route53 ?? (stage.drained === "us-east-1" ? "us-west-2" : "us-east-1");
