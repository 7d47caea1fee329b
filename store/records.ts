/** store · nouns. What every room talks about, each checked once, at the border where it is read.
 *  Instants (`at`, `since`) are epoch milliseconds; durations say their unit in their name. */
import { z } from "zod";
import { nearest } from "./nearest.ts";

const instant = z.number().int().nonnegative();
const durationMs = z.number().nonnegative();
const share = z.number().min(0).max(1);

/** An AWS region's name, such as `us-east-1`. */
export const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, "expected a region such as us-east-1");
export type Region = z.infer<typeof Region>;

/** Primary takes traffic by default, standby takes over, witness only watches and votes. */
export const Role = z.enum(["primary", "standby", "witness"]);
export type Role = z.infer<typeof Role>;

/** A node of the dependency graph: `service@region`, such as `dynamodb@us-east-1`. */
export type Node = `${string}@${string}`;
export const nodeOf = (service: string, region: string): Node => `${service}@${region}`;

// ---- asking ----------------------------------------------------------------------------------------------

/** Why we ask: an AWS service the workload stands on; the workload's own endpoint in one region; the public
 *  name as users take it; how many tasks run; how far a region's copy of the data is behind; or a control that shares
 *  nothing with AWS, which tells a blind vantage point from a dead region. */
export const Purpose = z.enum(["service", "workload", "route", "capacity", "data", "control"]);
export type Purpose = z.infer<typeof Purpose>;

const asked = {
  id: z.string().min(1),
  service: z.string().min(1),
  region: z.string().min(1), // of what is asked about; "global" where it has none
  purpose: Purpose,
  /** Nodes that fail when this one's target does not answer; empty for a leaf. */
  dependsOn: z.array(z.string()).optional(),
  /** `host:port` of the name server to ask; the vantage point's own when left out. */
  resolver: z.string().optional(),
};

export const DnsTarget = z.strictObject({
  ...asked,
  kind: z.literal("dns"),
  name: z.string().min(1),
  type: z.enum(["A", "AAAA"]),
});
/** A singular query of RFC 9535 (section 2.3.5.1): names and indices, so that it finds one value or nothing. */
const jsonPath = z
  .string()
  .regex(
    /^\$(\.[A-Za-z_\u{80}-\u{10ffff}][\w\u{80}-\u{10ffff}]*|\[(0|-?[1-9]\d{0,8})\]|\['[^'\\]*'\]|\["[^"\\]*"\])*$/u,
    "expected a JSON path such as $.status or $.items[0]['a name']",
  );
/** Whether each of the name's addresses is asked, and one that fails is enough to be down; only the first when left
 *  out. */
const everyAddress = z.boolean().optional();

export const HttpTarget = z.strictObject({
  ...asked,
  kind: z.literal("http"),
  url: z.url({ protocol: /^https?$/ }),
  /** Statuses that count as up; 200–399 when left out. */
  expectStatus: z.array(z.number().int()).optional(),
  /** By header name, whatever its case: a text that its value contains; "" when it need only be there. */
  expectHeader: z
    .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "expected a header's name"), z.string())
    .optional(),
  /** A text that the body contains. */
  expectBody: z.string().min(1).optional(),
  /** By JSON path: the value that the body, read as JSON, has there. */
  expectJson: z.record(jsonPath, z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** Redirects to follow, so that what is judged is where they end; none are followed when left out. */
  redirectsMax: z.number().int().min(0).max(20).optional(),
  everyAddress,
});
export const TcpTarget = z.strictObject({
  ...asked,
  kind: z.enum(["tcp", "tls"]),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  everyAddress,
});
/** How many tasks a service runs, read from the region's own API: `{ running, desired }` in the facts, and `limit` where a
 *  quota is known; with purpose `data`, how far the region's copy is behind: `{ lagMs }`. Or, where the URL
 *  is `aws://SERVICE/REGION` with ec2, rds, elb or ecs, how an account's resources there are; and of one ECS service,
 *  `aws://ecs/REGION/CLUSTER/SERVICE`, how many tasks it runs and wants. */
export const AwsTarget = z.strictObject({
  ...asked,
  kind: z.literal("aws"),
  url: z
    .url()
    .regex(
      /^(?!aws:)|^aws:\/\/(ec2|rds|elb|ecs)\/[a-z]{2}(-[a-z]+)+-\d+$|^aws:\/\/ecs\/[a-z]{2}(-[a-z]+)+-\d+\/[\w-]+\/[\w-]+$/,
      "expected aws://SERVICE/REGION, with ec2, rds, elb or ecs, such as aws://rds/us-east-1, or aws://ecs/REGION/CLUSTER/SERVICE",
    ),
});

/** Something we ask about. */
export const Target = z.discriminatedUnion("kind", [DnsTarget, HttpTarget, TcpTarget, AwsTarget]);
export type Target = z.infer<typeof Target>;
export type DnsTarget = z.infer<typeof DnsTarget>;
export type HttpTarget = z.infer<typeof HttpTarget>;
export type TcpTarget = z.infer<typeof TcpTarget>;
export type AwsTarget = z.infer<typeof AwsTarget>;

// ---- hearing ---------------------------------------------------------------------------------------------

/** What was seen besides the verdict: rcode, flags, addresses, TTL, phase timings in ms. */
export const Facts = z.record(
  z.string(),
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(z.string()),
    z.record(z.string(), z.number()),
  ]),
);
export type Facts = z.infer<typeof Facts>;

const reason = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected a reason in kebab case such as nodata");

const heard = {
  at: instant,
  vantage: z.string().min(1),
  target: z.string().min(1),
  kind: z.enum(["dns", "http", "tcp", "tls", "aws"]),
  purpose: Purpose,
  service: z.string().min(1),
  region: z.string().min(1),
  /** Time to the answer that gave the verdict; null when no answer came. */
  latencyMs: durationMs.nullable(),
  facts: Facts,
};

/** One answer from one vantage point at one instant. "Could not ask" (`unknown`) is never "is down". */
export const Observation = z.discriminatedUnion("verdict", [
  z.strictObject({ ...heard, verdict: z.literal("up"), reason: z.null() }),
  z.strictObject({ ...heard, verdict: z.literal("down"), reason }),
  z.strictObject({ ...heard, verdict: z.literal("unknown"), reason }),
]);
export type Observation = z.infer<typeof Observation>;
export type Verdict = Observation["verdict"];

/** A place we ask from. */
export const Vantage = z.strictObject({ id: z.string().min(1), region: Region });
export type Vantage = z.infer<typeof Vantage>;

/** All that one vantage point heard in one go. `blind`: its control targets failed too, so nothing that it
 *  says of others counts. */
export const Round = z.strictObject({
  vantage: z.string().min(1),
  vantageRegion: Region,
  at: instant,
  tookMs: durationMs,
  blind: z.boolean(),
  observations: z.array(Observation),
});
export type Round = z.infer<typeof Round>;

/** What real users got in one region in one interval: the load balancer's own counts, or the local crowd's. */
export const Voice = z.strictObject({
  at: instant,
  spanMs: durationMs,
  region: z.string().min(1), // "nowhere": the name gave no address
  requests: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  p95Ms: durationMs.nullable(),
});
export type Voice = z.infer<typeof Voice>;

// ---- judging ---------------------------------------------------------------------------------------------

/** One line of a region's score: what it costs, and which node it is about when it is about one. */
export const HealthReason = z.strictObject({
  says: z.string(),
  costs: share,
  node: z.string().nullable(),
});
export type HealthReason = z.infer<typeof HealthReason>;

/** What one vantage point outside the region says about the workload's users there. */
export const Vote = z.strictObject({
  vantage: z.string(),
  says: z.enum(["hurt", "fine", "unknown"]),
  why: z.string(),
  /** Start of the newest round behind it; null when none was heard. */
  at: instant.nullable().default(null),
});
export type Vote = z.infer<typeof Vote>;

/** A region's health. `score` is null when too little was seen to give one: unknown is not fine, nor down. */
export const Health = z.strictObject({
  region: Region,
  role: Role,
  score: share.nullable(),
  /** Share of the questions about this region that got a verdict from a vantage point outside it. */
  coverage: share,
  reasons: z.array(HealthReason),
  votes: z.array(Vote),
  /** 95th percentile of the workload's answers, over all outside vantage points. */
  p95Ms: durationMs.nullable(),
  /** Tasks, and how many there may be where a quota is known; null when not heard. */
  capacity: z
    .strictObject({
      running: z.number().int().nonnegative(),
      desired: z.number().int().nonnegative(),
      limit: z.number().int().nonnegative().optional(),
    })
    .nullable(),
  /** How far this region's copy of the data is behind, the worst of what is asked; null when not known. */
  lagMs: durationMs.nullable().default(null),
  /** Days that the certificate shown to users is still good for, the fewest seen; null when none was seen. */
  certificateDays: z.number().int().nullable().default(null),
});
export type Health = z.infer<typeof Health>;

/** A cell of the service × region matrix. */
export const ServiceHealth = z.strictObject({
  service: z.string(),
  region: z.string(),
  verdict: z.enum(["up", "down", "unknown"]),
  /** Why it is not up; null when it is. */
  reason: z.string().nullable(),
  latencyMs: durationMs.nullable(),
  /** Vantage points that hold this verdict, of those that gave any. */
  agree: z.number().int().nonnegative(),
  of: z.number().int().nonnegative(),
  /** Since when it has had this verdict. */
  since: instant,
});
export type ServiceHealth = z.infer<typeof ServiceHealth>;

/** One series that behaves oddly, and which of its numbers made it so. */
export const Anomaly = z.strictObject({
  series: z.string(), // target id and vantage
  node: z.string(),
  vantage: z.string(),
  at: instant,
  score: share,
  features: z.array(
    z.strictObject({
      name: z.string(),
      direction: z.enum(["high", "low", "missing"]),
      share,
      says: z.string(),
    }),
  ),
});
export type Anomaly = z.infer<typeof Anomaly>;

/** Which failure explains the others, and what falls next. What has a default is newer than kept reports may be. */
export const Cascade = z.strictObject({
  root: z.string().nullable(),
  /** How much of what failed the root explains, 0..1; null without a root. */
  confidence: share.nullable(),
  evidence: z.array(z.string()),
  /** The likeliest roots, best first, with what speaks for and against each. */
  candidates: z
    .array(
      z.strictObject({
        node: z.string(),
        score: share,
        for: z.array(z.string()),
        against: z.array(z.string()),
      }),
    )
    .default([]),
  /** By region: how much of what the workload stands on there has fallen or is about to, 0..1. */
  risk: z.record(z.string(), share),
  /** By node, for those that are not safe: 1 has fallen, less is expected to. */
  risks: z.record(z.string(), share).default({}),
  /** Nodes whose trouble follows from another's, so that it is no news of its own. They are measured as ever. */
  suppressed: z.array(z.strictObject({ node: z.string(), because: z.string() })).default([]),
  /** A root that is well again while what it took is not, or may yet fall; null when there is none. */
  aftermath: z
    .strictObject({
      root: z.string(),
      beganAt: instant,
      endedAt: instant,
      /** Until when a second wave has been seen to come. */
      until: instant,
      /** What has to be seen well before it is over. */
      waitingFor: z.array(z.string()),
      says: z.string(),
    })
    .nullable()
    .default(null),
  fallen: z.array(
    z.strictObject({
      node: z.string(),
      since: instant,
      because: z.string().nullable(), // the node it fell from; null for the root
      says: z.string(),
    }),
  ),
  next: z.array(
    z.strictObject({
      node: z.string(),
      because: z.string(),
      says: z.string(),
      /** Earliest and latest expected instant, from the edge's stages. */
      from: instant,
      until: instant,
      /** What has to happen first, such as a buffer filling; null when it falls at once. */
      when: z.string().nullable().default(null),
      grade: z.enum(["observed", "documented", "plausible"]),
      source: z.string(),
    }),
  ),
});
export type Cascade = z.infer<typeof Cascade>;

/** How far the trouble reaches, which is what decides whether leaving a region helps: a zone's trouble is left by
 *  shifting zones, and a global control plane's breaks tools everywhere, and users nowhere. `unknown`: something
 *  fails and it can't be told how far. `region` is null when it is not about one. */
export const Scope = z.strictObject({
  kind: z.enum(["none", "zonal", "regional", "global-control-plane", "unknown"]),
  region: z.string().nullable(),
  evidence: z.array(z.string()),
});
export type Scope = z.infer<typeof Scope>;

/** All of it, at one instant. */
export const Assessment = z.strictObject({
  at: instant,
  /** Newest round counted; a tick without a newer one adds no strike. */
  evidenceAt: instant,
  regions: z.array(Health),
  services: z.array(ServiceHealth),
  anomalies: z.array(Anomaly),
  cascade: Cascade,
  /** Newer than kept reports may be. */
  scope: Scope.default({ kind: "unknown", region: null, evidence: [] }),
  /** Where the workload's public name leads, by vantage point; null when it gave no answer. */
  routes: z.array(
    z.strictObject({ vantage: z.string(), region: z.string().nullable(), served: z.boolean() }),
  ),
  /** Vantage points that saw nothing, and why. */
  blind: z.array(z.strictObject({ vantage: z.string(), why: z.string() })),
  /** What users themselves got lately, by the region that served them; empty when they were not heard. */
  users: z.array(Voice),
});
export type Assessment = z.infer<typeof Assessment>;

// ---- deciding --------------------------------------------------------------------------------------------

export const Phase = z.enum([
  "home",
  "doubting",
  "preparing",
  "shifting",
  "verifying",
  "away",
  "returning",
  "held",
]);
export type Phase = z.infer<typeof Phase>;

/** Graceful: both regions are well, there is time, nothing is lost. Ungraceful: users are hurt where they are, and
 *  what the standby's copy has not got is left behind. */
export const Manner = z.enum(["graceful", "ungraceful"]);
export type Manner = z.infer<typeof Manner>;

/** The rules that a person may set aside by name, which is kept in the record. */
export const Overrule = z.enum(["recovery-point", "maintenance"]);
export type Overrule = z.infer<typeof Overrule>;

/** What a person asks of the failover. */
export const Request = z.strictObject({
  id: z.string().min(1),
  at: instant,
  by: z.string().min(1).max(200),
  kind: z.enum(["failover", "failback", "hold", "release", "approve", "maintain", "end-maintenance"]),
  from: Region.optional(),
  to: Region.optional(),
  reason: z.string().min(1).max(500),
  /** Of a failover: as the regions are at the time when left out. */
  manner: Manner.optional(),
  overrule: z.array(Overrule).optional(),
  /** Of `maintain`: when nothing may be moved, and which region is worked on; all of them when left out. */
  starts: instant.optional(),
  ends: instant.optional(),
  region: Region.optional(),
  /** Of `end-maintenance`: the window to end; every open one when left out. */
  window: z.string().optional(),
});
export type Request = z.infer<typeof Request>;

/** A time in which nothing is moved, as people work on it; everything is still measured. */
export const Window = z.strictObject({
  id: z.string().min(1),
  from: instant,
  until: instant,
  /** The region worked on; null for all of them. */
  region: Region.nullable(),
  by: z.string(),
  reason: z.string(),
});
export type Window = z.infer<typeof Window>;

/** One part of the time until users are served elsewhere; `ms` is null where it is not known. */
export const RecoveryPart = z.strictObject({
  part: z.enum(["detect", "decide", "prepare", "lever", "check", "cache"]),
  says: z.string(),
  ms: durationMs.nullable(),
});
export type RecoveryPart = z.infer<typeof RecoveryPart>;

/** Where the failover stands. `version` grows by one with every change; it is what two analyzers race for. */
export const Standing = z.strictObject({
  version: z.number().int().nonnegative(),
  phase: Phase,
  since: instant,
  /** Region whose traffic is turned away by the lever; null when nobody's is. Never more than one. */
  drained: Region.nullable(),
  /** Whether the standby has been asked for full capacity. */
  prepared: z.boolean(),
  /** Consecutive fresh rounds in which users in the primary region were hurt. */
  strikes: z.number().int().nonnegative(),
  /** Consecutive fresh rounds in which what this phase waits for held: calm, arrival, or a fit region. */
  steady: z.number().int().nonnegative(),
  evidenceAt: instant,
  /** Since when the region that was left has been well without a break; null while it is not. */
  wellSince: instant.nullable(),
  /** Rules that kept a move from happening when it was last recorded, so that each change is recorded once. */
  blockers: z.array(z.string()),
  /** Instants of the moves that still count against the flip budget, oldest first. */
  moves: z.array(instant),
  /** Who moved the traffic last. */
  movedBy: z.enum(["holdfast", "route53", "operator"]).nullable(),
  /** The request being carried out, such as a failback waiting for its region to be fit. */
  request: Request.nullable(),
  /** The phase to go on from, and who holds; null unless `phase` is `held`. */
  held: z.strictObject({ phase: Phase, by: z.string(), reason: z.string() }).nullable(),
  /** Maintenance windows that are open or to come, in order of their beginnings. */
  windows: z.array(Window).default([]),
  /** How the last move was made, or is being made; null before the first. */
  manner: Manner.nullable().default(null),
  /** When the lever was seen to hold after the last move; null while it has not been. */
  leverHeldAt: instant.nullable().default(null),
});
export type Standing = z.infer<typeof Standing>;

/** What should be true. Repeating one is harmless. */
export const Order = z.discriminatedUnion("kind", [
  z.strictObject({
    id: z.string(),
    at: instant,
    kind: z.literal("capacity"),
    region: Region,
    want: z.enum(["normal", "full"]),
  }),
  z.strictObject({
    id: z.string(),
    at: instant,
    kind: z.literal("drain"),
    region: Region,
    drained: z.boolean(),
    manner: Manner.default("ungraceful"),
  }),
]);
export type Order = z.infer<typeof Order>;

/** One rule as it stood when it was asked. `met` is null when it could not be told. */
export const RuleLine = z.strictObject({
  id: z.string(),
  says: z.string(),
  met: z.boolean().nullable(),
  value: z.string(),
});
export type RuleLine = z.infer<typeof RuleLine>;

/** The record of why: what was known, which rules spoke for and against, what was ordered. Written for every
 *  change of phase, and for every change in what keeps Holdfast from moving while users are hurt. */
export const Decision = z.strictObject({
  id: z.string(),
  at: instant,
  from: Phase,
  to: Phase,
  by: z.string(), // "rules", "route53", or a person
  why: z.string(),
  for: z.array(RuleLine),
  /** Rules that forbid a move when met. */
  against: z.array(RuleLine),
  orders: z.array(Order),
  scores: z.record(z.string(), share.nullable()),
  root: z.string().nullable(),
  /** Newest round counted. */
  evidenceAt: instant.default(0),
  /** What each vantage point outside the primary said of its users, and from which round. */
  votes: z.array(Vote).default([]),
  /** How far each region's copy of the data was behind; a region whose copy nobody asks about is left out. */
  lagMs: z.record(z.string(), durationMs.nullable()).default({}),
  /** Rules that kept users where they are, and rules that a person set aside. */
  vetoes: z.array(z.string()).default([]),
  overruled: z.array(z.string()).default([]),
  /** How users are moved; null while nobody is. */
  manner: Manner.nullable().default(null),
  /** The person's request that is carried out or answered; null when there is none. */
  request: Request.nullable().default(null),
  /** When the lever of the last move was seen to hold; null while it has not been. */
  leverHeldAt: instant.nullable().default(null),
  scope: Scope.default({ kind: "unknown", region: null, evidence: [] }),
  /** What a move was expected to take, by the configuration of the moment. */
  estimate: z.array(RecoveryPart).default([]),
});
export type Decision = z.infer<typeof Decision>;

/** How the lever's own test stands: a shadow of it is told something and must follow. */
export const SelfTest = z.strictObject({
  /** When `held` was last found out; null before the first test ended. */
  at: instant.nullable(),
  held: z.boolean().nullable(),
  says: z.string(),
  /** What the shadow was told last, and when; null before the first test. A test is under way while this is newer than
   *  `at`. */
  told: z.strictObject({ drained: z.boolean(), at: instant }).nullable(),
});
export type SelfTest = z.infer<typeof SelfTest>;

/** Whether the standby could take over now. A line that cannot be told is not ready. */
export const Readiness = z.strictObject({ ready: z.boolean(), lines: z.array(RuleLine) });
export type Readiness = z.infer<typeof Readiness>;

/** What a tick leaves for those who watch: what it saw, and how the rules stand right now. */
export const Report = z.strictObject({
  assessment: Assessment,
  for: z.array(RuleLine),
  against: z.array(RuleLine),
  /** One sentence: what keeps things as they are, or what is being done. */
  why: z.string(),
  /** The lever's own test, as the tick before left it; null where the lever has none. */
  tested: SelfTest.nullable().default(null),
  readiness: Readiness.default({ ready: false, lines: [] }),
  /** What a move is expected to take now. */
  recovery: z.array(RecoveryPart).default([]),
});
export type Report = z.infer<typeof Report>;

// ---- telling people --------------------------------------------------------------------------------------

/** One thing that people should know, from when it was first seen until it is known to be over. */
export const Incident = z.strictObject({
  /** What it is about and when it was opened: the same whoever says it and however often. */
  id: z.string().min(1),
  /** `trouble`: something fails or users are hurt; `move`: users are, or are being, moved. The others are about Holdfast
   *  itself: a vantage point that sees nothing, an analyzer that fell silent, an act that does not succeed, a channel that
   *  takes no messages. */
  kind: z.enum(["trouble", "move", "vantage", "silence", "hands", "channel"]),
  about: z.string().min(1), // a node, a region, a vantage point, an act, a channel
  region: Region.nullable(),
  severity: z.enum(["info", "warning", "critical"]),
  title: z.string(),
  lines: z.array(z.string()),
  /** Nodes that it accounts for: none of them opens an incident of its own. */
  nodes: z.array(z.string()),
  /** Grows by one with every change worth telling. */
  edition: z.number().int().min(1),
  openedAt: instant,
  changedAt: instant,
  /** Since when it looks over; null while it does not. */
  wellSince: instant.nullable(),
  resolvedAt: instant.nullable(),
});
export type Incident = z.infer<typeof Incident>;

/** The notice board of one analyzer: what people should know, and what each channel has been told of it. */
export const Board = z.strictObject({
  at: instant,
  incidents: z.array(Incident),
  /** By channel: the newest edition that it took, of each incident by its id. */
  told: z.record(z.string(), z.record(z.string(), z.number().int().min(1))),
  /** Channels that take no messages: since when, and why. */
  failing: z.record(z.string(), z.strictObject({ since: instant, why: z.string() })),
  /** When each other region's analyzer was last heard, or first listened for. */
  heard: z.record(z.string(), instant),
  /** What is wrong now, an incident or not yet one, and since when without a break. */
  since: z.record(z.string(), instant).default({}),
});
export type Board = z.infer<typeof Board>;

// ---- the house -------------------------------------------------------------------------------------------

/** What the lever takes to reach users, by the configuration that is live. */
export const LeverPace = z.strictObject({
  kind: z.enum(["metric", "endpoint", "arc"]),
  /** From the write until the lever's check has taken it in: the alarm's period, or the interval between two asks. */
  leverMs: durationMs,
  /** Until Route 53 answers otherwise once the check has. */
  checkMs: durationMs,
  /** How long the workload's name may be cached. */
  ttlMs: durationMs,
  /** Until all tasks of the standby run; null where nobody knows. */
  capacityMs: durationMs.nullable(),
});
export type LeverPace = z.infer<typeof LeverPace>;

/** What is watched, from where, and which region does what. */
export const Topology = z
  .strictObject({
    workload: z.strictObject({ name: z.string().min(1), url: z.url() }),
    regions: z
      .array(
        z.strictObject({
          region: Region,
          role: Role,
          /** Tasks that run normally, and tasks that carry all users. */
          capacity: z
            .strictObject({ normal: z.number().int().min(1), full: z.number().int().min(1) })
            .nullable(),
        }),
      )
      .min(2),
    vantages: z.array(Vantage).min(1),
    targets: z.array(Target).min(1),
    /** Left out where it is not known; then the time to recover is not known either. */
    lever: LeverPace.optional(),
  })
  .refine(
    (t) => t.regions.filter((r) => r.role === "primary").length === 1,
    "expected exactly one primary region",
  )
  .refine(
    (t) => t.regions.filter((r) => r.role === "standby").length === 1,
    "expected exactly one standby region",
  );
export type Topology = z.infer<typeof Topology>;

/** The region that plays a role; a topology has exactly one primary and one standby. */
export function regionOf(topology: Topology, role: "primary" | "standby"): Region {
  const found = topology.regions.find((r) => r.role === role);
  if (!found) throw new Error(`Cannot find the ${role} region: the topology lists none`);
  return found.region;
}

/** A message for people: where it is wrong, what was expected, what came. */
export function parse<T>(what: string, schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const where = issue.path.length ? `${issue.path.join(".")}: ` : "";
    if (issue.code === "unrecognized_keys")
      return `${where}${issue.keys.map((k) => unknownKey(k, schema)).join("; ")}`;
    const came = "input" in issue && issue.input !== undefined ? `; got ${JSON.stringify(issue.input)}` : "";
    return `${where}${issue.message}${came.length > 120 ? `${came.slice(0, 117)}...` : came}`;
  });
  throw new BadInput(`Cannot read ${what}: ${faults.join("; ")}`);
}

function unknownKey(key: string, schema: z.ZodType): string {
  const expected = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  if (expected.length === 0 || expected.includes(key)) return `unknown key ${key}`;
  const meant = nearest(key, expected);
  return `unknown key ${key}${meant ? `, did you mean ${meant}?` : ""} (expected ${expected.join(", ")})`;
}

/** The input is wrong, not the program: exit code 2, or status 400. */
export class BadInput extends Error {
  override name = "BadInput";
}
