/** infra/aws · effects. What users come for: a door and tasks behind it. The dashboard's own image by default, any by
 *  configuration; the default one lies in a repository of this region, so that no region needs another's to start a task. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import { ours } from "../names.ts";
import type { Network } from "../network/network.ts";
import { Balancer } from "./balancer.ts";
import { repositoryArn } from "./image.ts";
import { Service, type Tasks } from "./service.ts";
import type { Told } from "./shown.ts";

export type WorkloadArgs = {
  workload: string;
  region: Region;
  network: Network;
  certificate: pulumi.Input<string> | undefined;
  clients: readonly string[];
  checkPath: string;
  tasks: Tasks;
  /** Undefined: the dashboard's, which is told this. */
  image: string | undefined;
  shown: Told;
};

export class Workload extends pulumi.ComponentResource {
  readonly door: Balancer;
  readonly service: Service;
  /** Where the dashboard's image is to be pushed to; none when another image runs. */
  readonly repository: aws.ecr.Repository | undefined;

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Workload", name, {}, opts);
    const inside = { parent: this };
    const { tasks, image } = args;
    this.door = new Balancer(`${name}-door`, { ...args, port: tasks.port }, inside);
    if (image === undefined) this.repository = repository(`${name}-image`, args, inside);
    this.service = new Service(
      `${name}-tasks`,
      {
        ...args,
        door: this.door,
        ...(image === undefined ? { told: args.shown } : {}),
        image: image ?? pulumi.interpolate`${this.repository?.repositoryUrl}:${tag}`,
        repository: this.repository?.arn ?? (repositoryArn(image ?? "") || undefined),
      },
      inside,
    );
    this.registerOutputs({ name: this.door.balancer.dnsName, cluster: this.service.cluster.name });
  }
}

/** What is run is what was pushed last under this name; `holdfast deploy` starts nothing anew for it. */
const tag = "dashboard";

function repository(
  name: string,
  { workload, region }: WorkloadArgs,
  inside: pulumi.CustomResourceOptions,
): aws.ecr.Repository {
  const made = new aws.ecr.Repository(
    `${name}-repository`,
    {
      region,
      name: ours(workload),
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "AES256" }],
    },
    inside,
  );
  const rule = {
    rulePriority: 1,
    description: "Untagged images go after two weeks",
    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
    action: { type: "expire" },
  };
  new aws.ecr.LifecyclePolicy(
    `${name}-lifecycle`,
    { region, repository: made.name, policy: JSON.stringify({ rules: [rule] }) },
    inside,
  );
  return made;
}
