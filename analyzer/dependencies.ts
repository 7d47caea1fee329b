/** analyzer · pure. Who is hurt when whom fails, with what breaks, when, and who says so. Each edge is taken from
 *  AWS's own post-event summaries (aws.amazon.com/message/NUMBER) or documentation; what nobody has seen or
 *  written is marked plausible and only ever advises. */

/** When an edge bites, in minutes after its cause. Late stages need a reason (a full buffer, an expired cache, the
 *  load of recovery), so a stage says its own. */
export type Stage = { minutes: readonly [from: number, until: number]; when?: string };

export type Edge = {
  /** Service that fails. */
  from: string;
  /** Service that is hurt, in the same region unless `everywhere`. */
  to: string;
  everywhere?: true;
  says: string;
  /** Control: nothing new can be made or changed. Data: what runs is hurt. */
  plane: "control" | "data" | "both";
  stages: readonly Stage[];
  grade: "observed" | "documented" | "plausible";
  source: string;
};

/** A hidden cause that no probe asks: the region's own network and power, under every service in it. */
export const ground = "network";

const aws = (number: string) => `aws.amazon.com/message/${number}`;
const atOnce: readonly Stage[] = [{ minutes: [0, 3] }];

const observed2025: Edge[] = [
  edge(
    "dynamodb",
    "ec2",
    "launches fail with insufficient capacity; running instances are fine",
    "control",
    [{ minutes: [0, 156], when: "as the leases of the launch manager lapse" }],
    aws("101925"),
  ),
  edge(
    "dynamodb",
    "lambda",
    "functions cannot be changed, queue pollers stop, some calls fail",
    "both",
    [{ minutes: [0, 3] }],
    aws("101925"),
  ),
  edge("dynamodb", "sts", "tokens are refused", "data", [{ minutes: [0, 3] }], aws("101925")),
  edge(
    "dynamodb",
    "iam",
    "sign-in fails, from other regions too",
    "data",
    [{ minutes: [0, 3] }],
    aws("101925"),
  ),
  edge("dynamodb", "redshift", "queries and cluster operations fail", "both", atOnce, aws("101925")),
  edge("dynamodb", "connect", "calls, chats and cases fail", "data", [{ minutes: [20, 40] }], aws("101925")),
  edge(
    "dynamodb",
    "ecs",
    "tasks cannot be launched or scaled",
    "control",
    [{ minutes: [0, 10] }],
    aws("101925"),
  ),
  edge(
    "dynamodb",
    "eks",
    "nodes and pods cannot be scaled",
    "control",
    [{ minutes: [0, 10] }],
    aws("101925"),
  ),
  edge(
    "ec2",
    "elb",
    "health checks flap and healthy capacity leaves DNS",
    "data",
    [{ minutes: [2, 60], when: "launches resume and new instances lack their network" }],
    aws("101925"),
  ),
  edge(
    "elb",
    "sts",
    "token errors in a second wave",
    "data",
    [{ minutes: [150, 200], when: "load balancers keep losing targets" }],
    aws("101925"),
  ),
  edge(
    "elb",
    "connect",
    "calls fail in a second wave",
    "data",
    [{ minutes: [80, 110], when: "load balancers keep losing targets" }],
    aws("101925"),
  ),
  edge("ec2", "redshift", "nodes are not replaced", "control", [{ minutes: [60, 360] }], aws("101925")),
];

const observedEarlier: Edge[] = [
  edge(
    "dynamodb",
    "sqs",
    "slight errors, severe once caches cannot refresh",
    "data",
    [{ minutes: [0, 3] }, { minutes: [200, 212], when: "caches expire" }],
    aws("5467D2"),
  ),
  edge("dynamodb", "autoscaling", "API faults, then a long backlog", "control", atOnce, aws("5467D2")),
  edge(
    "dynamodb",
    "cloudwatch",
    "metrics late, then refused",
    "data",
    [{ minutes: [15, 20] }, { minutes: [205, 215], when: "buffers fill" }],
    aws("5467D2"),
  ),
  edge("kinesis", "cloudwatch", "metrics are lost, alarms lack data", "data", atOnce, aws("11201")),
  edge("kinesis", "logs", "log events are refused", "data", atOnce, aws("11201")),
  edge("kinesis", "eventbridge", "events are late", "data", atOnce, aws("11201")),
  edge(
    "kinesis",
    "cognito",
    "pools err, then fail",
    "data",
    [{ minutes: [0, 3] }, { minutes: [100, 110], when: "buffers fill" }],
    aws("11201"),
  ),
  edge(
    "cloudwatch",
    "lambda",
    "calls fail as unsent metrics fill memory",
    "data",
    [{ minutes: [55, 65], when: "buffers fill" }],
    aws("11201"),
  ),
  edge("cloudwatch", "autoscaling", "reactive scaling is late", "control", atOnce, aws("11201")),
  edge("eventbridge", "ecs", "tasks start and stop late", "control", [{ minutes: [0, 60] }], aws("11201")),
  edge("eventbridge", "eks", "nodes start and stop late", "control", [{ minutes: [0, 60] }], aws("11201")),
  edge("s3", "ec2", "launches fail", "control", atOnce, aws("41926")),
  edge("s3", "ebs", "volumes that need snapshot data fail", "data", atOnce, aws("41926")),
  edge("s3", "lambda", "functions fail", "data", atOnce, aws("41926")),
  edge("ec2", "rds", "nothing new can be created; what runs is fine", "control", atOnce, aws("12721")),
  edge("ec2", "ecs", "failed tasks are not replaced; what runs is fine", "control", atOnce, aws("12721")),
  edge("ec2", "eks", "failed nodes are not replaced", "control", atOnce, aws("12721")),
  edge(
    "ec2",
    "apigateway",
    "broken servers are not replaced",
    "control",
    [{ minutes: [60, 540] }],
    aws("12721"),
  ),
  edge("apigateway", "connect", "calls and chats fail", "data", atOnce, aws("12721")),
  edge("sts", "redshift", "log-in fails", "data", atOnce, aws("12721")),
  edge("lambda", "sts", "token errors", "data", atOnce, aws("061323")),
  edge("lambda", "eventbridge", "events up to 801 s late", "data", [{ minutes: [0, 14] }], aws("061323")),
  edge("lambda", "connect", "calls and chats fail", "data", atOnce, aws("061323")),
];

/** 2021: congestion of the internal network. The summary names these as hurt; what else leans on a region's network
 *  is only plausible (Lambda calls, for one, went on). */
const observedUnderneath: Edge[] = [
  "apigateway",
  "cloudwatch",
  "dynamodb",
  "ec2",
  "elb",
  "eventbridge",
  "s3",
  "sts",
].map((to) =>
  edge(
    ground,
    to,
    "errors and delays while the network is congested",
    "both",
    [{ minutes: [0, 5] }],
    aws("12721"),
  ),
);

const documented: Edge[] = [
  {
    ...edge("kms", "secretsmanager", "secrets cannot be unwrapped", "data", atOnce, kms()),
    grade: "documented",
  },
  {
    ...edge("iam", "sts", "AssumeRoot fails; other token calls go on", "control", atOnce, fault()),
    grade: "documented",
  },
];

const plausible: Edge[] = [
  edge("dynamodb", "dynamodb-streams", "streams are read through the same service", "data", atOnce, unseen()),
  edge("elb", "app", "the workload's front door", "data", atOnce, unseen()),
  edge("ecs", "app", "lost tasks are not replaced", "control", [{ minutes: [10, 120] }], unseen()),
  ...["app", "dynamodb-streams", "ecs", "lambda", "rds"].map((to) =>
    edge(ground, to, "nothing in the region answers", "both", [{ minutes: [0, 5] }], unseen()),
  ),
].map((e) => ({ ...e, grade: "plausible" as const }));

/** The graph that ships with Holdfast. A user's own parts are added to it, never taken from it. */
export const dependencies: readonly Edge[] = [
  ...observed2025,
  ...observedEarlier,
  ...observedUnderneath,
  ...documented,
  ...plausible,
];

function edge(
  from: string,
  to: string,
  says: string,
  plane: Edge["plane"],
  stages: readonly Stage[],
  source: string,
): Edge {
  return { from, to, says, plane, stages, grade: "observed", source };
}

function unseen() {
  return "no summary names it";
}

function kms() {
  return "docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html";
}

function fault() {
  return "docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries";
}
