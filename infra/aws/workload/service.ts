/** infra/aws · effects. The workload's tasks: spread over the zones, replaced one by one and rolled back when a new one does
 *  not come up, never fewer than one. Under way their number belongs to scaling and to Holdfast, so a deployment leaves
 *  it alone. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import { serviceOf } from "../names.ts";
import { anywhere, type Network } from "../network/network.ts";
import { accountIn, mayLog, roleFor, type Statement } from "../role.ts";
import type { Balancer } from "./balancer.ts";
import { scale } from "./scaling.ts";
import type { Told } from "./shown.ts";

export type Tasks = {
  /** What it listens on. */
  port: number;
  /** CPU units, 1024 to a core, and MiB. */
  cpu: number;
  memory: number;
  /** Never fewer, never more. */
  min: number;
  max: number;
};
export type ServiceArgs = {
  workload: string;
  region: Region;
  network: Network;
  door: Balancer;
  tasks: Tasks;
  /** The repository the image is fetched from, where that takes a permission. */
  repository: pulumi.Input<string> | undefined;
  image: pulumi.Input<string>;
  /** What the image is told and may do besides, where it is the dashboard's. */
  told?: Told;
};

export class Service extends pulumi.ComponentResource {
  readonly cluster: aws.ecs.Cluster;
  readonly service: aws.ecs.Service;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Service", name, {}, opts);
    const inside = { parent: this };
    const { workload, region, network, door, tasks } = args;
    const names = serviceOf(workload);
    const log = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { region, name: `/holdfast/${workload}/tasks`, retentionInDays: 30 },
      inside,
    );
    this.cluster = new aws.ecs.Cluster(
      `${name}-cluster`,
      { region, name: names.cluster, settings: [{ name: "containerInsights", value: "enabled" }] },
      inside,
    );
    const guard = new aws.ec2.SecurityGroup(
      `${name}-guard`,
      {
        region,
        vpcId: network.vpc.id,
        description: "Only the load balancer comes in",
        ingress: [{ ...tcp(tasks.port), securityGroups: [door.guard.id], description: "load balancer" }],
        egress: [{ ...tcp(443), cidrBlocks: [anywhere], description: "images, logs, AWS" }],
        tags: { Name: `${workload} tasks` },
      },
      inside,
    );
    this.service = new aws.ecs.Service(
      `${name}-service`,
      {
        region,
        name: names.service,
        cluster: this.cluster.arn,
        taskDefinition: taskOf(name, args, log, inside).arn,
        launchType: "FARGATE",
        desiredCount: tasks.min,
        deploymentMinimumHealthyPercent: 100, // nothing goes before its replacement has come
        deploymentMaximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        availabilityZoneRebalancing: "ENABLED",
        healthCheckGracePeriodSeconds: 60,
        networkConfiguration: {
          subnets: network.privateSubnets.map((subnet) => subnet.id),
          securityGroups: [guard.id],
          assignPublicIp: false,
        },
        loadBalancers: [
          { targetGroupArn: door.targets.arn, containerName: container, containerPort: tasks.port },
        ],
        enableEcsManagedTags: true,
        propagateTags: "SERVICE",
      },
      { ...inside, ignoreChanges: ["desiredCount"], dependsOn: door.listeners },
    );
    scale(name, args, this.cluster, this.service, inside);
    this.registerOutputs({ cluster: this.cluster.name, service: this.service.name });
  }
}

const container = "workload";
const tcp = (port: number) => ({ protocol: "tcp", fromPort: port, toPort: port });

function taskOf(
  name: string,
  args: ServiceArgs,
  log: aws.cloudwatch.LogGroup,
  inside: pulumi.CustomResourceOptions,
): aws.ecs.TaskDefinition {
  const { workload, region, tasks, image, told } = args;
  const tasksPrincipal = "ecs-tasks.amazonaws.com";
  const starter = roleFor(
    `${name}-starter`,
    tasksPrincipal,
    {
      description: `Fetches ${workload}'s image and opens its log in ${region}.`,
      may: [mayLog(log), ...mayFetch(args.repository)],
    },
    inside,
  );
  const self = roleFor(
    `${name}-self`,
    tasksPrincipal,
    { description: `${workload}'s tasks themselves in ${region}.`, may: told?.may ?? tasksMay(log, args) },
    inside,
  );
  const logging = {
    logDriver: "awslogs",
    options: {
      "awslogs-group": log.name,
      "awslogs-region": region,
      "awslogs-stream-prefix": container,
    },
  };
  const containers = [
    {
      name: container,
      image,
      essential: true,
      portMappings: [{ containerPort: tasks.port, protocol: "tcp" }],
      environment: [
        { name: "PORT", value: String(tasks.port) },
        { name: "HOLDFAST_REGION", value: region },
        { name: "HOLDFAST_WORKLOAD", value: workload },
        ...besides(told),
      ],
      logConfiguration: logging,
    },
  ];
  return new aws.ecs.TaskDefinition(
    `${name}-task`,
    {
      region,
      family: serviceOf(workload).service,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(tasks.cpu),
      memory: String(tasks.memory),
      executionRoleArn: starter.arn,
      taskRoleArn: self.arn,
      containerDefinitions: pulumi.jsonStringify(containers),
    },
    inside,
  );
}

/** What every image is told already is not told twice. */
const besides = (told: Told | undefined) =>
  Object.entries(told?.environment ?? {})
    .filter(([name]) => name !== "HOLDFAST_REGION" && name !== "HOLDFAST_WORKLOAD")
    .map(([name, value]) => ({ name, value }));

/** An image that lies in ECR is fetched with a permission; one that lies elsewhere with none. */
const mayFetch = (repository: pulumi.Input<string> | undefined): Statement[] =>
  repository === undefined
    ? []
    : [
        { Sid: "SignIn", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" }, // knows no narrower one
        {
          Sid: "FetchTheImage",
          Effect: "Allow",
          Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
          Resource: repository,
        },
      ];

/** A shell inside is not given: the tasks may read where they stand in the failover, and nothing more. */
const tasksMay = (log: aws.cloudwatch.LogGroup, { workload, region }: ServiceArgs): Statement[] => [
  {
    Sid: "SeeItself",
    Effect: "Allow",
    Action: "ecs:DescribeServices",
    Resource: pulumi.interpolate`arn:aws:ecs:${region}:${accountIn(log.arn)}:service/${serviceOf(workload).cluster}/${serviceOf(workload).service}`,
  },
];
