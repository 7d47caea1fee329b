/** policies · pure. What roles and functions may need when a region is lost. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import * as z from "zod";
import { types } from "./reading.ts";
import { allowed, covers, type Statement } from "./statements.ts";

/** Changes that go through a control plane in one region for all, us-east-1 or us-west-2, or that lean on one. From
 *  the whitepaper AWS Fault Isolation Boundaries: its chapter on global services, appendices A and B. */
const controlPlanes = [
  "route53:ChangeResourceRecordSets",
  "route53:CreateHealthCheck",
  "route53:UpdateHealthCheck",
  "route53:DeleteHealthCheck",
  "route53:ChangeTagsForResource",
  "route53:CreateHostedZone",
  "iam:CreateRole",
  "iam:PutRolePolicy",
  "iam:AttachRolePolicy",
  "iam:UpdateAssumeRolePolicy",
  "organizations:UpdatePolicy",
  "account:EnableRegion",
  "cloudfront:UpdateDistribution",
  "shield:UpdateSubscription",
  "route53-recovery-control-config:UpdateSafetyRule",
  "route53-recovery-control-config:CreateRoutingControl",
  "globalaccelerator:UpdateEndpointGroup",
  "networkmanager:UpdateGlobalNetwork",
  "elasticloadbalancing:CreateLoadBalancer",
  "lambda:CreateFunctionUrlConfig",
  "ec2:CreateVpcEndpoint",
  "servicediscovery:CreateService",
  "s3:CreateBucket",
];

/** Endpoints that are served from one region for all. */
const globalEndpoints = [
  "route53.amazonaws.com",
  "iam.amazonaws.com",
  "sts.amazonaws.com",
  "organizations.amazonaws.com",
  "cloudfront.amazonaws.com",
  "globalaccelerator.us-west-2.amazonaws.com",
  "route53-recovery-control-config.us-west-2.amazonaws.com",
];

const Lambda = z.object({
  environment: z.object({ variables: z.record(z.string(), z.string()).nullish() }).nullish(),
});

export const recoveryNeedsNoControlPlane = (): ResourceValidationPolicy => ({
  name: "recovery-needs-no-control-plane",
  description: "No step of recovery asks a control plane that may be down with the region being left.",
  validateResource: ({ type, props }, report) => {
    for (const statement of allowed(type, props)) {
      const reached = controlPlanes.find((action) => mayDo(statement, action));
      if (reached)
        report(
          `This role could lean on ${reached}, a control plane that may be down when it is needed; take the permission away, make what it would change beforehand, and move traffic by the lever.`,
        );
    }
    if (type !== types.lambda) return;
    for (const [name, value] of Object.entries(Lambda.parse(props).environment?.variables ?? {})) {
      const endpoint = globalEndpoints.find((host) => names(value, host));
      if (endpoint)
        report(
          `${name} points to ${endpoint}, which one region serves for all; use a regional endpoint, or none.`,
        );
      if (name === "AWS_STS_REGIONAL_ENDPOINTS" && value === "legacy")
        report("AWS_STS_REGIONAL_ENDPOINTS sends sign-in to us-east-1; set it to regional, or leave it out.");
    }
  },
});

/** Whether a value names a host; `my-iam.amazonaws.com` does not name `iam.amazonaws.com`. */
const names = (value: string, host: string): boolean =>
  new RegExp(`(?<![a-z0-9-])${host.replaceAll(".", "\\.")}`, "i").test(value);

const mayDo = ({ Action, NotAction }: Statement, action: string): boolean =>
  Action
    ? Action.some((pattern) => covers(pattern, action))
    : NotAction !== undefined && !NotAction.some((pattern) => covers(pattern, action));

/** What takes away what is kept, or cuts a copy off from what it copies. Whoever may move the writer of a database, or write
 *  to a table, needs none of it. Service Authorization Reference, "Actions" of each service, access level Write. */
const losses = [
  "rds:DeleteDBCluster",
  "rds:DeleteDBInstance",
  "rds:DeleteGlobalCluster",
  "rds:RemoveFromGlobalCluster",
  "dynamodb:DeleteTable",
  "dynamodb:DeleteBackup",
  "s3:DeleteBucket",
  "kms:ScheduleKeyDeletion",
  "kms:DisableKey",
  "backup:DeleteRecoveryPoint",
];

export const whatIsKeptStays = (): ResourceValidationPolicy => ({
  name: "what-is-kept-stays",
  description:
    "No role can delete what is kept, or cut a copy of it off: recovery moves data, and loses none by itself.",
  validateResource: ({ type, props }, report) => {
    for (const statement of allowed(type, props)) {
      const lost = losses.find((action) => mayDo(statement, action));
      if (lost)
        report(
          `This role could lose data by ${lost}; take the permission away, as moving traffic needs none of it, and let people delete.`,
        );
    }
  },
});

/** Actions that IAM can fence by no resource, with the condition key that fences them instead; null where reading
 *  is all they do. Service Authorization Reference, Application Auto Scaling, CloudWatch and its logs, Synthetics,
 *  ECR, EC2 and ELB. */
const withoutResource: Record<string, string | null> = {
  "cloudwatch:PutMetricData": "cloudwatch:namespace",
  "synthetics:DescribeCanaries": "synthetics:Names",
  "synthetics:DescribeCanariesLastRun": "synthetics:Names",
  "cloudwatch:GetMetricData": null,
  "application-autoscaling:DescribeScalableTargets": null,
  "ecr:GetAuthorizationToken": null,
  "logs:DescribeLogGroups": null,
  "ec2:DescribeInstanceStatus": null,
  "elasticloadbalancing:DescribeLoadBalancers": null,
  "elasticloadbalancing:DescribeTargetHealth": null,
};

export const noWildcards = (): ResourceValidationPolicy => ({
  name: "no-wildcards",
  description: "Roles name the actions they may take and the things they may take them on.",
  validateResource: ({ type, props }, report) => {
    for (const statement of allowed(type, props)) for (const wrong of tooWide(statement)) report(wrong);
  },
});

function tooWide({ Action, Resource, NotAction, NotResource, Condition }: Statement): string[] {
  const faults: string[] = [];
  if (NotAction || NotResource)
    faults.push("NotAction and NotResource allow all they do not name; name what is needed.");
  const wide = Action?.find((action) => action.includes("*") || action.includes("?"));
  if (wide) faults.push(`The action ${wide} allows more than one; name each one that is needed.`);
  if (!Resource?.includes("*")) return faults;
  const keys = Object.values(Condition ?? {}).flatMap((test) => Object.keys(test));
  for (const action of Action ?? []) {
    const fence = withoutResource[action];
    if (fence === undefined) faults.push(`${action} is allowed on everything; name the resources it is for.`);
    else if (fence !== null && !keys.includes(fence))
      faults.push(`${action} is allowed everywhere; add a condition on ${fence}.`);
  }
  return faults;
}
