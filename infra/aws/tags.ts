/** infra/aws · effects. Whose a resource is, on each that takes tags: costs are told apart by it, and policy asks for it. */
import * as pulumi from "@pulumi/pulumi";
import type { Region, Role } from "../../store/records.ts";

/** Tags of a workload's own resources. What a resource says of itself stays. */
export function tagAll({ workload, role }: { workload: string; role: Role }): void {
  const tags = { "holdfast:workload": workload, "holdfast:role": role };
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    takesNone.some((none) => type === none) || !type.startsWith("aws:")
      ? undefined
      : { props: { ...props, tags: { ...tags, ...props.tags } }, opts },
  );
}

/** The region a monitor watches, so that policy can see that it does not live there. */
export const watches = (region: Region) => ({ "holdfast:watches": region });

/** A part of a region that its own metrics alone can tell of; when the whole region falls silent, that is heard
 *  elsewhere. */
export const watchesWithin = (region: Region, heardIn: Region) => ({
  ...watches(region),
  "holdfast:silence-heard-in": heardIn,
});

/** Parts of others, and pairs of names: AWS keeps no tags for them. */
const takesNone = [
  "aws:appautoscaling/policy:Policy",
  "aws:acm/certificateValidation:CertificateValidation",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:ec2/route:Route",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  "aws:lambda/functionUrl:FunctionUrl",
  "aws:lambda/permission:Permission",
  "aws:route53/record:Record",
  "aws:route53recoverycontrol/routingControl:RoutingControl",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:scheduler/schedule:Schedule",
  "aws:sns/topicSubscription:TopicSubscription",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sqs/queuePolicy:QueuePolicy",
];
