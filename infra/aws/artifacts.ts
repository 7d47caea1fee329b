/** infra/aws · effects. A bucket for what canaries run and what they saw: closed to the public, encrypted, TLS alone, and
 *  what they saw goes after a month. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../store/records.ts";

export type ArtifactsArgs = { workload: string; region: Region };

/** What canaries saw lies under this. */
export const seen = "seen";

export class Artifacts extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;

  constructor(name: string, { region }: ArtifactsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Artifacts", name, {}, opts);
    const inside = { parent: this };
    // What is in it can be made or seen again, so it goes with the stack.
    this.bucket = new aws.s3.Bucket(`${name}-bucket`, { region, forceDestroy: true }, inside);
    const bucket = this.bucket.bucket;
    const shut = new aws.s3.BucketPublicAccessBlock(
      `${name}-shut`,
      {
        region,
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      inside,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encrypted`,
      {
        region,
        bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      inside,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        region,
        bucket,
        rules: [
          {
            id: "what-was-seen",
            status: "Enabled",
            filter: { prefix: `${seen}/` },
            expiration: { days: 31 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
      inside,
    );
    new aws.s3.BucketPolicy(
      `${name}-tls`,
      { region, bucket, policy: pulumi.jsonStringify(onlyTls(this.bucket.arn)) },
      { ...inside, dependsOn: [shut] }, // S3 takes one change of a bucket's openness at a time
    );
    this.registerOutputs({ bucket });
  }
}

const onlyTls = (arn: pulumi.Output<string>) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "OnlyTls",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arn, pulumi.interpolate`${arn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});
