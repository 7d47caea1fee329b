/** infra/aws · effects. A region's network: a public and a private subnet in each of two or three zones, so that the loss
 *  of a zone is no reason to leave the region. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import { carve } from "./carve.ts";
import { doorsToAws } from "./endpoints.ts";
import { keepFlows } from "./flows.ts";

export type NetworkSettings = {
  /** `10.20.0.0/16`, from /16 to /24. */
  cidr: string;
  /** The letters of the zones, as `["a", "b"]`. */
  zones: readonly string[];
  /** How what is private reaches the internet: not at all, through one zone for all, or each zone by itself. */
  nat: "none" | "one" | "each";
  /** AWS services reached without leaving the network, as `["ecr.api", "logs"]`; each costs by the hour and zone. */
  endpoints: readonly string[];
};
export type NetworkArgs = { workload: string; region: Region; network: NetworkSettings };

export class Network extends pulumi.ComponentResource {
  readonly vpc: aws.ec2.Vpc;
  readonly publicSubnets: aws.ec2.Subnet[];
  readonly privateSubnets: aws.ec2.Subnet[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Network", name, {}, opts);
    const inside = { parent: this };
    const { workload, region, network } = args;
    const plan = carve(network.cidr, network.zones.length);
    const tags = (what: string) => ({ Name: `${workload} ${what}` });

    this.vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      {
        region,
        cidrBlock: network.cidr,
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: tags("network"),
      },
      inside,
    );
    const subnets = (kind: "public" | "private") =>
      network.zones.map((zone, i) => {
        const place = {
          vpcId: this.vpc.id,
          cidrBlock: plan[kind][i] ?? "",
          availabilityZone: `${region}${zone}`,
        };
        return new aws.ec2.Subnet(
          `${name}-${kind}-${zone}`,
          { region, ...place, tags: tags(`${kind} ${zone}`) },
          inside,
        );
      });
    this.publicSubnets = subnets("public");
    this.privateSubnets = subnets("private");

    const internet = new aws.ec2.InternetGateway(
      `${name}-internet`,
      { region, vpcId: this.vpc.id, tags: tags("internet") },
      inside,
    );
    const ways = (kind: string) =>
      new aws.ec2.RouteTable(
        `${name}-ways-${kind}`,
        { region, vpcId: this.vpc.id, tags: tags(`ways ${kind}`) },
        inside,
      );
    const outwards = ways("public");
    new aws.ec2.Route(
      `${name}-out-public`,
      { region, routeTableId: outwards.id, destinationCidrBlock: anywhere, gatewayId: internet.id },
      inside,
    );
    const gateways = this.nats(name, args, internet, inside);
    const inner = network.zones.map((zone, i) => {
      const table = ways(zone);
      const nat = gateways[i] ?? gateways[0];
      if (nat) {
        const out = { routeTableId: table.id, destinationCidrBlock: anywhere, natGatewayId: nat.id };
        new aws.ec2.Route(`${name}-out-${zone}`, { region, ...out }, inside);
      }
      return table;
    });
    for (const [i, zone] of network.zones.entries()) {
      this.join(`${name}-join-public-${zone}`, region, this.publicSubnets[i], outwards);
      this.join(`${name}-join-private-${zone}`, region, this.privateSubnets[i], inner[i]);
    }
    doorsToAws(name, args, { vpc: this.vpc, subnets: this.privateSubnets, tables: inner }, inside);
    keepFlows(name, args, this.vpc, inside);
    this.registerOutputs({ vpc: this.vpc.id });
  }

  /** The gateways through which private subnets reach out, none, one, or one in each zone. */
  private nats(
    name: string,
    { region, workload, network }: NetworkArgs,
    internet: aws.ec2.InternetGateway,
    inside: pulumi.CustomResourceOptions,
  ): aws.ec2.NatGateway[] {
    const zones = { none: [], one: network.zones.slice(0, 1), each: network.zones }[network.nat];
    return zones.map((zone, i) => {
      const tags = { Name: `${workload} nat ${zone}` };
      const address = new aws.ec2.Eip(`${name}-address-${zone}`, { region, domain: "vpc", tags }, inside);
      const place = { allocationId: address.id, subnetId: this.publicSubnets[i]?.id ?? "" };
      return new aws.ec2.NatGateway(
        `${name}-nat-${zone}`,
        { region, ...place, tags },
        { ...inside, dependsOn: [internet] },
      );
    });
  }

  private join(
    name: string,
    region: Region,
    subnet: aws.ec2.Subnet | undefined,
    table: aws.ec2.RouteTable | undefined,
  ): void {
    if (!subnet || !table) throw new Error(`Cannot make ${name}: expected a subnet and its table of ways`);
    new aws.ec2.RouteTableAssociation(
      name,
      { region, subnetId: subnet.id, routeTableId: table.id },
      { parent: this },
    );
  }
}

export const anywhere = "0.0.0.0/0";
