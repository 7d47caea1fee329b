/** analyzer · pure. What the outages before and after 2025 showed, by AWS's own summaries where there are any. */
import { at, aws, type Edge, from, sometime, within } from "./edge.ts";
import { ground, oneZone, twoZones } from "./services.ts";

const home = "us-east-1";
const cacheExpires = "caches can no longer be refreshed";
const bufferFills = "buffers of unsent data fill";

/** 2015-09-20, us-east-1: DynamoDB's metadata service overloaded, for 291 minutes. */
const of2015 = from("dynamodb", "observed", aws("5467D2"), [
  ["sqs", "data", [at(0), at(206, cacheExpires)], "slight errors, severe once caches expire"],
  [
    "autoscaling",
    "control",
    [at(0)],
    "API faults, then a backlog",
    { tail: { minutes: 513 - 291, of: 291 } },
  ],
  ["cloudwatch", "data", [at(16), at(212, cacheExpires)], "instance metrics late, then metrics refused"],
  [
    "signin",
    "data",
    [at(206, cacheExpires)],
    "the console's login is tens of seconds slower",
    { in: home, reach: "global" },
  ],
]);

/** 2017-02-28, us-east-1: S3's index and placement, for 257 minutes. */
const of2017 = from("s3", "observed", aws("41926"), [
  ["ec2", "control", [at(0)], "launches fail"],
  ["ebs", "data", [at(0)], "volumes that need snapshot data fail"],
  ["lambda", "data", [at(0)], "functions fail"],
  ["s3-console", "data", [at(0)], "the console of S3 fails"],
  [
    "status",
    "data",
    [at(0)],
    "the status dashboard's icons freeze (made multi-region since)",
    { in: home, reach: "global" },
  ],
]);

/** 2020-11-25, us-east-1: Kinesis' front ends, for 1028 minutes. */
const of2020 = [
  ...from("kinesis", "observed", aws("11201"), [
    [
      "cloudwatch",
      "data",
      [at(0)],
      "metrics are lost, alarms lack data (three hours are kept locally since)",
    ],
    ["logs", "data", [at(0)], "log events are refused"],
    ["eventbridge", "data", [at(0)], "API errors, events are late"],
    ["cognito", "data", [within(0, 3), at(106, bufferFills)], "user and identity pools err, then fail"],
  ]),
  ...from("cloudwatch", "observed", aws("11201"), [
    ["lambda", "data", [at(60, bufferFills)], "calls fail, as unsent metrics fill their memory"],
    ["autoscaling", "control", [at(0)], "reactive scaling is late"],
  ]),
  ...from("eventbridge", "observed", aws("11201"), [
    ["ecs", "control", [sometime(0, 60)], "containers start, scale and stop late"],
    ["eks", "control", [sometime(0, 60)], "nodes start, scale and stop late"],
  ]),
  ...from("cognito", "observed", aws("11201"), [
    [
      "status",
      "data",
      [sometime(0, 30)],
      "posts to the public status page are delayed",
      { in: home, reach: "global" },
    ],
  ]),
];

/** 2021-12-07, us-east-1: the internal network was congested for 412 minutes. */
const of2021 = [
  ...from(ground, "observed", aws("12721"), [
    ["ec2", "control", [at(3)], "API errors; launches come back last", { tail: { minutes: 18, of: 412 } }],
    [
      "route53",
      "control",
      [at(0)],
      "records cannot be changed anywhere; answers are fine",
      { in: home, reach: "global" },
    ],
    [
      "elb",
      "control",
      [sometime(0, 3)],
      "balancers are made and targets registered slowly; what exists is fine",
    ],
    ["apigateway", "data", [sometime(0, 30)], "errors", { tail: { minutes: 547 - 412, of: 412 } }],
    [
      "eventbridge",
      "data",
      [sometime(0, 30)],
      "errors and late events",
      { tail: { minutes: 670 - 412, of: 412 } },
    ],
    ["sts", "data", [sometime(0, 30)], "OIDC sign-in fails", { tail: { minutes: 538 - 412, of: 412 } }],
    ["cloudwatch", "data", [sometime(0, 30)], "metrics are late"],
    ["signin", "data", [sometime(0, 30)], "the console's login fails", { in: home, reach: "global" }],
    [
      "vpc-endpoints",
      "data",
      [sometime(0, 30)],
      "S3 and DynamoDB fail through VPC endpoints; their public names are fine",
    ],
  ]),
  ...from("ec2", "observed", aws("12721"), [
    ["apigateway", "control", [sometime(0, 547)], "broken servers are not replaced"],
    ["rds", "control", [at(0)], "nothing new can be created; what runs is fine"],
    ["emr", "control", [at(0)], "nothing new can be created; what runs is fine"],
    ["workspaces", "control", [at(0)], "nothing new can be created; what runs is fine"],
    ["ecs", "control", [at(0)], "failed tasks are not replaced; what runs is fine"],
    ["eks", "control", [at(0)], "failed nodes are not replaced; what runs is fine"],
    [
      "fargate",
      "control",
      [at(0)],
      "failed tasks are not replaced; what runs is fine",
      { tail: { minutes: 158, of: 412 } },
    ],
  ]),
  ...from("apigateway", "observed", aws("12721"), [
    ["connect", "data", [within(0, 4)], "calls and chats fail, in step with it"],
  ]),
  ...from("sts", "observed", aws("12721"), [["redshift", "data", [at(0)], "log-in fails"]]),
];

/** 2023-06-13, us-east-1: a cell of Lambda, for 116 minutes. Inner times are from outside monitors. */
const of2023 = from("lambda", "observed", aws("061323"), [
  ["sts", "data", [at(0)], "token errors"],
  ["signin", "data", [at(0)], "the console errs", { in: home, reach: "global" }],
  ["support", "data", [at(0)], "cases fail", { in: home, reach: "global" }],
  ["eventbridge", "data", [sometime(0, 14)], "events up to 801 s late"],
  ["eks", "control", [sometime(0, 3)], "clusters cannot be created"],
  ["connect", "data", [sometime(0, 3)], "calls and chats fail"],
]);

/** 2024-07-30, us-east-1: a cell of Kinesis that AWS's own services use, for 412 minutes; customers' streams were fine. */
const of2024 = from("kinesis-internal", "observed", aws("073024"), [
  ["logs", "data", [sometime(0, 60)], "log events are late or refused"],
  ["firehose", "both", [sometime(0, 60)], "latency and errors"],
  ["s3-events", "both", [sometime(0, 60)], "event notifications are late"],
  ["ecs", "both", [sometime(0, 60)], "latency and errors"],
  ["lambda", "both", [sometime(0, 60)], "latency and errors"],
  ["redshift", "both", [sometime(0, 60)], "latency and errors"],
  ["glue", "both", [sometime(0, 60)], "latency and errors"],
]);

/** 2026: a zone lost its cooling (us-east-1, May) or its power (me-central-1, March, then a second one). Press reports. */
const of2026 = [
  ...from(oneZone, "observed", "status posts of 2026-05-07, by the press", [
    ["instances", "data", [at(0)], "instances in that zone are lost"],
    ["ebs", "data", [at(0)], "volumes in that zone are lost"],
    ["rds", "data", [sometime(0, 30)], "databases in that zone are lost"],
    ["redshift", "data", [sometime(0, 30)], "clusters in that zone are lost"],
  ]),
  ...from(oneZone, "observed", "status posts of 2026-03-01, by the press", [
    ["ec2", "control", [sometime(0, 60)], "address and network APIs err and throttle in the whole region"],
  ]),
  ...from(twoZones, "observed", "status posts of 2026-03-01, by the press", [
    ["s3", "data", [at(0)], "fails, having survived one zone"],
    ["dynamodb", "data", [at(0)], "fails, having survived one zone"],
    ["lambda", "data", [at(0)], "fails, having survived one zone"],
  ]),
];

export const observedEarlier: readonly Edge[] = [
  ...of2015,
  ...of2017,
  ...of2020,
  ...of2021,
  ...of2023,
  ...of2024,
  ...of2026,
];
