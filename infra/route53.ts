/** infra · pure. Route 53's rules for one name with a failover pair, as a model: who may answer, and why.
 *  Like a switchboard's rule card: it says which line is put through, and never lifts a receiver itself.
 *  The local name server and the simulator both ask it; time is an argument, results are handed in.
 *
 *  Sources, by short name: API = the Route 53 API's own model (HealthCheckConfig, ResourceRecordSet, AliasTarget);
 *  DETERMINING = the developer guide's page "How Route 53 determines whether a health check is healthy";
 *  FAILOVER = its pages on DNS failover. */
import { BadInput } from "../store/records.ts";

/** What AWS does but may change, or what is only known at second hand. All of it can be set otherwise. */
export const facts = {
  /** Healthy while more than this share of the checkers says so. DETERMINING: "the value might change". */
  healthyShare: 0.18,
  /** An HTTP check must connect in this time, then hear a 2xx or 3xx in `answerMsMax`. DETERMINING. */
  connectMsMax: 4_000,
  answerMsMax: 2_000,
  /** A new check counts as healthy until it has heard otherwise; an inverted one as unhealthy. Second hand. */
  startsHealthy: true,
  /** A load balancer without registered targets is unhealthy (API, AliasTarget); a blog claims the opposite. */
  emptyTargetsHealthy: false,
  /** How long after its end a metric's period is judged. Not published; none is the model's guess. */
  metricDelayMs: 0,
};
export type Facts = typeof facts;

type Every = {
  id: string;
  /** Turns the verdict round. API. */
  inverted?: boolean;
  /** Asks nobody and counts as healthy; with `inverted` that stops traffic. API. */
  disabled?: boolean;
};

/** Checkers in several places ask an endpoint over HTTP. A checker changes its mind after `failureThreshold`
 *  results in a row that say otherwise, in both directions. API. */
export type EndpointCheck = Every & {
  kind: "endpoint";
  checkers: readonly string[];
  intervalMs: number;
  failureThreshold: number;
};

/** A CLOUDWATCH_METRIC check: reads the metric's stream by an alarm's definition (not the alarm's state), one
 *  period out of one, highest value of the period against the threshold. API; DETERMINING. */
export type MetricCheck = Every & {
  kind: "metric";
  periodMs: number;
  /** In alarm, so unhealthy, at this value or above. */
  threshold: number;
  /** What counts while the last period brought no data. API, InsufficientDataHealthStatus. */
  insufficientData: "LastKnownStatus" | "Healthy" | "Unhealthy";
};

/** Healthy while at least `threshold` children are; 0 is always healthy, more than there are children never. API. */
export type CalculatedCheck = Every & {
  kind: "calculated";
  children: readonly string[];
  threshold: number;
};

export type Check = EndpointCheck | MetricCheck | CalculatedCheck;

/** One of the two alias records of the name. */
export type FailoverRecord = {
  region: string;
  evaluateTargetHealth: boolean;
  checkId: string | null;
};

export type Plan = {
  checks: readonly Check[];
  primary: FailoverRecord;
  secondary: FailoverRecord;
  facts: Facts;
};

type Opinion = { healthy: boolean; contrary: number };
type AlarmStatus = "ok" | "alarm";
type Stream = {
  points: readonly { at: number; value: number }[];
  judgedUntil: number;
  status: AlarmStatus | "insufficient-data";
  lastKnown: AlarmStatus | null;
};

export type State = {
  opinions: Readonly<Record<string, Readonly<Record<string, Opinion>>>>;
  streams: Readonly<Record<string, Stream>>;
};

/** What outlives a restart of the model: AWS does not forget when our program ends. */
export type Remembered = {
  opinions: Record<string, Record<string, boolean>>;
  lastKnown: Record<string, AlarmStatus | null>;
};

/** A load balancer's targets, for EvaluateTargetHealth. */
export type Targets = { registered: number; healthy: number };

/** The beginning: new checks, or where they stood when they were remembered. Throws `BadInput` for a plan that
 *  Route 53 would refuse. */
export function begin(plan: Plan, remembered?: Remembered): State {
  refuse(plan);
  const opinions: Record<string, Record<string, Opinion>> = {};
  const streams: Record<string, Stream> = {};
  for (const check of plan.checks) {
    if (check.kind === "endpoint")
      opinions[check.id] = Object.fromEntries(
        check.checkers.map((checker) => {
          const healthy = remembered?.opinions[check.id]?.[checker] ?? plan.facts.startsHealthy;
          return [checker, { healthy, contrary: 0 }];
        }),
      );
    if (check.kind === "metric") {
      const lastKnown = remembered?.lastKnown[check.id] ?? null;
      streams[check.id] = { points: [], judgedUntil: 0, status: "insufficient-data", lastKnown };
    }
  }
  return { opinions, streams };
}

export function remember(state: State): Remembered {
  const opinions: Remembered["opinions"] = {};
  for (const [id, held] of Object.entries(state.opinions))
    opinions[id] = Object.fromEntries(Object.entries(held).map(([checker, o]) => [checker, o.healthy]));
  const lastKnown: Remembered["lastKnown"] = {};
  for (const [id, stream] of Object.entries(state.streams)) lastKnown[id] = stream.lastKnown;
  return { opinions, lastKnown };
}

/** When a checker asks next, after `now`. Checkers are not coordinated: each has a phase of its own within the
 *  interval. All in ms. */
export function nextAskAt(intervalMs: number, phaseMs: number, now: number): number {
  return now + intervalMs - mod(now - phaseMs, intervalMs);
}

/** Whether one HTTP ask passed: connected in time, then a 2xx or 3xx in time. Null: it never came. DETERMINING. */
export function passes(
  ask: { connectMs: number | null; status: number | null; answerMs: number | null },
  { connectMsMax, answerMsMax }: Facts,
): boolean {
  if (ask.connectMs === null || ask.connectMs > connectMsMax) return false;
  if (ask.status === null || ask.answerMs === null || ask.answerMs > answerMsMax) return false;
  return ask.status >= 200 && ask.status < 400;
}

/** A checker's result comes in. */
export function hear(plan: Plan, state: State, checkId: string, checker: string, passed: boolean): State {
  const check = find(plan, checkId);
  const held = state.opinions[checkId]?.[checker];
  if (check.kind !== "endpoint" || !held)
    throw new Error(`Cannot hear ${checker}: ${checkId} has no such checker`);
  const opinion = afterOne(held, passed, check.failureThreshold);
  if (opinion === held) return state;
  return {
    ...state,
    opinions: { ...state.opinions, [checkId]: { ...state.opinions[checkId], [checker]: opinion } },
  };
}

function afterOne(held: Opinion, passed: boolean, threshold: number): Opinion {
  if (passed === held.healthy) return held.contrary === 0 ? held : { healthy: held.healthy, contrary: 0 };
  const contrary = held.contrary + 1;
  return contrary < threshold ? { healthy: held.healthy, contrary } : { healthy: passed, contrary: 0 };
}

/** A metric's data point comes in. One that comes late counts in the first period still open. */
export function publish(state: State, checkId: string, at: number, value: number): State {
  const stream = state.streams[checkId];
  if (!stream) throw new Error(`Cannot publish to ${checkId}: it watches no metric`);
  const points = [...stream.points, { at: Math.max(at, stream.judgedUntil), value }];
  return { ...state, streams: { ...state.streams, [checkId]: { ...stream, points } } };
}

/** Judges every metric period that has ended by `now`. An empty one says nothing: the last known status stays.
 *  Going back in time changes nothing. */
export function judge(plan: Plan, state: State, now: number): State {
  let streams = state.streams;
  for (const check of plan.checks) {
    const stream = check.kind === "metric" ? state.streams[check.id] : undefined;
    if (check.kind !== "metric" || !stream) continue;
    const judged = judgeStream(check, stream, now - plan.facts.metricDelayMs);
    if (judged !== stream) streams = { ...streams, [check.id]: judged };
  }
  return streams === state.streams ? state : { ...state, streams };
}

function judgeStream({ periodMs, threshold }: MetricCheck, stream: Stream, now: number): Stream {
  const ended = now - mod(now, periodMs);
  if (ended <= stream.judgedUntil) return stream;
  const highest = new Map<number, number>();
  for (const { at, value } of stream.points) {
    const period = at - mod(at, periodMs);
    if (period < ended) highest.set(period, Math.max(value, highest.get(period) ?? value));
  }
  let { lastKnown } = stream;
  for (const period of [...highest.keys()].sort((a, b) => a - b))
    lastKnown = (highest.get(period) ?? 0) >= threshold ? "alarm" : "ok";
  const status = highest.has(ended - periodMs) && lastKnown ? lastKnown : "insufficient-data";
  return { points: stream.points.filter((p) => p.at >= ended), judgedUntil: ended, status, lastKnown };
}

/** Whether a check counts as healthy, inversion included. */
export function healthy(plan: Plan, state: State, checkId: string): boolean {
  const check = find(plan, checkId);
  const verdict = check.disabled ? true : verdictOf(plan, state, check);
  return check.inverted ? !verdict : verdict;
}

function verdictOf(plan: Plan, state: State, check: Check): boolean {
  switch (check.kind) {
    case "endpoint": {
      const opinions = Object.values(state.opinions[check.id] ?? {});
      const agreeing = opinions.filter((o) => o.healthy).length;
      return agreeing > plan.facts.healthyShare * opinions.length;
    }
    case "metric": {
      const stream = state.streams[check.id];
      if (stream && stream.status !== "insufficient-data") return stream.status === "ok";
      if (check.insufficientData === "LastKnownStatus")
        return stream?.lastKnown ? stream.lastKnown === "ok" : plan.facts.startsHealthy;
      return check.insufficientData === "Healthy";
    }
    case "calculated":
      return check.children.filter((child) => healthy(plan, state, child)).length >= check.threshold;
  }
}

/** What the name answers, and why: the primary while it is well; the secondary while only it is; the primary again
 *  when both are ill. API, ResourceRecordSet.Failover: with the secondary unhealthy, the primary is answered
 *  whatever its health. `targets` by region, for records that evaluate their target's health. */
export function answer(
  plan: Plan,
  state: State,
  targets: Readonly<Record<string, Targets>>,
): { region: string; why: string } {
  const { primary, secondary } = plan;
  const primaryIll = illness(plan, state, primary, targets);
  if (!primaryIll) return { region: primary.region, why: `${primary.region} is healthy` };
  const secondaryIll = illness(plan, state, secondary, targets);
  if (!secondaryIll) return { region: secondary.region, why: `${primary.region}: ${primaryIll}` };
  const why = `both are unhealthy, so the primary answers (${primary.region}: ${primaryIll}; ${secondary.region}: ${secondaryIll})`;
  return { region: primary.region, why };
}

/** Why a record counts as unhealthy; null when it is healthy. Target and check must both be well. FAILOVER. */
function illness(
  plan: Plan,
  state: State,
  record: FailoverRecord,
  targets: Readonly<Record<string, Targets>>,
): string | null {
  if (record.evaluateTargetHealth) {
    const { registered, healthy: fit } = targets[record.region] ?? { registered: 0, healthy: 0 };
    const empty = registered === 0 && plan.facts.emptyTargetsHealthy;
    if (fit === 0 && !empty) return registered === 0 ? "no registered targets" : "no healthy targets";
  }
  if (record.checkId && !healthy(plan, state, record.checkId)) return `check ${record.checkId} is unhealthy`;
  return null;
}

/** The names of a region's checks: it answers, nobody drained it, and both together; and the drain's shadow. */
export const checkIds = (region: string) => ({
  endpoint: `endpoint-${region}`,
  drain: `drain-${region}`,
  shadow: `shadow-${region}`,
  serve: `serve-${region}`,
});

/** Holdfast's layout, the same in an account, on a laptop and in the simulator: the primary answers while its endpoint
 *  is well AND it is not drained; the standby while its endpoint is. Missing drain data keeps the last known status. */
export function failoverPlan(options: {
  primary: string;
  standby: string;
  checkers: readonly string[];
  intervalMs: number;
  failureThreshold: number;
  alarmPeriodMs: number;
  /** Whether there is a second drain check that guards nothing, for the lever's own test. */
  shadow?: boolean;
  facts?: Partial<Facts>;
}): Plan {
  const { primary, standby, checkers, intervalMs, failureThreshold } = options;
  const endpoint = (region: string): EndpointCheck => ({
    id: checkIds(region).endpoint,
    kind: "endpoint",
    checkers,
    intervalMs,
    failureThreshold,
  });
  const { endpoint: answers, drain, serve, shadow } = checkIds(primary);
  const drained = (id: string): MetricCheck => ({
    id,
    kind: "metric",
    periodMs: options.alarmPeriodMs,
    threshold: 1,
    insufficientData: "LastKnownStatus",
  });
  return {
    checks: [
      endpoint(primary),
      endpoint(standby),
      drained(drain),
      ...(options.shadow ? [drained(shadow)] : []),
      { id: serve, kind: "calculated", children: [answers, drain], threshold: 2 },
    ],
    primary: { region: primary, evaluateTargetHealth: true, checkId: serve },
    secondary: { region: standby, evaluateTargetHealth: true, checkId: checkIds(standby).endpoint },
    facts: { ...facts, ...options.facts },
  };
}

/** Refuses what Route 53 would: unknown ids, circles, numbers out of bounds. */
function refuse(plan: Plan): void {
  const ids = plan.checks.map((check) => check.id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice) throw new BadInput(`Cannot use the plan: expected each check once; got ${twice} twice`);
  for (const { checkId } of [plan.primary, plan.secondary]) if (checkId !== null) find(plan, checkId);
  for (const check of plan.checks) {
    const wrong = fault(check);
    if (wrong) throw new BadInput(`Cannot use check ${check.id}: ${wrong}`);
    if (check.kind === "calculated") walk(plan, check, []);
  }
}

function fault(check: Check): string | null {
  if (check.kind === "endpoint") {
    if (check.checkers.length === 0) return "expected at least one checker; got none";
    if (!(check.intervalMs > 0)) return `expected an interval above 0 ms; got ${check.intervalMs}`;
    const t = check.failureThreshold;
    if (!Number.isInteger(t) || t < 1 || t > 10) return `expected a failure threshold of 1 to 10; got ${t}`;
  }
  if (check.kind === "metric" && !(check.periodMs > 0))
    return `expected a period above 0 ms; got ${check.periodMs}`;
  if (check.kind === "calculated") {
    if (check.children.length > 255) return `expected at most 255 children; got ${check.children.length}`;
    const t = check.threshold;
    if (!Number.isInteger(t) || t < 0 || t > 256) return `expected a threshold of 0 to 256; got ${t}`;
  }
  return null;
}

function walk(plan: Plan, check: Check, path: readonly string[]): void {
  if (path.includes(check.id))
    throw new BadInput(`Cannot use check ${check.id}: it watches itself, by ${path.join(" -> ")}`);
  if (check.kind !== "calculated") return;
  for (const child of check.children) walk(plan, find(plan, child), [...path, check.id]);
}

function find(plan: Plan, id: string): Check {
  const check = plan.checks.find((c) => c.id === id);
  if (!check)
    throw new BadInput(`Cannot find check ${id}: the plan has ${plan.checks.map((c) => c.id).join(", ")}`);
  return check;
}

/** The remainder that is never negative. */
const mod = (n: number, by: number): number => ((n % by) + by) % by;
