/** tests · which calls a failover may make. Nothing global, nothing that makes or edits what routes traffic, nothing in the
 *  region being left. */
import type { Heard } from "./recorder.ts";

/** What turns users away, and what reads back that it did: each a regional data plane's, or a read beside it. */
export const moves: readonly [host: RegExp, action: RegExp][] = [
  [/^monitoring\.([\w-]+)\.amazonaws\.com$/, /^(PutMetricData|DescribeAlarms)$/],
  [/^dynamodb\.([\w-]+)\.amazonaws\.com$/, /^UpdateItem$/],
  [/^\w+\.lambda-url\.([\w-]+)\.on\.aws$/, /^GET \/$/],
  [/^\w+\.route53-recovery-cluster\.([\w-]+)\.amazonaws\.com$/, /^(Get|Update)RoutingControlState$/],
];
/** What brings capacity and data along, asked of the region that takes over. The users' move waits for none of it. */
export const follows: readonly [host: RegExp, action: RegExp][] = [
  [/^ecs\.([\w-]+)\.amazonaws\.com$/, /^(DescribeServices|UpdateService)$/],
  [
    /^application-autoscaling\.([\w-]+)\.amazonaws\.com$/,
    /^(DescribeScalableTargets|RegisterScalableTarget)$/,
  ],
  [
    /^autoscaling\.([\w-]+)\.amazonaws\.com$/,
    /^(DescribeAutoScalingGroups|UpdateAutoScalingGroup|SetDesiredCapacity)$/,
  ],
  [/^rds\.([\w-]+)\.amazonaws\.com$/, /^(DescribeGlobalClusters|FailoverGlobalCluster)$/],
];

/** A line for each call that is on no list, or that was for the region being left. */
export function trespasses(
  calls: readonly Heard[],
  leaving: string,
  allowed = [...moves, ...follows],
): string[] {
  return calls.flatMap(({ host, region, action }) => {
    const match = allowed.map(([h, a]) => (a.test(action) ? h.exec(host) : null)).find(Boolean);
    if (!match) return [`${host} ${action}: on no list`];
    const there = match[1] === leaving || region === leaving || host.includes(leaving);
    return there ? [`${host} ${action}: in the region being left`] : [];
  });
}
