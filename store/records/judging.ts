/** store · nouns. What it means: the health of regions, the root of the trouble, how far it reaches. */
import * as z from "zod";
import { Voice } from "./hearing.ts";
import { nodeOf, Region, Role } from "./places.ts";
import { durationMs, instant, share } from "./units.ts";

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

/** Whether nobody asks the root that is named, or nobody could: it is inferred from what fails. */
export function rootIsInferred({ cascade, services }: Pick<Assessment, "cascade" | "services">): boolean {
  const own = services.find((s) => nodeOf(s.service, s.region) === cascade.root);
  return cascade.root !== null && (own === undefined || own.verdict === "unknown");
}

/** Whether the root that is named is well again, and named for what it took down and is down yet. */
export function rootIsOver({ cascade, services }: Pick<Assessment, "cascade" | "services">): boolean {
  const own = services.find((s) => nodeOf(s.service, s.region) === cascade.root);
  return own?.verdict === "up";
}
