/** infra/account/lever · rim. The lever of kind `metric`: one number in the standby region, which Route 53 reads by an
 *  alarm's definition. Written with one call of CloudWatch's data plane in the region that takes over. */
import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import type { Lever } from "./lever.ts";

export type MetricLeverOptions = {
  /** Of the standby region. */
  cloudwatch: CloudWatchClient;
  /** The metric, as the alarm defines it. */
  metric: { namespace: string; metricName: string; dimensions: Readonly<Record<string, string>> };
  /** The alarm's name. It judges the same numbers as Route 53 does, and is the one of the two that can be asked in this
   *  region. */
  alarm: string;
};

export function metricLever({ cloudwatch, metric, alarm }: MetricLeverOptions): Lever {
  return {
    async tell(drained) {
      await cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: metric.namespace,
          MetricData: [
            {
              MetricName: metric.metricName,
              Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
              Value: drained ? 1 : 0,
              // Without a Timestamp: CloudWatch takes its own, so a wrong clock here cannot put it into another minute.
            },
          ],
        }),
      );
    },
    async holds() {
      const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarm] }));
      const found = MetricAlarms.find((each) => each.AlarmName === alarm);
      if (!found) throw new Error(`Cannot see the lever: there is no alarm ${alarm}`);
      if (found.StateValue === "ALARM") return true;
      return found.StateValue === "OK" ? false : null;
    },
  };
}
