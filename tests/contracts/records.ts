/** Made-up records for the stores' contract: whole nouns of small numbers, so that instants and names often meet. */
import fc from "fast-check";
import { nothingFalls } from "../../analyzer/cascade.ts";
import type {
  Board,
  Decision,
  Observation,
  Order,
  Report,
  Request,
  Round,
  Standing,
  Voice,
} from "../../store/records.ts";
import type { Change } from "../../store/store.ts";

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const ms = fc.double({ min: 0, max: 5_000, noNaN: true }).map((n) => n + 0); // JSON knows no -0
const count = fc.nat({ max: 1_000 });

export const instant = fc.nat({ max: 12 });
export const name = fc.constantFrom("a", "b", "c");
const region = fc.constantFrom("us-east-1", "us-west-2", "eu-central-1");

const facts = fc.dictionary(
  words,
  fc.oneof(
    words,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(words, { maxLength: 3 }),
    fc.dictionary(words, ms, { noNullPrototype: true, maxKeys: 3 }),
  ),
  { noNullPrototype: true, maxKeys: 4 },
);

const observation: fc.Arbitrary<Observation> = fc
  .record({
    at: instant,
    vantage: name,
    target: words,
    kind: fc.constantFrom("dns", "http", "tcp", "tls", "aws"),
    purpose: fc.constantFrom("service", "workload", "route", "capacity", "control"),
    service: words,
    region,
    latencyMs: fc.option(ms),
    facts,
    verdict: fc.constantFrom("up", "down", "unknown"),
  })
  .map(({ verdict, ...heard }) =>
    verdict === "up" ? { ...heard, verdict, reason: null } : { ...heard, verdict, reason: "no-route" },
  );

export const round: fc.Arbitrary<Round> = fc.record({
  vantage: name,
  vantageRegion: region,
  at: instant,
  tookMs: ms,
  blind: fc.boolean(),
  observations: fc.array(observation, { maxLength: 4 }),
});

export const voice: fc.Arbitrary<Voice> = fc.record({
  at: instant,
  spanMs: ms,
  region: fc.oneof(region, fc.constant("nowhere")),
  requests: count,
  failed: count,
  p95Ms: fc.option(ms),
});

export const request: fc.Arbitrary<Request> = fc.record(
  {
    id: name,
    at: instant,
    by: words,
    kind: fc.constantFrom(
      "failover",
      "failback",
      "hold",
      "release",
      "approve",
      "maintain",
      "end-maintenance",
    ),
    from: region,
    to: region,
    reason: words,
    manner: fc.constantFrom("graceful", "ungraceful"),
    overrule: fc.uniqueArray(fc.constantFrom("recovery-point", "maintenance")),
    starts: instant,
    ends: instant,
    region,
    window: name,
  },
  { requiredKeys: ["id", "at", "by", "kind", "reason"] },
);

export const order: fc.Arbitrary<Order> = fc.oneof(
  fc.record({
    id: name,
    at: instant,
    kind: fc.constant("capacity"),
    region,
    want: fc.constantFrom("normal", "full"),
  }),
  fc.record({
    id: name,
    at: instant,
    kind: fc.constant("drain"),
    region,
    drained: fc.boolean(),
    manner: fc.constantFrom("graceful", "ungraceful"),
  }),
);

/** A step from one version to the next; what it says matters to nobody here. */
export function step(from: number, parts: Partial<Change> = {}): Change {
  const standing: Standing = {
    version: from + 1,
    phase: "home",
    since: from,
    drained: null,
    prepared: false,
    strikes: 0,
    steady: from,
    evidenceAt: from,
    wellSince: null,
    blockers: [],
    moves: [],
    movedBy: null,
    request: null,
    held: null,
    windows: [
      { id: "w", from: 1, until: 5, region: null, by: "ada", reason: "a new database" },
      { id: "x", from: 2, until: 3, region: "us-west-2", by: "ada", reason: "new racks" },
    ],
    manner: "graceful",
    leverHeldAt: from,
  };
  return { from, standing, orders: [], decision: null, handled: [], ...parts };
}

export function decision(id: string): Decision {
  return {
    id,
    at: 1,
    from: "home",
    to: "doubting",
    by: "rules",
    why: "users in us-east-1 are hurt",
    for: [{ id: "hurt", says: "users are hurt", met: true, value: "3 of 3" }],
    against: [{ id: "cooldown", says: "a move was made lately", met: null, value: "unknown" }],
    orders: [],
    scores: { "us-east-1": 0.25, "us-west-2": null },
    root: "dynamodb@us-east-1",
    evidenceAt: 1,
    votes: [{ vantage: "eu-west-1", says: "hurt", why: "timeout", at: 1 }],
    lagMs: { "us-west-2": 120, "us-east-1": null },
    vetoes: ["cooldown"],
    overruled: ["recovery-point"],
    manner: "ungraceful",
    request: {
      id: "q",
      at: 1,
      by: "ada",
      kind: "failover",
      reason: "drill",
      manner: "ungraceful",
      overrule: ["recovery-point"],
    },
    leverHeldAt: 1,
    scope: { kind: "regional", region: "us-east-1", evidence: ["users are hurt"] },
    estimate: [{ part: "detect", says: "3 bad rounds", ms: 30_000 }],
  };
}

export function report(at: number, score: number | null = 1): Report {
  return {
    assessment: {
      at,
      evidenceAt: at,
      regions: [
        {
          region: "us-east-1",
          role: "primary",
          score,
          coverage: 1,
          reasons: [],
          votes: [],
          p95Ms: null,
          capacity: null,
          lagMs: 40,
          certificateDays: 30,
        },
      ],
      services: [],
      anomalies: [],
      cascade: nothingFalls(),
      scope: { kind: "none", region: null, evidence: [] },
      routes: [],
      blind: [],
      users: [],
    },
    for: [],
    against: [],
    why: "all is well",
    tested: { at, held: true, says: "the shadow follows", told: { drained: true, at } },
    readiness: { ready: true, lines: [{ id: "fit", says: "it is fit", met: true, value: "1.00" }] },
    recovery: [{ part: "cache", says: "names are cached", ms: null }],
  };
}

export function board(at: number, edition = 1): Board {
  const incident = {
    id: "dynamodb@us-east-1/0",
    kind: "trouble",
    about: "dynamodb@us-east-1",
    region: "us-east-1",
    severity: "warning",
    title: "dynamodb fails in us-east-1",
    lines: ["nodata, from 3 of 3 vantage points"],
    nodes: ["dynamodb@us-east-1", "lambda@us-east-1"],
    edition,
    openedAt: 0,
    changedAt: at,
    wellSince: null,
    resolvedAt: null,
  } as const;
  return {
    at,
    incidents: [{ ...incident, lines: [...incident.lines], nodes: [...incident.nodes] }],
    told: { pager: { [incident.id]: edition } },
    failing: { chat: { since: at, why: "status 500" } },
    heard: { "us-west-2": at },
    since: { "trouble dynamodb@us-east-1": 0 },
  };
}
