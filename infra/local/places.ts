/** infra/local · pure. What there is in this world and what it is called: regions, services and their names. */

export const primary = "us-east-1";
export const standby = "us-west-2";
export const witness = "eu-west-1";
export const regions = [primary, standby, witness] as const;
/** The regions that serve users. */
export const traffic = [primary, standby] as const;

/** AWS services whose names are watched, by node name; the part of the DNS name before the region. */
export const services = {
  dynamodb: "dynamodb",
  "dynamodb-streams": "streams.dynamodb",
  rds: "rds",
  ec2: "ec2",
  elb: "elasticloadbalancing",
  lambda: "lambda",
  s3: "s3",
  sts: "sts",
  ecs: "ecs",
} as const satisfies Record<string, string>;
export const serviceIds = Object.keys(services) as (keyof typeof services)[];
/** Those also asked over HTTP: the ones a workload calls all the time. */
export const pinged = ["dynamodb", "s3", "sts", "lambda"] as const satisfies (keyof typeof services)[];

export const serviceName = (service: keyof typeof services, region: string) =>
  `${services[service]}.${region}.amazonaws.com`;
/** CloudWatch's own name, for the lever's metric. */
export const metricsName = (region: string) => `monitoring.${region}.amazonaws.com`;

export const workloadName = "app.holdfast.test";
export const regionalName = (region: string) => `${region}.${workloadName}`;
export const controlName = "control.example.test";

/** Tasks: what runs normally, and what carries all users. The standby keeps a small flame. */
export const capacity: Readonly<Record<string, { normal: number; full: number }>> = {
  [primary]: { normal: 4, full: 4 },
  [standby]: { normal: 1, full: 4 },
};
