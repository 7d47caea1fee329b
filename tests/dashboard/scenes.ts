/** Moments the dashboard must show well, each as a store that holds it. Times count back from one fixed instant. */
import { nothingFalls } from "../../analyzer/cascade.ts";
import { localPace, parseRules, type Rules } from "../../analyzer/rules.ts";
import type { Fault, FaultKind, Playground } from "../../dashboard/mod.ts";
import { memory } from "../../store/memory.ts";
import {
  BadInput,
  type Board,
  type Decision,
  type Health,
  type Incident,
  type Phase,
  parse,
  type Report,
  type RuleLine,
  type ServiceHealth,
  type Standing,
  Topology,
  type Voice,
} from "../../store/records.ts";
import type { Store } from "../../store/store.ts";

export const T = Date.UTC(2026, 10, 22, 3, 14, 22);
export const s = 1_000;
const [home, away, witness] = ["us-east-1", "us-west-2", "eu-west-1"];

export const topology: Topology = parse("topology", Topology, {
  workload: { name: "app.holdfast.test", url: "http://app.holdfast.test:8080/" },
  regions: [
    { region: home, role: "primary", capacity: { normal: 4, full: 4 } },
    { region: away, role: "standby", capacity: { normal: 1, full: 4 } },
    { region: witness, role: "witness", capacity: null },
  ],
  vantages: [home, away, witness].map((region) => ({ id: region, region })),
  targets: [
    {
      id: "dns/dynamodb",
      kind: "dns",
      purpose: "service",
      service: "dynamodb",
      region: home,
      name: "dynamodb.us-east-1.amazonaws.test",
      type: "A",
    },
  ],
});

export const rules: Rules = parseRules(localPace);

export type Scene =
  | "calm"
  | "doubt"
  | "outage"
  | "verifying"
  | "away"
  | "held"
  | "empty"
  | "approve"
  | "stale"
  | "blind"
  | "doubting"
  | "returning"
  | "maintenance"
  | "nowhere"
  | "drill";
export const scenes: readonly Scene[] = [
  "calm",
  "doubt",
  "outage",
  "verifying",
  "away",
  "held",
  "empty",
  "approve",
  "stale",
  "blind",
  "doubting",
  "returning",
  "maintenance",
  "nowhere",
  "drill",
];

export type Set = { store: Store; rules: Rules; now: number };

const serviceNames = ["dynamodb", "lambda", "ec2", "ecs", "elb", "rds", "s3", "sts", "kms", "sqs"];

export function healthOf(region: string, over: Partial<Health> = {}): Health {
  const role = region === home ? "primary" : region === away ? "standby" : "witness";
  return {
    region,
    role,
    score: 1,
    coverage: 1,
    reasons: [],
    votes:
      role === "witness"
        ? []
        : [home, away, witness]
            .filter((v) => v !== region)
            .map((vantage) => ({ vantage, says: "fine", why: "all answers came in time", at: T })),
    p95Ms: 14,
    capacity:
      role === "witness"
        ? null
        : { running: role === "primary" ? 4 : 1, desired: role === "primary" ? 4 : 1 },
    lagMs: null,
    certificateDays: null,
    ...over,
  };
}

const hurtVotes = [away, witness].map((vantage) => ({
  vantage: vantage ?? "",
  says: "hurt" as const,
  why: "2 of 2 answers failed or were late: connection-refused",
  at: T,
}));
const unfit: Partial<Health> = {
  score: 0.12,
  coverage: 0.96,
  p95Ms: null,
  votes: hurtVotes,
  reasons: [
    { says: "62.5 % of the workload's answers fail", costs: 0.58, node: null },
    { says: "dynamodb: resolves to no address", costs: 0.15, node: "dynamodb@us-east-1" },
    {
      says: "lambda: functions cannot be changed, queue pollers stop, some calls fail",
      costs: 0.05,
      node: "lambda@us-east-1",
    },
    { says: "sts: tokens are refused", costs: 0.05, node: "sts@us-east-1" },
    { says: "ecs behaves oddly: answers take 812 ms, usually 9 ms", costs: 0.02, node: "ecs@us-east-1" },
  ],
};

function services(now: number, down: Record<string, string> = {}): ServiceHealth[] {
  return [home, away, witness].flatMap((region, r) =>
    serviceNames.map((service, i): ServiceHealth => {
      const reason = down[`${service}@${region}`];
      const unknown = reason === "timeout";
      return {
        service,
        region: region ?? "",
        verdict: reason ? (unknown ? "unknown" : "down") : "up",
        reason: reason ?? null,
        latencyMs: reason ? null : 4 + ((i * 7 + r * 3) % 13),
        agree: reason ? 2 : 2,
        of: 2,
        since: reason ? now - 34 * s : now - 3_600 * s,
      };
    }),
  );
}

const line = (id: string, says: string, met: boolean | null, value: string): RuleLine => ({
  id,
  says,
  met,
  value,
});

export function lines(
  strikes: number,
  votes: number,
  homeScore: string,
  tasks: number,
  over: { cooldown?: boolean; mode?: boolean; unknown?: boolean } = {},
) {
  return {
    for: [
      line("hurt", "Users in us-east-1 hurt for 3 rounds", strikes >= 3, `${strikes} rounds`),
      line("quorum", "Seen by most vantage points outside us-east-1", votes >= 2, `${votes} of 2`),
      line("unfit", "us-east-1 scores below 0.7", Number(homeScore) < 0.7, homeScore),
      line(
        "fit",
        "us-west-2 scores 0.7 or more",
        over.unknown ? null : true,
        over.unknown ? "unknown" : "1.00",
      ),
      line(
        "margin",
        "us-west-2 scores 0.2 more than us-east-1",
        Number(homeScore) <= 0.8,
        `+${(1 - Number(homeScore)).toFixed(2)}`,
      ),
      line("capacity", "us-west-2 can carry all users", tasks >= 4, `${tasks} of 4 tasks`),
    ],
    against: [
      line("cooldown", "Moved in the last 60 s", over.cooldown ?? false, over.cooldown ? "9 s ago" : "never"),
      line("budget", "3 moves spent in 60 min", false, over.cooldown ? "1 of 3" : "0 of 3"),
      line(
        "mode",
        "Waiting for a person to approve",
        over.mode ?? false,
        over.mode ? "mode approve" : "mode automatic",
      ),
    ],
  };
}

const readyLines: RuleLine[] = [
  line("fit", "us-west-2 scores 0.7 or more", true, "1.00"),
  line("tasks", "us-west-2 runs the 1 task it keeps ready", true, "1 of 1"),
  line("lever", "The lever works", true, "its shadow followed 12 s ago"),
  line("watchers", "Enough places watch us-east-1", true, "2 of 2"),
  line("free", "Nobody works on it", true, "no window is open"),
];
const recovery: Report["recovery"] = [
  { part: "detect", says: "3 bad rounds", ms: 3 * s },
  { part: "decide", says: "the next round", ms: s },
  { part: "prepare", says: "until all 4 tasks run", ms: 12 * s },
  { part: "lever", says: "the alarm's period", ms: 2 * s },
  { part: "check", says: "the health check", ms: 3 * s },
  { part: "cache", says: "as long as the name may be cached", ms: 5 * s },
];

export function reportOf(
  at: number,
  over: Partial<Report["assessment"]> & {
    why: string;
    lines: ReturnType<typeof lines>;
    leads?: string | null;
    ready?: boolean;
  },
): Report {
  const { why, lines: argued, leads = home ?? null, ready = false, ...assessment } = over;
  return {
    assessment: {
      at,
      evidenceAt: at,
      regions: [healthOf("us-east-1"), healthOf("us-west-2"), healthOf("eu-west-1")],
      services: services(at),
      anomalies: [],
      cascade: nothingFalls(),
      scope: { kind: "none", region: null, evidence: [] },
      routes: [home, away, witness].map((vantage) => ({
        vantage: vantage ?? "",
        region: leads,
        served: leads !== null,
      })),
      blind: [],
      users: [],
      ...assessment,
    },
    ...argued,
    why,
    tested: null,
    readiness: ready ? { ready, lines: readyLines } : { ready, lines: [] },
    recovery: ready ? recovery : [],
  };
}

export const standingOf = (phase: Phase, over: Partial<Standing> = {}): Standing => ({
  version: 1,
  phase,
  since: T - 3_600 * s,
  drained: null,
  prepared: false,
  strikes: 0,
  steady: 0,
  evidenceAt: T,
  wellSince: null,
  blockers: [],
  moves: [],
  movedBy: null,
  request: null,
  held: null,
  windows: [],
  manner: null,
  leverHeldAt: null,
  ...over,
});

let decisionCount = 0;
export function decisionOf(
  at: number,
  from: Phase,
  to: Phase,
  why: string,
  over: Partial<Decision> = {},
): Decision {
  decisionCount += 1;
  return {
    id: `d-${decisionCount}`,
    at,
    from,
    to,
    by: "rules",
    why,
    ...lines(3, 2, "0.12", 4),
    orders: [],
    scores: { "us-east-1": 0.12, "us-west-2": 1, "eu-west-1": 1 },
    root: null,
    evidenceAt: at,
    votes: [],
    lagMs: {},
    vetoes: [],
    overruled: [],
    manner: null,
    request: null,
    leverHeldAt: null,
    scope: { kind: "none", region: null, evidence: [] },
    estimate: [],
    ...over,
  };
}

const cascade = (now: number): Report["assessment"]["cascade"] => ({
  ...nothingFalls(),
  root: "dynamodb@us-east-1",
  confidence: 0.97,
  evidence: [
    "dynamodb in us-east-1 resolves to no address from 3 of 3 vantage points",
    "it fell 9 s before lambda and 12 s before sts, which stand on it",
  ],
  risk: { "us-east-1": 0.42 },
  candidates: [
    {
      node: "dynamodb@us-east-1",
      score: 0.97,
      for: ["dynamodb in us-east-1 explains 3 of 3 failing services", "it failed before lambda, sts"],
      against: [],
    },
    {
      node: "network@us-east-1",
      score: 0.55,
      for: ["network in us-east-1 explains 3 of 3 failing services"],
      against: ["nobody asks it: it is only inferred", "s3 should have followed by now and is up"],
    },
  ],
  fallen: [
    { node: "dynamodb@us-east-1", since: now - 43 * s, because: null, says: "nodata" },
    {
      node: "lambda@us-east-1",
      since: now - 34 * s,
      because: "dynamodb@us-east-1",
      says: "functions cannot be changed, queue pollers stop, some calls fail",
    },
    { node: "sts@us-east-1", since: now - 31 * s, because: "dynamodb@us-east-1", says: "tokens are refused" },
  ],
  next: [
    {
      node: "ec2@us-east-1",
      because: "dynamodb@us-east-1",
      says: "launches fail with insufficient capacity; running instances are fine",
      from: now,
      until: now + 154 * 60 * s,
      when: null,
      grade: "observed",
      source: "aws.amazon.com/message/101925",
    },
    {
      node: "ecs@us-east-1",
      because: "ec2@us-east-1",
      says: "tasks are not placed",
      from: now + 60 * s,
      until: now + 20 * 60 * s,
      when: null,
      grade: "documented",
      source: "aws.amazon.com/message/101925",
    },
    {
      node: "elb@us-east-1",
      because: "ec2@us-east-1",
      says: "health checks flap, targets drop out",
      from: now + 100 * s,
      until: now + 5 * 60 * s,
      when: null,
      grade: "observed",
      source: "aws.amazon.com/message/101925",
    },
  ],
});

const anomalies = (now: number): Report["assessment"]["anomalies"] => [
  {
    series: "dns/dynamodb eu-west-1",
    node: "dynamodb@us-east-1",
    vantage: "eu-west-1",
    at: now,
    score: 0.83,
    features: [
      { name: "addresses", direction: "low", share: 0.71, says: "0 addresses, usually 3" },
      { name: "latency", direction: "high", share: 0.2, says: "answer in 41 ms, usually 6 ms" },
    ],
  },
  {
    series: "http/ecs us-west-2",
    node: "ecs@us-east-1",
    vantage: "us-west-2",
    at: now,
    score: 0.69,
    features: [
      { name: "latency", direction: "high", share: 0.94, says: "answers take 812 ms, usually 9 ms" },
    ],
  },
];

export const incidentOf = (at: number, over: Partial<Incident> = {}): Incident => ({
  id: `trouble dynamodb@us-east-1 ${at}`,
  kind: "trouble",
  about: "dynamodb@us-east-1",
  region: "us-east-1",
  severity: "critical",
  title: "Users in us-east-1 are hurt: dynamodb fails",
  lines: ["Fell with it: lambda, sts", "Seen by 2 of 2 vantage points outside us-east-1"],
  nodes: ["dynamodb@us-east-1", "lambda@us-east-1", "sts@us-east-1"],
  edition: 2,
  openedAt: at,
  changedAt: at,
  wellSince: null,
  resolvedAt: null,
  ...over,
});

export const boardOf = (at: number, incidents: Incident[], over: Partial<Board> = {}): Board => ({
  at,
  incidents,
  told: { pager: Object.fromEntries(incidents.map((i) => [i.id, i.edition])) },
  failing: {},
  heard: {},
  since: {},
  ...over,
});

/** In an outage: users' trouble, told to all but the mail that takes nothing. */
function boardOfOutage(now: number): Board {
  const hurt = incidentOf(now - 40 * s);
  const mute = incidentOf(now - 20 * s, {
    id: "channel mail",
    kind: "channel",
    about: "mail",
    region: null,
    severity: "warning",
    title: "The channel mail takes no messages",
    lines: ["connect ECONNREFUSED"],
    nodes: [],
    edition: 1,
  });
  return boardOf(now, [hurt, mute], {
    told: { pager: { [hurt.id]: 2, [mute.id]: 1 }, mail: { [hurt.id]: 1 } },
    failing: { mail: { since: now - 26 * s, why: "connect ECONNREFUSED" } },
  });
}

/** Voices once a second: `share` of requests in the standby and `lost` of those at home, by seconds before now. */
function crowd(
  now: number,
  at: (secondsAgo: number) => { moved: number; lost: number; nowhere?: number },
): Voice[] {
  return Array.from({ length: 300 }, (_, i) => 299 - i).flatMap((ago) => {
    const { moved, lost, nowhere = 0 } = at(ago);
    const wobble = ((ago * 37) % 7) - 3;
    const all = 30 + wobble;
    const there = Math.round(all * moved);
    const here = all - there - nowhere;
    const voice = (region: string, requests: number, failed: number): Voice[] =>
      requests > 0
        ? [
            {
              at: now - ago * s,
              spanMs: s,
              region,
              requests,
              failed,
              p95Ms: failed === requests ? null : 18 + Math.abs(wobble),
            },
          ]
        : [];
    return [
      ...voice("us-east-1", here, Math.round(here * lost)),
      ...voice("us-west-2", there, 0),
      ...voice("nowhere", nowhere, nowhere),
    ];
  });
}

export async function stage(scene: Scene, now = T): Promise<Set> {
  const store = memory();
  const set: Set = { store, rules, now };
  if (scene === "empty") return set;
  const broke = now - 43 * s;
  const down = { "dynamodb@us-east-1": "nodata", "lambda@us-east-1": "servfail", "sts@us-east-1": "timeout" };
  const trouble = {
    cascade: cascade(now),
    anomalies: anomalies(now),
    services: services(now, down),
    scope: {
      kind: "regional" as const,
      region: "us-east-1",
      evidence: ["3 services that no single zone takes down"],
    },
  };
  const ready = healthOf("us-west-2", { capacity: { running: 4, desired: 4 } });
  const outOfHome = [healthOf("us-east-1", unfit), ready, healthOf("eu-west-1")];
  const run: Decision[] = [
    decisionOf(now - 40 * s, "home", "doubting", "Users are fine, but dynamodb@us-east-1 fails"),
    decisionOf(
      now - 38 * s,
      "doubting",
      "preparing",
      "Scaling up us-west-2, as dynamodb@us-east-1 fails and may take more with it",
      {
        root: "dynamodb@us-east-1",
        orders: [{ id: "o1", at: now - 38 * s, kind: "capacity", region: "us-west-2", want: "full" }],
      },
    ),
    decisionOf(
      now - 8 * s,
      "preparing",
      "shifting",
      "Users in us-east-1 are hurt and us-west-2 can take them",
      {
        root: "dynamodb@us-east-1",
        orders: [
          {
            id: "o2",
            at: now - 8 * s,
            kind: "drain",
            region: "us-east-1",
            drained: true,
            manner: "ungraceful",
          },
        ],
      },
    ),
  ];
  const keep = async (standing: Standing, decisions: Decision[]) => {
    for (const [i, decision] of decisions.entries())
      await store.remember({
        from: i,
        standing: { ...standing, version: i + 1 },
        orders: [],
        decision,
        handled: [],
      });
    if (decisions.length === 0)
      await store.remember({ from: 0, standing, orders: [], decision: null, handled: [] });
  };
  const report = async (last: Report, dip: number | null = null) => {
    for (let ago = 299; ago >= 1; ago--) {
      const at = last.assessment.at - ago * s;
      const fallen = dip !== null && at > dip ? Math.min(1, (at - dip) / (20 * s)) : 0;
      const low = Math.max(last.assessment.regions[0]?.score ?? 0, 0);
      await store.report(
        reportOf(at, {
          why: "",
          lines: lines(0, 0, "1.00", 1),
          services: [],
          regions: [
            healthOf("us-east-1", { score: 1 - fallen * (1 - low) - (ago % 11 === 0 ? 0.02 : 0) }),
            healthOf("us-west-2", { score: ago % 17 === 0 ? 0.98 : 1 }),
            healthOf("eu-west-1"),
          ],
        }),
      );
    }
    await store.report(last);
  };

  switch (scene) {
    case "calm":
    case "stale": {
      const at = scene === "stale" ? now - 40 * s : now - 600;
      await store.addVoices(crowd(at, () => ({ moved: 0, lost: 0 })));
      await keep(standingOf("home", { since: now - 2 * 3_600 * s }), []);
      const over = incidentOf(now - 9_000 * s, { wellSince: now - 7_500 * s, resolvedAt: now - 7_200 * s });
      await store.pin(boardOf(at, [over]));
      await report(reportOf(at, { why: "Users are fine", lines: lines(0, 0, "1.00", 1), ready: true }));
      return set;
    }
    case "blind": {
      await store.addVoices(crowd(now, () => ({ moved: 0, lost: 0 })));
      await keep(standingOf("home"), []);
      await report(
        reportOf(now - 600, {
          why: "Users are fine",
          lines: lines(0, 0, "1.00", 1),
          blind: [{ vantage: "eu-west-1", why: "its control targets fail too" }],
          regions: [
            healthOf("us-east-1", { coverage: 0.5 }),
            healthOf("us-west-2", { coverage: 0.5 }),
            healthOf("eu-west-1", { score: null, coverage: 0.3 }),
          ],
        }),
      );
      return set;
    }
    case "doubt": {
      await store.addVoices(crowd(now, () => ({ moved: 0, lost: 0 })));
      await keep(
        standingOf("preparing", { since: now - 4 * s, prepared: true }),
        run.slice(0, 2).map((d, i) => ({ ...d, at: now - (6 - 2 * i) * s })),
      );
      const regions = [
        healthOf("us-east-1", { score: 0.73, reasons: unfit.reasons?.slice(1) ?? [] }),
        healthOf("us-west-2", { capacity: { running: 2, desired: 4 } }),
        healthOf("eu-west-1"),
      ];
      await report(
        reportOf(now - 400, {
          ...trouble,
          regions,
          why: "Users are fine, so nobody moves; us-west-2 is ready or being made so",
          lines: lines(0, 0, "0.73", 2),
        }),
        broke,
      );
      return set;
    }
    case "approve": {
      await store.addVoices(crowd(now, (ago) => ({ moved: 0, lost: ago < 30 ? 0.62 : 0 })));
      await keep(
        standingOf("preparing", { since: now - 38 * s, prepared: true, strikes: 28 }),
        run.slice(0, 2),
      );
      await report(
        reportOf(now - 400, {
          ...trouble,
          regions: outOfHome,
          why: "Users in us-east-1 are hurt but stay: nobody has approved the move",
          lines: lines(28, 2, "0.12", 4, { mode: true }),
        }),
        broke,
      );
      return { ...set, rules: { ...rules, mode: "approve" } };
    }
    case "outage":
    case "verifying": {
      const phase = scene === "outage" ? "shifting" : "verifying";
      await store.pin(boardOfOutage(now));
      await store.addVoices(
        crowd(now, (ago) => ({
          moved: ago < 7 ? (7 - ago) / (scene === "outage" ? 14 : 7.5) : 0,
          lost: ago < 30 ? 0.62 : 0,
        })),
      );
      const decisions =
        scene === "outage"
          ? run
          : [
              ...run,
              decisionOf(
                now - 3 * s,
                "shifting",
                "verifying",
                "The name leads to us-west-2; waiting to see users there",
              ),
            ];
      await keep(
        standingOf(phase, {
          since: decisions.at(-1)?.at ?? now,
          prepared: true,
          drained: "us-east-1",
          strikes: 28,
          moves: [now - 8 * s],
          movedBy: "holdfast",
        }),
        decisions,
      );
      await report(
        reportOf(now - 400, {
          ...trouble,
          regions: outOfHome,
          leads: scene === "outage" ? "us-east-1" : "us-west-2",
          why:
            scene === "outage"
              ? "The lever is pulled; waiting for the name to lead to us-west-2"
              : "Waiting for users to arrive in us-west-2",
          lines: lines(28, 2, "0.12", 4, { cooldown: true }),
        }),
        broke,
      );
      return set;
    }
    case "away": {
      const moved = now - 150 * s;
      await store.addVoices(
        crowd(now, (ago) => ({
          moved: ago < 145 ? 1 : ago < 150 ? (150 - ago) / 5 : 0,
          lost: ago < 180 ? 0.7 : 0,
        })),
      );
      const decisions = [
        ...run.map((d) => ({ ...d, at: d.at - 142 * s })),
        decisionOf(
          moved + 4 * s,
          "shifting",
          "verifying",
          "The name leads to us-west-2; waiting to see users there",
        ),
        decisionOf(moved + 8 * s, "verifying", "away", "Users are served in us-west-2"),
      ];
      await keep(
        standingOf("away", {
          since: moved + 8 * s,
          prepared: true,
          drained: "us-east-1",
          moves: [moved],
          movedBy: "holdfast",
          wellSince: now - 75 * s,
        }),
        decisions,
      );
      await report(
        reportOf(now - 700, {
          regions: [healthOf("us-east-1"), ready, healthOf("eu-west-1")],
          cascade: {
            ...nothingFalls(),
            aftermath: {
              root: "dynamodb@us-east-1",
              beganAt: now - 180 * s,
              endedAt: now - 80 * s,
              until: now + 3_600 * s,
              waitingFor: ["ec2@us-east-1", "elb@us-east-1"],
              says: "dynamodb is well again, but a second wave has been seen to follow: not over before ec2, elb are seen well",
            },
          },
          leads: "us-west-2",
          why: "us-east-1 has been well for 75 s; a person may fail back",
          lines: lines(0, 0, "1.00", 4),
        }),
      );
      return set;
    }
    case "doubting": {
      await store.addVoices(crowd(now, (ago) => ({ moved: 0, lost: ago < 2 ? 0.08 : 0 })));
      await keep(standingOf("doubting", { since: now - 2 * s, strikes: 1 }), [
        { ...(run[0] as Decision), at: now - 2 * s, why: "Users in us-east-1 are hurt" },
      ]);
      await report(
        reportOf(now - 300, {
          regions: [
            healthOf("us-east-1", {
              score: 0.81,
              votes: hurtVotes,
              reasons: [{ says: "8 % of the workload's answers fail", costs: 0.19, node: null }],
            }),
            healthOf("us-west-2"),
            healthOf("eu-west-1"),
          ],
          why: "Users in us-east-1 are hurt, seen in 1 of 3 rounds",
          lines: lines(1, 1, "0.81", 1),
          ready: true,
        }),
        now - 3 * s,
      );
      return set;
    }
    case "returning": {
      await store.addVoices(crowd(now, (ago) => ({ moved: ago < 5 ? ago / 8 : ago < 300 ? 1 : 0, lost: 0 })));
      const back = decisionOf(now - 6 * s, "away", "returning", "Mira asked for it: us-east-1 is fit again", {
        by: "Mira",
      });
      await keep(
        standingOf("returning", {
          since: now - 6 * s,
          prepared: true,
          moves: [now - 3_000 * s, now - 6 * s],
          movedBy: "operator",
          request: {
            id: "r1",
            at: now - 7 * s,
            by: "Mira",
            kind: "failback",
            reason: "green for an hour, the database team agrees",
          },
        }),
        [
          ...run.map((d) => ({ ...d, at: d.at - 3_000 * s })),
          decisionOf(now - 2_990 * s, "shifting", "away", "Users are served in us-west-2"),
          back,
        ],
      );
      await report(
        reportOf(now - 500, {
          regions: [healthOf("us-east-1"), ready, healthOf("eu-west-1")],
          why: "Waiting for users to arrive in us-east-1",
          lines: lines(0, 0, "1.00", 4, { cooldown: true }),
          ready: true,
        }),
      );
      return set;
    }
    case "maintenance": {
      await store.addVoices(crowd(now, () => ({ moved: 0, lost: 0 })));
      const windows = [
        {
          id: "w1",
          from: now - 900 * s,
          until: now + 2_700 * s,
          region: "us-west-2",
          by: "Mira",
          reason: "new load balancer",
        },
      ];
      await keep(standingOf("home", { since: now - 2 * 3_600 * s, windows }), []);
      const argued = lines(0, 0, "1.00", 1);
      argued.against.push(
        line(
          "maintenance",
          "A maintenance window is open",
          true,
          "of us-west-2 until 03:59 UTC, by Mira: new load balancer",
        ),
      );
      await report(
        reportOf(now - 300, {
          why: "Users are fine",
          lines: argued,
        }),
      );
      return set;
    }
    case "nowhere": {
      await store.pin(boardOfOutage(now));
      await store.addVoices(crowd(now, (ago) => ({ moved: 0, lost: ago < 30 ? 0.62 : 0 })));
      const stays = decisionOf(
        now - 9 * s,
        "preparing",
        "preparing",
        "Users in us-east-1 are hurt but stay: us-west-2 is not fit",
      );
      await keep(standingOf("preparing", { since: now - 38 * s, prepared: true, strikes: 28 }), [
        ...run.slice(0, 2),
        stays,
      ]);
      const argued = lines(28, 2, "0.12", 1);
      argued.for[3] = line("fit", "us-west-2 scores 0.7 or more", false, "0.31");
      argued.for[4] = line("margin", "us-west-2 scores 0.2 more than us-east-1", false, "+0.19");
      await report(
        reportOf(now - 400, {
          ...trouble,
          regions: [
            healthOf("us-east-1", unfit),
            healthOf("us-west-2", {
              score: 0.31,
              votes: [],
              coverage: 0.71,
              reasons: [{ says: "60 % of the workload's answers fail", costs: 0.69, node: null }],
              capacity: { running: 1, desired: 4 },
            }),
            healthOf("eu-west-1"),
          ],
          why: "Users in us-east-1 are hurt but stay: us-west-2 is not fit",
          lines: argued,
        }),
        broke,
      );
      return set;
    }
    case "drill": {
      await store.addVoices(crowd(now, (ago) => ({ moved: ago < 7 ? (7 - ago) / 9 : 0, lost: 0 })));
      const request = {
        id: "r1",
        at: now - 21 * s,
        by: "Mira",
        kind: "failover" as const,
        reason: "the drill of the month",
        drill: true as const,
      };
      await keep(
        standingOf("shifting", {
          since: now - 8 * s,
          prepared: true,
          drained: "us-east-1",
          moves: [now - 8 * s],
          movedBy: "operator",
          manner: "graceful",
          request,
        }),
        [
          decisionOf(now - 20 * s, "home", "preparing", "Mira asked for it: the drill of the month", {
            by: "Mira",
            request,
            estimate: recovery,
          }),
          decisionOf(now - 8 * s, "preparing", "shifting", "us-west-2 is ready, as Mira asked", {
            by: "Mira",
            request,
            orders: [
              {
                id: "o1",
                at: now - 8 * s,
                kind: "drain",
                region: "us-east-1",
                drained: true,
                manner: "graceful",
              },
            ],
          }),
        ],
      );
      await report(
        reportOf(now - 500, {
          regions: [healthOf("us-east-1"), ready, healthOf("eu-west-1")],
          why: "The lever is pulled; waiting for the name to lead to us-west-2",
          lines: lines(0, 0, "1.00", 4, { cooldown: true }),
          ready: true,
        }),
      );
      return set;
    }
    case "held": {
      await store.addVoices(crowd(now, (ago) => ({ moved: 0, lost: ago < 30 ? 0.62 : 0 })));
      const held = decisionOf(
        now - 20 * s,
        "preparing",
        "held",
        "Held by Mira: the database team asked for five minutes",
        { by: "Mira" },
      );
      await keep(
        standingOf("held", {
          since: now - 20 * s,
          prepared: true,
          strikes: 20,
          held: { phase: "preparing", by: "Mira", reason: "the database team asked for five minutes" },
        }),
        [...run.slice(0, 2), held],
      );
      await report(
        reportOf(now - 300, {
          ...trouble,
          regions: outOfHome,
          why: "Held by Mira: the database team asked for five minutes",
          lines: lines(20, 2, "0.12", 4),
        }),
        broke,
      );
      return set;
    }
  }
}

export const menu: readonly FaultKind[] = [
  {
    name: "region-down",
    says: "nothing in the region answers: workload and service endpoints",
    takesService: false,
  },
  {
    name: "dns-nodata",
    says: "the service's name goes empty: an answer without addresses",
    takesService: true,
  },
];

/** A playground that only remembers what was broken. */
export function playground(now: () => number = () => T): Playground {
  let broken: Fault[] = [];
  const regions = ["us-east-1", "us-west-2", "eu-west-1"];
  return {
    menu,
    regions,
    services: serviceNames,
    nameServer: "127.0.0.1:5300",
    faults: () => broken,
    async break({ fault, region, service }) {
      const kind = menu.find((m) => m.name === fault);
      if (!kind)
        throw new BadInput(
          `Unknown fault: expected one of ${menu.map((m) => m.name).join(", ")}; got ${JSON.stringify(fault)}`,
        );
      if (!regions.includes(region))
        throw new BadInput(
          `Unknown region: expected one of ${regions.join(", ")}; got ${JSON.stringify(region)}`,
        );
      if (broken.some((b) => b.fault === fault && b.region === region && b.service === service)) return;
      broken = [...broken, { fault, region, since: now(), ...(service ? { service } : {}) }];
    },
    async mend() {
      broken = [];
    },
  };
}
