/** policies · pure. What is kept: closed to strangers, encrypted, and not lost by mistake. */
import type { PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import * as z from "zod";
import { all, each, types } from "./reading.ts";

const Bucket = z.object({ acl: z.string().nullish() });
const Shut = z.object({
  blockPublicAcls: z.boolean().nullish(),
  blockPublicPolicy: z.boolean().nullish(),
  ignorePublicAcls: z.boolean().nullish(),
  restrictPublicBuckets: z.boolean().nullish(),
});

/** What is said of a bucket in a resource of its own. */
const saidOf = (resources: readonly PolicyResource[], bucket: PolicyResource, type: string) =>
  resources.find(
    (r) => r.type === type && r.propertyDependencies.bucket?.some(({ urn }) => urn === bucket.urn),
  );

export const storageIsPrivate = (): StackValidationPolicy => ({
  name: "storage-is-private",
  description: "No bucket is open to the public.",
  validateStack: ({ resources }, report) => {
    for (const { resource, props } of all(resources, types.bucket, Bucket)) {
      const say = (wrong: string) => report(`The bucket ${resource.name} ${wrong}.`, resource.urn);
      if (props.acl?.startsWith("public")) say(`has the ACL ${props.acl}; take it away`);
      const shut = saidOf(resources, resource, types.bucketShut);
      if (!shut) {
        say("is not shut; put a BucketPublicAccessBlock beside it, with all four set to true");
        continue;
      }
      const open = Object.entries(Shut.parse({ ...openAtFirst, ...shut.props })).filter(
        ([, on]) => on !== true,
      );
      if (open.length > 0) say(`is not wholly shut; set ${open.map(([key]) => key).join(", ")} to true`);
    }
  },
});

const openAtFirst = {
  blockPublicAcls: false,
  blockPublicPolicy: false,
  ignorePublicAcls: false,
  restrictPublicBuckets: false,
};

const Kept = z.object({
  serverSideEncryption: z.object({ enabled: z.boolean() }).nullish(),
  sqsManagedSseEnabled: z.boolean().nullish(),
  storageEncrypted: z.boolean().nullish(),
});

/** By type, the key that says the content is encrypted. */
const encrypts: Record<string, { key: string; is: (kept: z.infer<typeof Kept>) => boolean; orKey?: string }> =
  {
    [types.table]: {
      key: "serverSideEncryption: { enabled: true }",
      is: (kept) => kept.serverSideEncryption?.enabled === true,
    },
    [types.queue]: {
      key: "sqsManagedSseEnabled: true",
      is: (kept) => kept.sqsManagedSseEnabled === true,
      orKey: "kmsMasterKeyId",
    },
    "aws:rds/instance:Instance": {
      key: "storageEncrypted: true",
      is: (kept) => kept.storageEncrypted === true,
    },
    "aws:rds/cluster:Cluster": {
      key: "storageEncrypted: true",
      is: (kept) => kept.storageEncrypted === true,
    },
  };

export const storageIsEncrypted = (): ResourceValidationPolicy =>
  each(
    {
      name: "storage-is-encrypted",
      description: "Tables, queues and databases are encrypted where they lie.",
    },
    Object.keys(encrypts),
    Kept,
    (kept, { type, has }) => {
      const { key, is, orKey } = encrypts[type] ?? { key: "", is: () => true };
      return is(kept) || (orKey !== undefined && has(orKey))
        ? null
        : `What is kept here can be read off the disk; set ${key}.`;
    },
  );

export const bucketsAreEncrypted = (): StackValidationPolicy => ({
  name: "buckets-are-encrypted",
  description: "Every bucket says how it encrypts, and takes nothing that does not come over TLS.",
  validateStack: ({ resources }, report) => {
    for (const { resource } of all(resources, types.bucket, Bucket)) {
      const say = (wrong: string) => report(`The bucket ${resource.name} ${wrong}.`, resource.urn);
      if (!saidOf(resources, resource, types.bucketEncryption))
        say("does not say how it encrypts; put a BucketServerSideEncryptionConfiguration beside it");
      if (!saidOf(resources, resource, types.bucketPolicy))
        say(
          "talks to whoever does not use TLS; give it a BucketPolicy that denies aws:SecureTransport = false",
        );
    }
  },
});

const Table = z.object({
  deletionProtectionEnabled: z.boolean().nullish(),
  pointInTimeRecovery: z.object({ enabled: z.boolean() }).nullish(),
});

export const stateIsProtected = (): ResourceValidationPolicy => ({
  name: "state-is-protected",
  description: "Tables survive a mistaken destroy or replacement, and can be restored to any second.",
  validateResource: ({ type, props, opts }, report) => {
    if (type !== types.table) return;
    const { deletionProtectionEnabled, pointInTimeRecovery } = Table.parse(props);
    if (!opts.protect)
      report("A replacement would take this table and all that is in it; set the option protect: true.");
    if (deletionProtectionEnabled !== true)
      report("Anybody may delete this table; set deletionProtectionEnabled to true.");
    if (pointInTimeRecovery?.enabled !== true)
      report("What is overwritten here is gone; set pointInTimeRecovery: { enabled: true }.");
  },
});
