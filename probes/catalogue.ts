/** probes · catalogue. The names that a workload on AWS leans on, by service and region.
 *  Source: AWS General Reference, "Service endpoints and quotas". */
import { BadInput, type DnsTarget } from "../store/records.ts";

/** What a service is called in its endpoint's name, by the id that its node has in the dependency graph. */
const prefixes: Record<string, string> = {
  dynamodb: "dynamodb",
  "dynamodb-streams": "streams.dynamodb",
  rds: "rds",
  ec2: "ec2",
  elb: "elasticloadbalancing",
  lambda: "lambda",
  s3: "s3",
  sts: "sts",
};

export const services: readonly string[] = Object.keys(prefixes);

/** The regions watched when none are named. */
export const usualRegions: readonly string[] = ["us-east-1", "us-west-2", "eu-west-1"];

/** China is a partition of its own, with its own domain. */
const domainOf = (region: string) => (region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com");

/** One DNS target for each service in each region. Throws `BadInput` for a service it does not know. */
export function catalogue(
  regions: readonly string[] = usualRegions,
  which: readonly string[] = services,
): DnsTarget[] {
  return regions.flatMap((region) => which.map((service) => endpoint(service, region)));
}

function endpoint(service: string, region: string): DnsTarget {
  const prefix = prefixes[service];
  if (prefix === undefined) {
    throw new BadInput(`Cannot watch a service: expected one of ${services.join(", ")}; got "${service}"`);
  }
  const name = `${prefix}.${region}.${domainOf(region)}`;
  return { id: `${service}@${region}/A`, service, region, purpose: "service", kind: "dns", name, type: "A" };
}

/** The service and region that a name is the endpoint of; null for any other name. */
export function endpointOf(name: string): { service: string; region: string } | null {
  const [, prefix, region] = /^(.+)\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com(?:\.cn)?$/.exec(name) ?? [];
  const service = services.find((id) => prefixes[id] === prefix);
  return service && region ? { service, region } : null;
}
