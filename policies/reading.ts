/** policies · pure. The parts of a resource that rules read, and rules over one type of resource. What is not known
 *  before the update is read as such: the host then says that the rule could not be asked yet. */
import type { PolicyResource, ReportViolation, ResourceValidationPolicy } from "@pulumi/policy";
import * as z from "zod";

const text = z.string().nullish();
const number = z.number().nullish();

export const HealthCheck = z.object({
  type: z.string(),
  requestInterval: number,
  insufficientDataHealthStatus: text,
  cloudwatchAlarmRegion: text,
  invertHealthcheck: z.boolean().nullish(),
  fqdn: text,
  childHealthThreshold: number,
});

export const DnsRecord = z.object({
  name: z.string(),
  type: z.string(),
  ttl: number,
  setIdentifier: text,
  failoverRoutingPolicies: z.array(z.object({ type: z.string() })).nullish(),
  aliases: z.array(z.object({ name: z.string(), evaluateTargetHealth: z.boolean().nullish() })).nullish(),
});

export const Alarm = z.object({
  region: text,
  alarmActions: z.array(z.unknown()).nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  actionsEnabled: z.boolean().nullish(),
  treatMissingData: text,
});

export const LogGroup = z.object({ retentionInDays: number });

export const Monitor = z.object({ region: text, tags: z.record(z.string(), z.string()).nullish() });

export const types = {
  record: "aws:route53/record:Record",
  check: "aws:route53/healthCheck:HealthCheck",
  alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
  compositeAlarm: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  canary: "aws:synthetics/canary:Canary",
  logs: "aws:cloudwatch/logGroup:LogGroup",
  lambda: "aws:lambda/function:Function",
  tries: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  url: "aws:lambda/functionUrl:FunctionUrl",
  schedule: "aws:scheduler/schedule:Schedule",
  queue: "aws:sqs/queue:Queue",
  table: "aws:dynamodb/table:Table",
  bucket: "aws:s3/bucket:Bucket",
  bucketShut: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  bucketEncryption: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  bucketPolicy: "aws:s3/bucketPolicy:BucketPolicy",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
  listener: "aws:lb/listener:Listener",
  subnet: "aws:ec2/subnet:Subnet",
  service: "aws:ecs/service:Service",
  scaling: "aws:appautoscaling/target:Target",
} as const;

/** A rule that looks at one resource at a time. `fault` says what is wrong and how to mend it; null when all is well. */
export const each = <T>(
  sentence: { name: string; description: string },
  of: readonly string[],
  schema: z.ZodType<T>,
  fault: (
    props: T,
    about: { type: string; providerRegion: string | undefined; has: (key: string) => boolean },
  ) => string | null,
): ResourceValidationPolicy => ({
  ...sentence,
  validateResource: ({ type, props, provider }, report: ReportViolation) => {
    if (!of.includes(type)) return;
    const region: unknown = provider?.props.region;
    const wrong = fault(schema.parse(props), {
      type,
      providerRegion: typeof region === "string" ? region : undefined,
      has: (key) => Object.hasOwn(props, key), // asks nothing of a value that is not known yet
    });
    if (wrong) report(wrong);
  },
});

/** The resources of one type in a stack, read. */
export const all = <T>(resources: readonly PolicyResource[], type: string, schema: z.ZodType<T>) =>
  resources
    .filter((r) => r.type === type)
    .map((resource) => ({ resource, props: schema.parse(resource.props) }));

/** The region a load balancer's own name tells; null when it tells none. */
export const balancerRegion = (name: string): string | null =>
  /\.([a-z]{2}(?:-[a-z]+)+-\d+)\.elb\.amazonaws\.com\.?$/.exec(name.toLowerCase())?.[1] ?? // application, classic
  /\.elb\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com\.?$/.exec(name.toLowerCase())?.[1] ?? // network
  null;
