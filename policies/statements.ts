/** policies · pure. What IAM policies allow, read from every kind of resource that can carry one. */
import * as z from "zod";

const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((v) => (typeof v === "string" ? [v] : v));

const Statement = z.object({
  Effect: z.string(),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
export type Statement = z.infer<typeof Statement>;

const Document = z.object({
  Statement: z.union([Statement, z.array(Statement)]).transform((s) => (Array.isArray(s) ? s : [s])),
});

const Text = z.union([z.string().transform((text): unknown => JSON.parse(text)), z.unknown()]).pipe(Document);
const Carrier = z.object({ policy: Text });
const Role = z.object({ inlinePolicies: z.array(z.object({ policy: Text.optional() })).nullish() });

const carriers = [
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/policy:Policy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/groupPolicy:GroupPolicy",
];
const role = "aws:iam/role:Role";

/** The statements that allow something, in any policy that a resource carries. */
export function allowed(type: string, props: unknown): Statement[] {
  return documents(type, props)
    .flatMap((document) => document.Statement)
    .filter((statement) => statement.Effect === "Allow");
}

function documents(type: string, props: unknown) {
  if (carriers.includes(type)) return [Carrier.parse(props).policy];
  if (type !== role) return [];
  return (Role.parse(props).inlinePolicies ?? []).flatMap(({ policy }) => policy ?? []);
}

/** Whether an action's pattern covers an action; IAM knows `*` and `?`, and no case. */
export const covers = (pattern: string, action: string): boolean => {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i").test(action);
};
