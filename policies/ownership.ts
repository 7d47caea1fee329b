/** policies · pure. Whose everything is. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import * as z from "zod";
import { each, types } from "./reading.ts";

const Tagged = z.object({ tags: z.record(z.string(), z.string()).nullish() });

/** What costs money or is found by people in a console. */
const belongs = [
  types.alarm,
  types.balancer,
  types.bucket,
  types.canary,
  types.check,
  types.lambda,
  types.logs,
  types.queue,
  types.service,
  types.subnet,
  types.table,
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/vpc:Vpc",
  "aws:ecr/repository:Repository",
  "aws:ecs/cluster:Cluster",
  "aws:iam/role:Role",
  "aws:sns/topic:Topic",
];

export const everythingIsSomebodys = ({ tag }: { tag: string }): ResourceValidationPolicy =>
  each(
    {
      name: "everything-is-somebodys",
      description: `What costs money or can be found says whose it is, by the tag ${tag}.`,
    },
    belongs,
    Tagged,
    ({ tags }) => (tags?.[tag] ? null : `Nobody can tell whose this is; tag it ${tag} = WORKLOAD.`),
  );
