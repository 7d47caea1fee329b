/** tests · dashboard · scenes. October 2025 in small: dynamodb's name goes empty, others fall with it, users are hurt. */
import { nothingFalls } from "../../../analyzer/cascade.ts";
import type { Board, Decision, Report } from "../../../store/records.ts";
import { healthOf, services } from "./assessed.ts";
import { boardOf, decisionOf, incidentOf } from "./decided.ts";
import { away, s, T, witness } from "./ground.ts";

export const hurtVotes = [away, witness].map((vantage) => ({
  vantage,
  says: "hurt" as const,
  why: "2 of 2 answers failed or were late: connection-refused",
  at: T,
}));
export const unfit = {
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

export const ready = healthOf("us-west-2", { capacity: { running: 4, desired: 4 } });
/** What the rules see once users are hurt and the standby is full. */
export const outOfHome = [healthOf("us-east-1", unfit), ready, healthOf("eu-west-1")];

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

/** Since when something fails. */
export const broke = (now: number) => now - 43 * s;

/** What fails, and what it is taken for. */
export const trouble = (now: number) => ({
  cascade: cascade(now),
  anomalies: anomalies(now),
  services: services(now, {
    "dynamodb@us-east-1": "nodata",
    "lambda@us-east-1": "servfail",
    "sts@us-east-1": "timeout",
  }),
  scope: {
    kind: "regional" as const,
    region: "us-east-1",
    evidence: ["3 services that no single zone takes down"],
  },
});

/** The steps from the first doubt to the pulled lever. */
export const wayOut = (now: number): Decision[] => [
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

/** In an outage: users' trouble, told to all but the mail that takes nothing. */
export function boardOfOutage(now: number): Board {
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
