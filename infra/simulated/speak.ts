/** infra/simulated · pure. What a vantage point says of a stage: a round like those that real probes make, seen through
 *  whatever is wrong with that vantage point itself. */
import {
  type Facts,
  nodeOf,
  type Observation,
  type Round,
  type Target,
  type Vantage,
} from "../../store/records.ts";
import { type Stage, userRegion } from "./stage.ts";

/** Share of requests that a grey region loses. */
export const greyShare = 1 / 3;
/** A round is begun this long before the analyzer looks. */
const leadMs = 500;
const minute = 60_000;
const usualMs = 20;
const nothing: Facts = {};

/** A target, with the node it is about worked out. */
export type Asked = { target: Target; node: string };
export const askedOf = (targets: readonly Target[]): Asked[] =>
  targets.map((target) => ({ target, node: nodeOf(target.service, target.region) }));

/** What each vantage point says. `draw`: numbers from 0 up to 1, for what fails now and then. */
export function speakers(asked: readonly Asked[], stage: Stage, draw: () => number) {
  const last = new Map<string, { scene: string; own: string; said: readonly Observation[] }>();
  return {
    /** What of the stage all vantage points speak of. */
    scene(): string {
      let scene: string = userRegion(stage);
      for (const [node, wrong] of stage.wrong) scene += ` ${node} ${wrong}`;
      for (const numbers of [stage.slowMs, stage.tasks, stage.lagMs])
        for (const [about, n] of numbers) scene += ` ${about} ${n}`;
      return scene;
    },
    /** A round that is begun a little before `now`. In the same scene as its last one a vantage point says the same, but
     *  for what fails by chance. */
    roundOf(vantage: Vantage, scene: string, now: number): Round {
      const { id, region } = vantage;
      const at = now - leadMs + (stage.skewMs.get(id) ?? 0);
      const blind = stage.blind.has(id);
      const own = `${blind} ${stage.cutOff.get(id)} ${stage.sluggish.has(id)} ${stage.lying.has(id)} ${stage.soothing.has(id)}`;
      const known = last.get(id);
      const same = known !== undefined && known.scene === scene && known.own === own ? known.said : [];
      const isGrey = [...stage.wrong.values()].includes("grey");
      const observations = asked.map((a, i) => {
        const before = same[i];
        if (before !== undefined && !(isGrey && hangsOnChance(a, stage))) return saidAgain(before, at);
        return hear(a, id, stage, blind, at, draw);
      });
      last.set(id, { scene, own, said: observations });
      return { vantage: id, vantageRegion: region, at, tookMs: 100, blind, observations };
    },
  };
}

/** Whether two asks of the same may be answered otherwise while something is grey. */
const hangsOnChance = ({ target, node }: Asked, { wrong }: Stage) =>
  target.purpose === "route" || wrong.get(node) === "grey";

function hear(
  { target, node }: Asked,
  vantage: string,
  stage: Stage,
  blind: boolean,
  at: number,
  draw: () => number,
): Observation {
  const usual = stage.sluggish.has(vantage) ? minute : usualMs;
  const say = (
    verdict: Observation["verdict"],
    reason: string | null,
    ms: number | null,
    facts: Facts = nothing,
  ) => observation(target, vantage, at, verdict, reason, ms, facts);
  if (blind) return say("unknown", "unreachable", null);
  const { purpose } = target;
  const isRoute = purpose === "route";
  const region = isRoute ? userRegion(stage) : target.region;
  if (stage.cutOff.get(vantage) === region && purpose !== "control") return say("down", "timeout", null);
  if (purpose === "capacity") {
    const running = stage.tasks.get(region) ?? 0;
    return say("up", null, usual, { running, desired: running });
  }
  if (purpose === "data") {
    const lagMs = stage.lagMs.get(region);
    return lagMs === undefined ? say("unknown", "throttled", null) : say("up", null, usual, { lagMs });
  }
  const facts = isRoute ? { servedBy: region } : nothing;
  if (purpose === "workload") {
    if (region === "us-east-1" && stage.lying.has(vantage)) return say("down", "timeout", null);
    if (stage.soothing.has(vantage)) return say("up", null, usualMs);
  }
  const about = isRoute ? nodeOf("app", region) : node;
  const wrong = stage.wrong.get(about);
  switch (wrong) {
    case undefined:
      return say("up", null, stage.slowMs.get(about) ?? usual, facts);
    case "grey":
      return draw() < greyShare ? say("down", "status-503", null, facts) : say("up", null, usual, facts);
    case "hollow": // the health check's page is well, all others fail
      return say("down", "status-500", null, facts);
    case "slow":
      return say("up", null, minute, facts);
    case "unknown":
      return say("unknown", "unreachable", null, facts);
    default:
      return say("down", wrong, null, facts);
  }
}

/** Every observation has the same shape: millions are made. */
const observation = (
  target: Target,
  vantage: string,
  at: number,
  verdict: Observation["verdict"],
  reason: string | null,
  latencyMs: number | null,
  facts: Facts,
) =>
  ({
    at,
    vantage,
    target: target.id,
    kind: target.kind,
    purpose: target.purpose,
    service: target.service,
    region: target.region,
    latencyMs,
    facts,
    verdict,
    reason,
  }) as Observation;

const saidAgain = (o: Observation, at: number) =>
  ({
    at,
    vantage: o.vantage,
    target: o.target,
    kind: o.kind,
    purpose: o.purpose,
    service: o.service,
    region: o.region,
    latencyMs: o.latencyMs,
    facts: o.facts,
    verdict: o.verdict,
    reason: o.reason,
  }) as Observation;

/** A round that was spoilt on its way: each in another manner, none of which is a round. */
export function spoil(round: Round, draw: () => number): unknown {
  const first = round.observations[0];
  const spoilt: unknown[] = [
    null,
    "a round",
    { ...round, at: -1 },
    { ...round, observations: [{ ...first, verdict: "fine" }] },
    { ...round, observations: [{ ...first, latencyMs: -4 }] },
    { ...round, vantage: "" },
    { ...round, surprise: true },
  ];
  return spoilt[Math.floor(draw() * spoilt.length)];
}
