/** tests · what AWS would make up for a resource that was just made: ids, ARNs, names of load balancers. The same each
 *  time, and in the form AWS's own have, as policies and programs read parts of them. */
import { createHash } from "node:crypto";

type Properties = Record<string, unknown>;
export type Asked = { urn: string; type: string; name: string; inputs: Properties };
/** Makes a resource; rejects where AWS would. */
export type Make = (asked: Asked) => Promise<{ id: string; state: Properties }>;

export const account = "123456789012";

export const madeUp: Make = async (asked) => {
  const id = idOf(asked.urn);
  return { id, state: { ...added(asked, id), ...asked.inputs } };
};

const hex = (text: string) => createHash("sha256").update(text).digest("hex");
const idOf = (urn: string) => hex(urn).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");

function added({ type, name, urn, inputs }: Asked, id: string): Properties {
  const [, service = "", kind = ""] = /^aws:(\w+)\/.*:(\w+)$/.exec(type) ?? [];
  const region = String(inputs.region ?? "");
  const called = String(inputs.name ?? `${name}-1a2b3c4`);
  const arn = (what: string) => `arn:aws:${service}:${region}:${account}:${what}`;
  const usual = { id, name: called, arn: arn(`${kind}/${called}`) };
  const short = hex(urn).slice(0, 16);
  switch (type) {
    case "aws:lb/loadBalancer:LoadBalancer": {
      const dnsName = `${called}-${parseInt(short.slice(0, 8), 16)}.${region}.elb.amazonaws.com`;
      return { ...usual, dnsName, zoneId: balancerZones[region], arnSuffix: `app/${called}/${short}` };
    }
    case "aws:lb/targetGroup:TargetGroup":
      return { ...usual, arnSuffix: `targetgroup/${called}/${short}` };
    case "aws:acm/certificate:Certificate":
      return {
        ...usual,
        domainValidationOptions: [inputs.domainName, ...(inputs.subjectAlternativeNames as string[])].map(
          (domain) => ({
            domainName: domain,
            resourceRecordName: `_${hex(String(domain)).slice(0, 32)}.${domain}.`,
            resourceRecordType: "CNAME",
            resourceRecordValue: `_${short}.acm-validations.aws.`,
          }),
        ),
      };
    case "aws:sns/topic:Topic":
    case "aws:sqs/queue:Queue":
      return { ...usual, arn: arn(called) };
    case "aws:iam/role:Role":
      return { ...usual, id: called, arn: `arn:aws:iam::${account}:role/${called}` };
    case "aws:lambda/function:Function":
      return { ...usual, arn: arn(`function:${called}`) };
    case "aws:cloudwatch/logGroup:LogGroup":
      return { ...usual, arn: `arn:aws:logs:${region}:${account}:log-group:${called}` };
    case "aws:cloudwatch/metricAlarm:MetricAlarm":
      return { ...usual, arn: arn(`alarm:${called}`) };
    case "aws:route53recoverycontrol/routingControl:RoutingControl":
      return {
        ...usual,
        arn: `arn:aws:route53-recovery-control::${account}:controlpanel/${short}/routingcontrol/${called.replace(/\W/g, "")}`,
      };
    case "aws:ecr/repository:Repository":
      return {
        ...usual,
        arn: arn(`repository/${called}`),
        repositoryUrl: `${account}.dkr.ecr.${region}.amazonaws.com/${called}`,
      };
    case "aws:route53/record:Record":
      return { ...usual, fqdn: inputs.name };
    case "aws:s3/bucket:Bucket":
      return { ...usual, bucket: called, arn: `arn:aws:s3:::${called}` };
    case "aws:lambda/functionUrl:FunctionUrl":
      return { ...usual, functionUrl: `https://${short}.lambda-url.${region}.on.aws/` };
    case "aws:route53recoverycontrol/cluster:Cluster":
      return {
        ...usual,
        clusterEndpoints: ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2"].map(
          (where) => ({
            region: where,
            endpoint: `https://${short.slice(0, 8)}.route53-recovery-cluster.${where}.amazonaws.com/v1`,
          }),
        ),
      };
    default:
      return usual;
  }
}

/** By region, the zone of its application load balancers' names: AWS General Reference, Elastic Load Balancing. */
export const balancerZones: Record<string, string> = {
  "us-east-1": "Z35SXDOTRQ7X7K",
  "us-west-2": "Z1H1FL5HABSF5",
  "eu-west-1": "Z32O12XQLNTSW2",
};

/** What AWS answers to questions, by the name Pulumi has for each. */
export const answers: Record<string, (asked: Properties) => Properties> = {
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": ({ name }) => ({
    id: `pl-${hex(String(name)).slice(0, 17)}`,
    name,
  }),
};
