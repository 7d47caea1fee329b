/** infra/aws · effects. The door of a region: a load balancer over several zones that speaks TLS, sends plain HTTP there,
 *  and lets Route 53's checkers in. Without a certificate it opens to nobody: only the health path is answered. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import { ours } from "../names.ts";
import type { Network } from "../network/network.ts";

export type BalancerArgs = {
  workload: string;
  region: Region;
  network: Network;
  /** A certificate's ARN in this region; without one nothing but `checkPath` is answered, over HTTP. */
  certificate: pulumi.Input<string> | undefined;
  /** Where users come from; the whole internet is `["0.0.0.0/0"]`. */
  clients: readonly string[];
  /** What tasks listen on, and are asked for. */
  port: number;
  checkPath: string;
};

/** TLS 1.2 and 1.3. Route 53's checkers speak nothing newer than 1.2 (Route 53 API, HealthCheckConfig), so a policy of
 *  TLS 1.3 alone would look like an outage. */
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";

export class Balancer extends pulumi.ComponentResource {
  readonly balancer: aws.lb.LoadBalancer;
  readonly targets: aws.lb.TargetGroup;
  readonly guard: aws.ec2.SecurityGroup;
  /** Whoever needs tasks to be reachable waits for these. */
  readonly listeners: aws.lb.Listener[];

  constructor(name: string, args: BalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Balancer", name, {}, opts);
    const inside = { parent: this };
    const { workload, region, network } = args;
    const tags = { Name: `${workload} door` };
    this.guard = new aws.ec2.SecurityGroup(
      `${name}-guard`,
      {
        region,
        vpcId: network.vpc.id,
        description: "Users and health checkers come in, tasks are asked",
        ingress: [443, 80].flatMap((port) => comers(port, args, inside)),
        egress: [{ ...tcp(args.port), cidrBlocks: [network.vpc.cidrBlock], description: "tasks" }],
        tags,
      },
      inside,
    );
    this.balancer = new aws.lb.LoadBalancer(
      `${name}-alb`,
      {
        region,
        name: ours(workload), // at most 32 characters: ELB API, CreateLoadBalancer
        loadBalancerType: "application",
        subnets: network.publicSubnets.map((subnet) => subnet.id),
        securityGroups: [this.guard.id],
        dropInvalidHeaderFields: true,
        clientKeepAlive: 300, // seconds; the usual hour would hold users to a region that was left
        tags,
      },
      inside,
    );
    this.targets = new aws.lb.TargetGroup(
      `${name}-tasks`,
      {
        region,
        vpcId: network.vpc.id,
        port: args.port,
        protocol: "HTTP",
        targetType: "ip",
        deregistrationDelay: 30, // seconds for what was begun to end
        healthCheck: {
          path: args.checkPath,
          matcher: "200-399", // as Route 53 judges
          interval: 10, // seconds
          timeout: 5,
          healthyThreshold: 2,
          unhealthyThreshold: 3,
        },
        tags,
      },
      inside,
    );
    this.listeners = listen(name, args, this.balancer, this.targets, inside);
    this.registerOutputs({ name: this.balancer.dnsName });
  }
}

type Inside = pulumi.CustomResourceOptions;

const tcp = (port: number) => ({ protocol: "tcp", fromPort: port, toPort: port });

/** Who may come in. Checkers come from all over the world, so a door that is not open to all names their list. */
function comers(port: number, { region, clients }: BalancerArgs, { parent }: Inside) {
  const users = { ...tcp(port), cidrBlocks: [...clients], description: "users" };
  if (clients.includes("0.0.0.0/0")) return [users];
  const list = aws.ec2.getManagedPrefixListOutput(
    { name: `com.amazonaws.${region}.route53-healthchecks`, region },
    parent ? { parent } : {},
  );
  return [users, { ...tcp(port), prefixListIds: [list.id], description: "Route 53's checkers" }];
}

function listen(
  name: string,
  { region, certificate, checkPath }: BalancerArgs,
  balancer: aws.lb.LoadBalancer,
  targets: aws.lb.TargetGroup,
  inside: Inside,
): aws.lb.Listener[] {
  const forward = { type: "forward", targetGroupArn: targets.arn };
  const at = (port: number, protocol: string) => ({ region, loadBalancerArn: balancer.arn, port, protocol });
  if (certificate === undefined) {
    const shut = {
      contentType: "text/plain",
      messageBody: "No certificate yet, so nothing is served.",
      statusCode: "503",
    };
    const plain = new aws.lb.Listener(
      `${name}-http`,
      { ...at(80, "HTTP"), defaultActions: [{ type: "fixed-response", fixedResponse: shut }] },
      inside,
    );
    new aws.lb.ListenerRule(
      `${name}-health`,
      {
        region,
        listenerArn: plain.arn,
        priority: 1,
        conditions: [{ pathPattern: { values: [checkPath] } }],
        actions: [forward],
      },
      inside,
    );
    return [plain];
  }
  const redirect = { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" };
  return [
    new aws.lb.Listener(
      `${name}-https`,
      {
        ...at(443, "HTTPS"),
        certificateArn: certificate,
        sslPolicy: tlsPolicy,
        defaultActions: [forward],
      },
      inside,
    ),
    new aws.lb.Listener(
      `${name}-http`,
      { ...at(80, "HTTP"), defaultActions: [{ type: "redirect", redirect }] },
      inside,
    ),
  ];
}
