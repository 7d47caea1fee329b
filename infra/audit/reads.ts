/** infra/audit · rim. Reads the records, checks and canaries of a workload. Route 53's API answers in us-east-1 for all of
 *  AWS, so a reading that fails is no news of any region. Changes nothing. */
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
  LoadBalancerNotFoundException,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import {
  DescribeCanariesCommand,
  DescribeCanariesLastRunCommand,
  SyntheticsClient,
} from "@aws-sdk/client-synthetics";
import type { Region } from "../../store/records.ts";
import { callsTo, type Reach } from "../account/calls.ts";
import { ours, regionalName } from "../aws/names.ts";
import type { Doors, Found, Seen, Told, Walk } from "./found.ts";
import { bare, why } from "./found.ts";
import type { Wanted } from "./wanted.ts";

/** Nobody waits for it but a person: five calls a second is what Route 53's API takes of an account. */
const patience = { connectMs: 2_000, answerMs: 5_000, tries: 3 };
const route53Region = "us-east-1";

/** Never rejects: what could not be read says why. */
export async function readAudit(wanted: Wanted, reach: Reach = {}): Promise<Found> {
  const { domain, canaries, primary, standby } = wanted;
  const route53 = new Route53Client(callsTo(route53Region, reach, patience));
  const [records, doors, walks] = await Promise.all([
    domain ? told(() => recordsOf(route53, domain)) : { told: [] },
    Promise.all(
      [primary, standby].flatMap((region) =>
        domain ? [doorsIn(route53, region, wanted.workload, domain, reach)] : [],
      ),
    ),
    Promise.all(
      Object.entries(canaries).map(
        async ([region, names]) => [region, await told(() => walksIn(region, names, reach))] as const,
      ),
    ),
  ]);
  const checks = "told" in records ? await told(() => checksOf(route53, records.told)) : { why: records.why };
  const seen = new Map<string, Told<Seen>>();
  if ("told" in checks) {
    for (const [id, { Type = "" }] of checks.told)
      if (/^(HTTPS?|TCP)/.test(Type)) seen.set(id, await told(() => seenBy(route53, id)));
  }
  return { records, checks, seen, walks: new Map(walks), doors: new Map(doors) };
}

async function told<T>(read: () => Promise<T>): Promise<Told<T>> {
  try {
    return { told: await read() };
  } catch (error) {
    return { why: why(error) };
  }
}

/** Records are listed in the order of their names: the first page from a name on has all of that name, of which there are
 *  a hundred at most. */
async function recordsOf(
  route53: Route53Client,
  { name, zoneId }: NonNullable<Wanted["domain"]>,
): Promise<ResourceRecordSet[]> {
  const { ResourceRecordSets = [] } = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, StartRecordName: name, MaxItems: 100 }),
  );
  return ResourceRecordSets.filter(({ Name }) => Name?.toLowerCase().replace(/\.$/, "") === name);
}

async function doorsIn(
  route53: Route53Client,
  region: Region,
  workload: string,
  { name, zoneId }: NonNullable<Wanted["domain"]>,
  reach: Reach,
): Promise<[Region, Doors]> {
  const [made, named] = await Promise.all([
    told(() => balancerIn(region, ours(workload), reach)),
    told(async () => {
      const [record] = await recordsOf(route53, { name: regionalName(region, name), zoneId });
      return record?.AliasTarget?.DNSName === undefined ? null : bare(record.AliasTarget.DNSName);
    }),
  ]);
  return [region, { made, named }];
}

async function balancerIn(region: Region, called: string, reach: Reach): Promise<string | null> {
  const client = new ElasticLoadBalancingV2Client(callsTo(region, reach, patience));
  try {
    const { LoadBalancers = [] } = await client.send(new DescribeLoadBalancersCommand({ Names: [called] }));
    const name = LoadBalancers[0]?.DNSName;
    return name === undefined ? null : bare(name);
  } catch (error) {
    if (error instanceof LoadBalancerNotFoundException) return null;
    throw error;
  }
}

async function checksOf(
  route53: Route53Client,
  records: readonly ResourceRecordSet[],
): Promise<Map<string, HealthCheckConfig>> {
  const found = new Map<string, HealthCheckConfig>();
  const waiting = records.flatMap(({ HealthCheckId }) => HealthCheckId ?? []);
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    if (found.has(id)) continue;
    const { HealthCheck } = await route53.send(new GetHealthCheckCommand({ HealthCheckId: id }));
    const config = HealthCheck?.HealthCheckConfig;
    if (!config) throw new Error(`the check ${id} has no configuration`);
    found.set(id, config);
    waiting.push(...(config.ChildHealthChecks ?? []));
  }
  return found;
}

async function seenBy(route53: Route53Client, id: string): Promise<Seen> {
  const { HealthCheckObservations = [] } = await route53.send(
    new GetHealthCheckStatusCommand({ HealthCheckId: id }),
  );
  const healthy = HealthCheckObservations.filter((o) => o.StatusReport?.Status?.startsWith("Success"));
  return { healthy: healthy.length, of: HealthCheckObservations.length };
}

async function walksIn(region: Region, names: readonly string[], reach: Reach): Promise<Walk[]> {
  if (names.length === 0) return [];
  const synthetics = new SyntheticsClient(callsTo(region, reach, patience));
  const Names = [...names];
  const { Canaries = [] } = await synthetics.send(new DescribeCanariesCommand({ Names }));
  const { CanariesLastRun = [] } = await synthetics.send(new DescribeCanariesLastRunCommand({ Names }));
  return names.map((name) => {
    const status = Canaries.find((c) => c.Name === name)?.Status;
    const run = CanariesLastRun.find((c) => c.CanaryName === name)?.LastRun;
    const at = run?.Timeline?.Completed?.getTime();
    const last =
      run?.Status?.State === undefined || at === undefined
        ? null
        : { state: run.Status.State, reason: run.Status.StateReason ?? null, at };
    return { name, state: status?.State ?? null, stateReason: status?.StateReason ?? null, last };
  });
}
