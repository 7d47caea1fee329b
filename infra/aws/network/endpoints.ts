/** infra/aws · effects. Ways to AWS's own services that do not leave the network. S3 and DynamoDB cost nothing, so they
 *  are always there; the others are chosen. */
import * as aws from "@pulumi/aws";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { NetworkArgs } from "./network.ts";

type Inner = { vpc: aws.ec2.Vpc; subnets: aws.ec2.Subnet[]; tables: aws.ec2.RouteTable[] };

export function doorsToAws(
  name: string,
  { region, workload, network }: NetworkArgs,
  { vpc, subnets, tables }: Inner,
  inside: CustomResourceOptions,
): void {
  const door = (service: string) => ({
    region,
    vpcId: vpc.id,
    serviceName: `com.amazonaws.${region}.${service}`,
    tags: { Name: `${workload} ${service}` },
  });
  for (const service of ["s3", "dynamodb"]) {
    const routeTableIds = tables.map((table) => table.id);
    new aws.ec2.VpcEndpoint(
      `${name}-to-${service}`,
      { ...door(service), vpcEndpointType: "Gateway", routeTableIds },
      inside,
    );
  }
  if (network.endpoints.length === 0) return;
  const guard = new aws.ec2.SecurityGroup(
    `${name}-endpoints`,
    {
      region,
      vpcId: vpc.id,
      description: "AWS services, reached from inside the network",
      ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [network.cidr] }],
      tags: { Name: `${workload} endpoints` },
    },
    inside,
  );
  for (const service of network.endpoints)
    new aws.ec2.VpcEndpoint(
      `${name}-to-${service.replaceAll(".", "-")}`,
      {
        ...door(service),
        vpcEndpointType: "Interface",
        subnetIds: subnets.map((subnet) => subnet.id),
        securityGroupIds: [guard.id],
        privateDnsEnabled: true,
      },
      inside,
    );
}
