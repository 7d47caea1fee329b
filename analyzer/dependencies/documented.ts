/** analyzer · pure. What AWS's documentation says of who needs whom. */
import { at, aws, type Edge, from, sometime } from "./edge.ts";
import { globalHomes, ground } from "./services.ts";

const isolation = "docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries";
const named =
  "elb apigateway function-urls privatelink cloudfront elasticache opensearch memorydb neptune dax eks cloudmap";

/** 2021 showed one of them; the others are said to live in the same place. */
const seen = ["route53", "signin"];

export const documented: readonly Edge[] = [
  ...from(
    "route53",
    "documented",
    isolation,
    named
      .split(" ")
      .map((to) => [
        to,
        "control",
        [at(0)],
        "new ones cannot be made, as their names cannot; what exists is fine",
        { reach: to === "cloudfront" ? "global" : "everywhere" },
      ]),
  ),
  ...Object.entries(globalHomes)
    .filter(([service]) => !seen.includes(service))
    .flatMap(([service, home]) =>
      from(ground, "documented", isolation, [
        [
          service,
          "control",
          [sometime(0, 5)],
          "nothing can be changed, as its control plane lives there; what it governs goes on",
          { in: home, reach: "global" },
        ],
      ]),
    ),
  ...from(ground, "documented", isolation, [
    [
      "s3-buckets",
      "control",
      [sometime(0, 5)],
      "buckets cannot be made, removed or configured; objects are fine",
      { in: "us-east-1", reach: "everywhere" },
    ],
  ]),
  ...from("iam", "documented", isolation, [
    ["sts", "control", [at(0)], "AssumeRoot fails; other token calls go on", { reach: "everywhere" }],
  ]),
  ...from(
    "sts",
    "documented",
    "docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html",
    [
      [
        "instances",
        "data",
        [{ ...sometime(5, 360), when: "an instance's credentials run out" }],
        "applications lose their role's credentials, silently until then",
      ],
    ],
  ),
  ...from(
    "kms",
    "documented",
    "docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
    [["secretsmanager", "data", [at(0)], "secrets cannot be unwrapped; what clients have cached goes on"]],
  ),
  ...from(
    "kms",
    "documented",
    "docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html",
    [
      [
        "dynamodb",
        "data",
        [at(7 * 24 * 60, "a table's key stays out of reach for seven days")],
        "tables are archived",
      ],
    ],
  ),
  ...from("dynamodb", "documented", aws("11201"), [
    ["kinesis", "control", [sometime(0, 60)], "front ends cannot read their configuration"],
  ]),
];
