/** infra/account · wiring. What the analyzer moves traffic with in an account. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { Traffic } from "../../analyzer/traffic.ts";
import { BadInput, type Region, regionOf } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { drained } from "../aws/metrics.ts";
import { callsTo, type Reach } from "./calls.ts";
import type { Environment } from "./environment.ts";

export type HandsOptions = { store: Store; reach: Reach; now: () => number };

/** The lever's number, published in the standby region. An order counts as done only once it is seen to be so, which
 *  is not told here: it is published each tick. */
export function handsOf(told: Environment<"analyzer">, { reach }: HandsOptions): Traffic {
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_WORKLOAD: workload } = told;
  const primary = regionOf(topology, "primary");
  const cloudwatch = new CloudWatchClient(callsTo(regionOf(topology, "standby"), reach));
  const metric = drained(workload);
  const publish = async (region: Region | null) => {
    if ((region ?? primary) !== primary)
      throw new BadInput(`Cannot drain ${region}: the lever only turns ${primary} away`);
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: metric.namespace,
        MetricData: [
          {
            MetricName: metric.metricName,
            Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
            Value: region === null ? 0 : 1,
          },
        ],
      }),
    );
  };
  return {
    publish,
    async carryOut(order) {
      if (order.kind !== "drain") throw new BadInput(`Cannot scale ${order.region}: no capacity is set`);
      await publish(order.drained ? order.region : null);
      return false;
    },
  };
}
