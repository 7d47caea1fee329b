/** analyzer · pure. What the outage of 2025-10-20 showed, in us-east-1: DynamoDB's name had no addresses for 172 minutes,
 *  and the whole took 872. Minutes are AWS's own (aws.amazon.com/message/101925) unless an edge says otherwise. */
import { at, aws, type Edge, from, recovering, sometime, within } from "./edge.ts";

const source = aws("101925");
const home = "us-east-1";
const rootMinutes = 172;
const outlasts = (minutes: number) => ({ minutes: minutes - rootMinutes, of: rootMinutes });

export const observed2025: readonly Edge[] = [
  ...from("dynamodb", "observed", source, [
    [
      "ec2",
      "control",
      [within(0, 156, "the leases of the launch manager lapse")],
      "launches fail with insufficient capacity; running instances are fine",
      { tail: outlasts(842) },
    ],
    [
      "lambda",
      "both",
      [at(3)],
      "functions cannot be changed, queue pollers stop, some calls fail",
      { tail: outlasts(292) },
    ],
    ["sts", "data", [at(3)], "tokens are refused"],
    [
      "signin",
      "data",
      [at(3)],
      "IAM users cannot sign in; root and federated users not from other regions either",
      { in: home, reach: "global" },
    ],
    ["redshift", "both", [at(0)], "queries and cluster operations fail"],
    ["ecs", "control", [sometime(0, 10)], "containers cannot be launched or scaled"],
    ["eks", "control", [sometime(0, 10)], "containers cannot be launched or scaled"],
    ["fargate", "control", [sometime(0, 10)], "containers cannot be launched or scaled"],
    [
      "global-tables",
      "data",
      [at(0)],
      "replicas lag; their own reads and writes are fine",
      { reach: "elsewhere" },
    ],
  ]),
  ...from("dynamodb", "observed", `${source} (the minute from status posts)`, [
    ["connect", "data", [at(32)], "calls, chats and cases fail"],
  ]),
  ...from("ec2", "observed", source, [
    [
      "ec2-network",
      "control",
      [recovering(53, "launches resume")],
      "new instances come up without a network",
      { tail: { minutes: 648 - 393, of: rootMinutes } },
    ],
    [
      "elb",
      "data",
      [recovering(2, "launches resume")],
      "health checks flap, and healthy capacity leaves DNS",
      { tail: { minutes: 588 - 342, of: rootMinutes } },
    ],
    [
      "redshift",
      "control",
      [within(60, 1697 - rootMinutes, "a node has to be replaced")],
      "nodes are not replaced",
    ],
  ]),
  ...from("elb", "observed", source, [
    ["sts", "data", [at(181, "load balancers keep losing targets")], "token errors in a second wave"],
    ["connect", "data", [at(94, "load balancers keep losing targets")], "calls fail in a second wave"],
    [
      "lambda",
      "data",
      [at(94, "load balancers keep losing targets")],
      "asynchronous calls and queue polling are throttled",
    ],
  ]),
  ...from("iam", "observed", source, [
    ["redshift", "data", [at(0)], "IAM users cannot log in to query", { reach: "everywhere" }],
  ]),
];

/** On AWS's status list of that day without a mechanism: hurt, cause unknown. No edge leads to them for it. */
export const hurtCauseUnknown: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "config",
    "globalaccelerator",
    "identitycenter",
    "privateca",
    "secretsmanager",
    "ssm",
    "privatelink",
    "cloudfront",
    "cloudwatch",
    "kinesis",
    "vpc-lattice",
    "support",
  ].map((service) => [service, "2025-10-20 in us-east-1, by AWS's status list"]),
);
