/** probes · AWS. An edge that can count an account's resources, through SDK v3. One try for each call: a retry would hide
 *  that the API throttles, and would add to what it is throttled for. */
import type { Agent } from "node:https";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { RDSClient } from "@aws-sdk/client-rds";
import type { AwsService, Census, Edge, NamedService } from "../edge.ts";
import type { Ask } from "./ask.ts";
import { copyLag } from "./copies.ts";
import { databases } from "./databases.ts";
import { instances } from "./instances.ts";
import { oneService, services } from "./services.ts";
import { targetGroups } from "./target-groups.ts";
import { troubleOf } from "./trouble.ts";

export type AwsOptions = {
  /** Where AWS's API is, when it is not AWS's own. */
  endpoint?: string;
  /** The SDK's usual chain when left out. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Makes the connections, where that is not the usual way. */
  agent?: Agent;
};

const connectMs = 3_000; // a region's API answers a handshake in well under one second from anywhere
const callMs = 10_000; // the longest pages take a few seconds; the target's own time ends it sooner

/** The same edge, able to ask AWS. It needs leave for `ec2:DescribeInstanceStatus`, `rds:DescribeDBInstances`,
 *  `rds:DescribeDBClusters`, `elasticloadbalancing:DescribeTargetGroups`, `elasticloadbalancing:DescribeTargetHealth`,
 *  `ecs:ListClusters`, `ecs:ListServices` and `ecs:DescribeServices`, and for a copy's lag `cloudwatch:GetMetricData`. */
export function withAws(edge: Edge, { agent, ...options }: AwsOptions = {}): Edge {
  const requestHandler = { ...usual.requestHandler, ...(agent ? { httpsAgent: agent } : {}) };
  const asked = new Map<string, Ask>();
  const copies = new Map<string, ReturnType<typeof copyLag>>();
  return {
    ...edge,
    async aws(service, region, signal, only) {
      const key = [service, region, only?.cluster, only?.service].join(" ");
      const ask = asked.get(key) ?? askers[service]({ ...usual, ...options, requestHandler, region }, only);
      asked.set(key, ask); // a client keeps its connections and credentials for the next round
      const census: Census = { resources: [], troubles: [] };
      try {
        await ask(census, signal);
      } catch (error) {
        census.troubles.push(troubleOf(error, signal));
      }
      return census;
    },
    async copyLag(region, cluster, signal) {
      const key = `${region} ${cluster}`;
      const settings = { ...usual, ...options, requestHandler, region };
      const ask = copies.get(key) ?? copyLag(new CloudWatchClient(settings), cluster, () => edge.now());
      copies.set(key, ask);
      return ask(signal);
    },
  };
}

const usual = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: connectMs, requestTimeout: callMs, throwOnRequestTimeout: true },
};
type Settings = typeof usual & Omit<AwsOptions, "agent"> & { region: string };

const askers: Record<AwsService, (settings: Settings, only?: NamedService) => Ask> = {
  ec2: (settings) => instances(new EC2Client(settings)),
  rds: (settings) => databases(new RDSClient(settings)),
  elb: (settings) => targetGroups(new ElasticLoadBalancingV2Client(settings)),
  ecs: (settings, only) =>
    only ? oneService(new ECSClient(settings), only) : services(new ECSClient(settings)),
};
