/** tests · an account as the program left it, for an audit to look at: as the program's words, and made in a local AWS API. */
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  type HealthCheckConfig,
  type ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import type { Found, Walk } from "../../../infra/audit/found.ts";
import type { Wanted } from "../../../infra/audit/wanted.ts";
import type { AwsApi } from "../../probes/awsapi.ts";
import type { StandIn } from "../account/recorder.ts";

export const now = Date.UTC(2026, 0, 1, 12);
export const name = "shop.example.com";
export const wanted: Wanted = {
  workload: "shop",
  primary: "us-east-1",
  standby: "us-west-2",
  domain: { name, zoneId: "Z1" },
  lever: "metric",
  alarm: "holdfast-shop-drain",
  canaries: { "us-east-1": ["shop-us-west-2"], "eu-west-1": ["shop-us-east-1", "shop-us-west-2"] },
  own: {},
};

export const door = (region: string) => `shop-1.${region}.elb.amazonaws.com`;
const record = (region: string, half: "PRIMARY" | "SECONDARY", check: string): ResourceRecordSet => ({
  Name: `${name}.`,
  Type: "A",
  SetIdentifier: region,
  Failover: half,
  HealthCheckId: check,
  AliasTarget: { HostedZoneId: "Z2", DNSName: `${door(region)}.`, EvaluateTargetHealth: true },
});
const asks = (region: string): HealthCheckConfig => ({
  Type: "HTTPS",
  FullyQualifiedDomainName: door(region),
  RequestInterval: 10,
  FailureThreshold: 3,
});
export const obeysAlarm: HealthCheckConfig = {
  Type: "CLOUDWATCH_METRIC",
  AlarmIdentifier: { Region: "us-west-2", Name: "holdfast-shop-drain" },
  InsufficientDataHealthStatus: "LastKnownStatus",
};
export const obeysUrl: HealthCheckConfig = {
  Type: "HTTPS",
  FullyQualifiedDomainName: "abc.lambda-url.us-west-2.on.aws",
  Inverted: true,
  RequestInterval: 10,
};
export const walk = (change: Partial<Walk> & { name: string }): Walk => ({
  state: "RUNNING",
  stateReason: null,
  last: { state: "PASSED", reason: null, at: now - 60_000 },
  ...change,
});

/** An account as the program left it, which a test then changes. */
export function account(lever: HealthCheckConfig = obeysAlarm) {
  const records = [record("us-east-1", "PRIMARY", "serve"), record("us-west-2", "SECONDARY", "standby")];
  const checks: Record<string, HealthCheckConfig> = {
    serve: { Type: "CALCULATED", ChildHealthChecks: ["primary", "lever"], HealthThreshold: 2 },
    primary: asks("us-east-1"),
    standby: asks("us-west-2"),
    lever: structuredClone(lever),
  };
  const walks: Record<string, Walk[]> = Object.fromEntries(
    Object.entries(wanted.canaries).map(([region, names]) => [region, names.map((n) => walk({ name: n }))]),
  );
  /** The program's own load balancers, and where each region's own name leads. */
  const made: Record<string, string | null> = {
    "us-east-1": door("us-east-1"),
    "us-west-2": door("us-west-2"),
  };
  const named: Record<string, string | null> = { ...made };
  return { records, checks, walks, made, named };
}
export const foundIn = ({ records, checks, walks, made, named }: ReturnType<typeof account>): Found => ({
  records: { told: records },
  checks: { told: new Map(Object.entries(checks)) },
  seen: new Map(["primary", "standby"].map((id) => [id, { told: { healthy: 15, of: 16 } }])),
  walks: new Map(Object.entries(walks).map(([region, told]) => [region, { told }])),
  doors: new Map(
    ["us-east-1", "us-west-2"].map((region) => [
      region,
      { made: { told: made[region] ?? null }, named: { told: named[region] ?? null } },
    ]),
  ),
});

/** Makes it in the local API, and gives what was wanted with the zone's id there. */
export async function placeIn(api: AwsApi): Promise<Wanted> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const route53 = new Route53Client({ region: "us-east-1", endpoint: api.endpoint, credentials });
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: "example.com", CallerReference: "zone" }),
  );
  const balancer = await balancerIn(api, "us-east-1"); // in the other region it is the user's own
  const asMade = JSON.stringify(account()).replaceAll(door("us-east-1"), balancer);
  const { records, checks, named } = JSON.parse(asMade) as ReturnType<typeof account>;
  const made = new Map<string, string>();
  for (const id of ["primary", "standby", "lever", "serve"]) {
    const { ChildHealthChecks, ...config } = checks[id] as HealthCheckConfig;
    const children = ChildHealthChecks?.map((child) => made.get(child) ?? "");
    const { HealthCheck } = await route53.send(
      new CreateHealthCheckCommand({
        CallerReference: id,
        HealthCheckConfig: { ...config, ...(children ? { ChildHealthChecks: children } : {}) },
      }),
    );
    made.set(id, HealthCheck?.Id ?? "");
  }
  const regional = Object.entries(named).map(
    ([region, leadsTo]): ResourceRecordSet => ({
      Name: `${region}.${name}.`,
      Type: "A",
      AliasTarget: { HostedZoneId: "Z2", DNSName: `${leadsTo}.`, EvaluateTargetHealth: false },
    }),
  );
  const all = records.map((r) => ({ ...r, HealthCheckId: made.get(r.HealthCheckId ?? "") }));
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: HostedZone?.Id ?? "",
      ChangeBatch: {
        Changes: [...all, ...regional].map((ResourceRecordSet) => ({
          Action: "CREATE",
          ResourceRecordSet,
        })),
      },
    }),
  );
  return { ...wanted, domain: { name, zoneId: (HostedZone?.Id ?? "").replace("/hostedzone/", "") } };
}

/** Of a check that reads an alarm the local API forgets the alarm, and what silence means to it. */
export const remembered: AwsApi["meddle"] = () => {
  const { Region, Name } = obeysAlarm.AlarmIdentifier ?? {};
  const forgotten = `<AlarmIdentifier><Region>${Region}</Region><Name>${Name}</Name></AlarmIdentifier><InsufficientDataHealthStatus>LastKnownStatus</InsufficientDataHealthStatus>`;
  return {
    rewrite: (answer) => answer.replace("<Type>CLOUDWATCH_METRIC</Type>", (type) => `${type}${forgotten}`),
  };
};

/** Canaries that walk and pass. */
export const synthetics: StandIn = ({ host, action, body }) => {
  if (!host.startsWith("synthetics.")) return null;
  const names = (JSON.parse(body) as { Names: string[] }).Names;
  const Timeline = { Completed: now / 1_000 };
  const said =
    action === "POST /canaries"
      ? { Canaries: names.map((Name) => ({ Name, Status: { State: "RUNNING" } })) }
      : {
          CanariesLastRun: names.map((CanaryName) => ({
            CanaryName,
            LastRun: { Name: CanaryName, Status: { State: "PASSED" }, Timeline },
          })),
        };
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(said) };
};

/** A load balancer as the program names it; gives its DNS name. */
async function balancerIn({ endpoint }: AwsApi, region: string): Promise<string> {
  const client = { region, endpoint, credentials: { accessKeyId: "local", secretAccessKey: "local" } };
  const ec2 = new EC2Client(client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.20.0.0/16" }));
  const place = { VpcId: Vpc?.VpcId, CidrBlock: "10.20.0.0/24" };
  const { Subnet } = await ec2.send(new CreateSubnetCommand(place));
  const { LoadBalancers = [] } = await new ElasticLoadBalancingV2Client(client).send(
    new CreateLoadBalancerCommand({ Name: "holdfast-shop", Subnets: [Subnet?.SubnetId ?? ""] }),
  );
  return LoadBalancers[0]?.DNSName ?? "";
}
