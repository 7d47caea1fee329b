/** infra/aws · effects. One region's half of the failover pair. The primary's record is healthy while its endpoint answers
 *  AND nobody has drained it; the standby's while its endpoint answers; each also needs a healthy target. ../route53.ts
 *  is the model of how the two play together. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../store/records.ts";
import { regionalName } from "./names.ts";

export type TrafficRecordArgs = {
  workload: string;
  region: Region;
  half: "PRIMARY" | "SECONDARY";
  balancer: { name: pulumi.Input<string>; zoneId: pulumi.Input<string> };
  check: { path: string; text: string | undefined };
  /** Whether the door speaks TLS; without a certificate it cannot. */
  secure: boolean;
  /** Checks besides the endpoint's that must be healthy too, by id: the standby's lever. */
  guards: readonly pulumi.Input<string>[];
  /** Without one there are checks, but no record. */
  domain: { name: string; zoneId: string } | undefined;
};

export class TrafficRecord extends pulumi.ComponentResource {
  /** Asks the load balancer by its own name, never by the name this record answers for (Route 53 API, HealthCheckConfig).
   *  Route 53 sends that name as Host and does not look at the certificate. */
  readonly endpoint: aws.route53.HealthCheck;
  /** The endpoint's and all the guards' together; none without guards. */
  readonly serve: aws.route53.HealthCheck | undefined;
  /** An alias, so its lifetime is the load balancer's 60 s. */
  readonly record: aws.route53.Record | undefined;

  constructor(name: string, args: TrafficRecordArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:TrafficRecord", name, {}, opts);
    const inside = { parent: this };
    this.endpoint = endpointCheck(`${name}-endpoint`, args, inside);
    if (args.guards.length > 0) this.serve = allOf(`${name}-serve`, this.endpoint, args, inside);
    if (args.domain) {
      const check = this.serve ?? this.endpoint;
      this.record = failoverRecord(`${name}-record`, args.domain, check, args, inside);
      regionalRecord(`${name}-regional`, args.domain, args, inside);
    }
    this.registerOutputs({ endpoint: this.endpoint.id, serve: this.serve?.id, record: this.record?.fqdn });
  }
}

type Inside = pulumi.CustomResourceOptions;

const endpointCheck = (
  name: string,
  { workload, region, balancer, check, secure }: TrafficRecordArgs,
  inside: Inside,
) => {
  const protocol = secure ? "HTTPS" : "HTTP";
  return new aws.route53.HealthCheck(
    name,
    {
      ...(check.text === undefined
        ? { type: protocol }
        : { type: `${protocol}_STR_MATCH`, searchString: check.text }),
      fqdn: balancer.name,
      port: secure ? 443 : 80,
      ...(secure ? { enableSni: true } : {}),
      resourcePath: check.path,
      requestInterval: 10, // seconds; the faster of the two there are
      failureThreshold: 3, // with 10 s: half a minute from the first failure; one lost answer is weather
      tags: { Name: `${workload}: ${region} answers` },
    },
    inside,
  );
};

const allOf = (
  name: string,
  endpoint: aws.route53.HealthCheck,
  { workload, region, guards }: TrafficRecordArgs,
  inside: Inside,
) =>
  new aws.route53.HealthCheck(
    name,
    {
      type: "CALCULATED",
      childHealthchecks: [endpoint.id, ...guards],
      childHealthThreshold: 1 + guards.length,
      tags: { Name: `${workload}: ${region} answers and is not drained` },
    },
    inside,
  );

const failoverRecord = (
  name: string,
  domain: { name: string; zoneId: string },
  check: aws.route53.HealthCheck,
  { region, half, balancer }: TrafficRecordArgs,
  inside: Inside,
) =>
  new aws.route53.Record(
    name,
    {
      zoneId: domain.zoneId,
      name: domain.name,
      type: "A",
      setIdentifier: region,
      failoverRoutingPolicies: [{ type: half }],
      healthCheckId: check.id,
      aliases: [{ name: balancer.name, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
    },
    inside,
  );

/** Leads to this region whatever the pair says, so that it can be asked about apart; no user is told it. */
const regionalRecord = (
  name: string,
  domain: { name: string; zoneId: string },
  { region, balancer }: TrafficRecordArgs,
  inside: Inside,
) =>
  new aws.route53.Record(
    name,
    {
      zoneId: domain.zoneId,
      name: regionalName(region, domain.name),
      type: "A",
      aliases: [{ name: balancer.name, zoneId: balancer.zoneId, evaluateTargetHealth: false }],
    },
    inside,
  );
