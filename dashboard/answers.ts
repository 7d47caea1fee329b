/** dashboard · border. What the JSON API answers, as schemas: the types its makers are held to, and what the OpenAPI
 *  document says. Instants are ISO 8601 in UTC; null means not known, never zero. */
import * as z from "zod";
import { Rules } from "../analyzer/rules.ts";
import {
  Anomaly,
  Cascade,
  Decision,
  Health,
  HealthReason,
  Incident,
  Manner,
  Order,
  Phase,
  Readiness,
  RecoveryPart,
  Request,
  Role,
  RuleLine,
  Scope,
  ServiceHealth,
  Standing,
  Vote,
  Window,
} from "../store/records.ts";
import { AskKind } from "./ask.ts";

const iso = z.iso.datetime();
const number = z.number();
const amount = number.nonnegative();
const share = number.min(0).max(1);

export const ErrorAnswer = z.strictObject({
  error: z.string().meta({ description: "What was wrong: what was expected, and what came" }),
});

const VoteAnswer = Vote.extend({ at: iso.nullable() });
const OrderAnswer = z.union(Order.options.map((kind) => kind.extend({ at: iso })));
const RequestAnswer = Request.extend({ at: iso, starts: iso.optional(), ends: iso.optional() });
const WindowAnswer = Window.extend({ from: iso, until: iso });

export const DecisionAnswer = Decision.extend({
  at: iso,
  orders: z.array(OrderAnswer),
  evidenceAt: iso,
  votes: z.array(VoteAnswer),
  request: RequestAnswer.nullable(),
  leverHeldAt: iso.nullable(),
});
export const DecisionsAnswer = z.strictObject({ decisions: z.array(DecisionAnswer) });

const Stretch = z.strictObject({
  until: z.string(),
  parts: z.array(RecoveryPart.shape.part),
  estimate: z.array(amount.nullable()).meta({ description: "Of each part, in ms" }),
  estimatedMs: amount.nullable(),
  tookMs: amount.nullable(),
});
const DrillAnswer = z.strictObject({
  id: z.string().meta({ description: "Of the decision that pulled the lever" }),
  kind: z.enum(["away", "home"]),
  region: z.string(),
  manner: Manner.nullable(),
  by: z.string(),
  asked: z.boolean(),
  practised: z.boolean(),
  reason: z.string(),
  beganAt: iso,
  pulledAt: iso,
  leverHeldAt: iso.nullable(),
  servedAt: iso.nullable(),
  outcome: z.enum(["served", "under-way", "given-up"]),
  steps: z.array(
    z.strictObject({
      at: iso,
      afterMs: number,
      phase: Phase,
      says: z.string(),
      orders: z.array(z.string()),
    }),
  ),
  stretches: z.array(Stretch),
  lagMs: z.record(z.string(), amount.nullable()),
  overruled: z.array(z.string()),
  markdown: z.string(),
});
export const DrillsAnswer = z.strictObject({ drills: z.array(DrillAnswer) });

const line = z.record(z.string(), z.array(number.nullable()));
export const HistoryAnswer = z.strictObject({
  at: z.array(iso).meta({ description: "Beginning of each stretch, ascending; of each the worst is kept" }),
  scores: line,
  p95Ms: line,
  failed: line,
  odd: z.array(z.strictObject({ score: share, node: z.string(), says: z.string() }).nullable()),
});

export const AskedAnswer = z.strictObject({ id: z.string() });

const FaultAnswer = z.strictObject({
  fault: z.string(),
  region: z.string(),
  service: z.string().optional(),
  since: iso,
});
export const FaultsAnswer = z.strictObject({
  menu: z.array(z.strictObject({ name: z.string(), says: z.string(), takesService: z.boolean() })),
  regions: z.array(z.string()),
  services: z.array(z.string()),
  nameServer: z.string(),
  faults: z.array(FaultAnswer),
});

const Crowd = z.strictObject({
  requestsPerSecond: amount,
  failedPerSecond: amount,
  failedShare: share.nullable(),
  p95Ms: amount.nullable(),
});

const RegionAnswer = z.strictObject({
  region: z.string(),
  role: Role,
  score: share.nullable(),
  coverage: share.nullable(),
  reasons: z.array(HealthReason),
  votes: z.array(VoteAnswer),
  capacity: Health.shape.capacity,
  lagMs: amount.nullable(),
  certificateDays: number.nullable(),
  p95Ms: amount.nullable(),
  users: Crowd.omit({ failedPerSecond: true }).extend({ share: share.nullable() }).nullable(),
});

const takes = { totalMs: amount.nullable(), parts: z.array(RecoveryPart) };
const fall = Cascade.shape;
const CascadeAnswer = z.strictObject({
  root: fall.root,
  confidence: fall.confidence,
  evidence: fall.evidence,
  risk: fall.risk,
  candidates: fall.candidates,
  suppressed: fall.suppressed,
  aftermath: fall.aftermath.unwrap().unwrap().extend({ beganAt: iso, endedAt: iso, until: iso }).nullable(),
  fallen: z.array(fall.fallen.element.extend({ since: iso })),
  next: z.array(fall.next.element.extend({ from: iso, until: iso })),
});

const stands = Standing.shape;
const StandingAnswer = z.strictObject({
  version: stands.version,
  prepared: stands.prepared,
  strikes: stands.strikes,
  steady: stands.steady,
  wellSince: iso.nullable(),
  blockers: stands.blockers,
  moves: z.array(iso),
  movedBy: stands.movedBy,
  held: stands.held,
  request: RequestAnswer.nullable(),
  windows: z.array(WindowAnswer),
  manner: stands.manner,
  leverHeldAt: iso.nullable(),
});

const IncidentAnswer = Incident.extend({
  openedAt: iso,
  changedAt: iso,
  wellSince: iso.nullable(),
  resolvedAt: iso.nullable(),
  told: z.array(z.string()).meta({ description: "Channels that have taken its newest edition" }),
  untold: z.array(z.string()),
});

export const StateAnswer = z.strictObject({
  at: iso.nullable().meta({ description: "Of the newest assessment" }),
  servedAt: iso,
  stale: z.boolean(),
  title: z.string(),
  verdict: z.strictObject({
    state: z.enum(["calm", "doubt", "outage", "moving", "away", "held", "empty", "stale"]),
    users: z.enum(["fine", "some", "hurt", "unknown"]),
    says: z.string(),
    evidence: z.array(z.string()),
  }),
  phase: Phase,
  phaseMeans: z.string(),
  since: iso.nullable(),
  mode: Rules.shape.mode,
  activeRegion: z.string().nullable().meta({ description: "Where users go, as measured" }),
  regions: z.array(RegionAnswer),
  services: z.array(ServiceHealth.extend({ since: iso })),
  anomalies: z.array(Anomaly.extend({ at: iso })),
  cascade: CascadeAnswer,
  scope: Scope.nullable().meta({
    description: "How far the trouble reaches: whether leaving a region helps",
  }),
  routes: z.array(
    z.strictObject({ vantage: z.string(), region: z.string().nullable(), served: z.boolean() }),
  ),
  blind: z.array(z.strictObject({ vantage: z.string(), why: z.string() })),
  lever: z.strictObject({
    drained: z.record(z.string(), z.boolean()),
    unconfirmed: z.array(OrderAnswer),
  }),
  why: z.string().nullable(),
  explains: z.array(z.string()).meta({ description: "Why things are as they are, in sentences" }),
  recovery: z
    .strictObject({
      ...takes,
      asked: z
        .strictObject(takes)
        .meta({ description: "The same for a move that a person asks for, until it is proved" }),
    })
    .meta({ description: "About how long a move would take now from the first failure, at most" }),
  readiness: Readiness.nullable(),
  for: z.array(RuleLine),
  against: z.array(RuleLine),
  standing: StandingAnswer.nullable(),
  may: z
    .record(AskKind, z.string().nullable())
    .meta({ description: "What a person may ask for now: null, or why not" }),
  requests: z.array(RequestAnswer),
  decisions: z.array(DecisionAnswer),
  users: Crowd.extend({
    heardAt: iso,
    byRegion: z.record(z.string(), Crowd.extend({ share: share.nullable() })),
  }).nullable(),
  incidents: z.array(IncidentAnswer),
  failing: z
    .array(z.strictObject({ channel: z.string(), since: iso, why: z.string() }))
    .meta({ description: "Channels that take no messages" }),
  faults: z.array(FaultAnswer),
  nameServer: z.string().nullable(),
  rules: z.looseObject({ mode: Rules.shape.mode, healthThreshold: share }).meta({
    description: "Every threshold in force, by its name in the documentation of the rules",
  }),
});
export type StateJson = z.infer<typeof StateAnswer>;
