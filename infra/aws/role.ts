/** infra/aws · effects. A role for one service, that may do what is written beside it and nothing else. No managed
 *  policies: what AWS adds to those, nobody here has read. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export type Statement = {
  Sid: string;
  Effect: "Allow";
  Action: string | string[];
  Resource: pulumi.Input<string> | pulumi.Input<string>[];
  Condition?: Record<string, Record<string, pulumi.Input<string> | string[]>>;
};

/** Children are `NAME-role` and `NAME-policy`. */
export function roleFor(
  name: string,
  service: string,
  args: { description: string; may: pulumi.Input<Statement[]> },
  inside: pulumi.CustomResourceOptions,
): aws.iam.Role {
  const role = new aws.iam.Role(
    `${name}-role`,
    { description: args.description, assumeRolePolicy: JSON.stringify(trusts(service)) },
    inside,
  );
  const policy = pulumi.jsonStringify({ Version: version, Statement: args.may });
  new aws.iam.RolePolicy(`${name}-policy`, { role: role.id, policy }, inside);
  return role;
}

/** What a log's writer needs; the group is made beforehand, with its retention. */
export const mayLog = (log: aws.cloudwatch.LogGroup): Statement => ({
  Sid: "KeepALog",
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: pulumi.interpolate`${log.arn}:*`,
});

/** The account's number, as AWS wrote it into an ARN; so that no stack needs to ask who it is. */
export const accountIn = (arn: pulumi.Output<string>): pulumi.Output<string> =>
  arn.apply((text) => text.split(":")[4] ?? "");

const version = "2012-10-17"; // of the policy language; the newest there is

const trusts = (service: string) => ({
  Version: version,
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
});
