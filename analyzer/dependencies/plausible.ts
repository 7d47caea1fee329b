/** analyzer · pure. What may well be so and what no summary names. It advises: it helps to explain what is seen, and
 *  never raises a risk that anything acts on. */
import { at, type Edge, from, sometime } from "./edge.ts";
import { ground } from "./services.ts";

const source = "no summary names it";
const row = (cause: string, to: string, plane: Edge["plane"], says: string, more = {}) =>
  from(cause, "plausible", source, [[to, plane, [at(0)], says, more]]);

export const plausible: readonly Edge[] = [
  ...row("sns", "alarm-actions", "data", "alarms reach nobody, and what fans out stops"),
  ...["lambda", "dynamodb", "eventbridge"].flatMap((cause) =>
    row(cause, "stepfunctions", "data", "steps that need it fail"),
  ),
  ...row("kms", "ebs", "control", "encrypted volumes cannot be attached"),
  ...row("kms", "s3", "data", "objects under a key of one's own cannot be read"),
  ...row("kms", "ec2", "control", "encrypted instances cannot be launched"),
  ...row("organizations", "account", "control", "accounts cannot be made; policies are still enforced", {
    reach: "global",
  }),
  ...row("rds", "aurora", "control", "writers go on, and cannot be failed over"),
  ...row("support", "health", "data", "the Health API follows it", { reach: "global" }),
  ...row("signin", "identitycenter", "data", "sign-in shares the edge where it has its home in us-east-1", {
    reach: "global",
  }),
  ...row("dynamodb", "dynamodb-streams", "data", "streams are read through the same service"),
  ...row("elb", "app", "data", "the workload's front door"),
  ...row("instances", "app", "data", "the workload's machines"),
  ...row("vpc-resolver", "app", "data", "the workload finds no name from inside its network"),
  ...from("ecs", "plausible", source, [
    ["app", "control", [sometime(10, 120)], "lost tasks are not replaced"],
  ]),
  ...["app", "dynamodb", "dynamodb-streams", "ecs", "lambda", "rds", "s3"].flatMap((to) =>
    row(ground, to, "both", "nothing in the region answers"),
  ),
];
