/** infra/aws · pure. The metrics that the analyzer publishes each tick, and the alarms' arithmetic over them. */

import { namespace } from "../../store/metrics.ts";

/** A metric is the workload's own: two workloads of one account never share a lever. */
const of = (metricName: string, workload: string) => ({
  namespace,
  metricName,
  dimensions: { Workload: workload },
  period: 60, // seconds; the shortest of a standard resolution metric, and Route 53 reads no other
});

/** 1 while users are to be kept out of the primary, else 0; written in the standby region. One minute with a 1 in it
 *  drains. One period out of one, as Route 53 takes no "M out of N". A minute without a point changes nothing:
 *  silence is no order. */
export const drained = (workload: string) => ({
  ...of("Drain", workload),
  statistic: "Maximum",
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  threshold: 1,
  evaluationPeriods: 1,
  treatMissingData: "ignore",
});

/** 1 at each tick of the analyzer; written in the witness region. Five minutes with no point are a death: the
 *  schedule ticks at least once a minute, and one late start is weather. */
export const silent = (workload: string) => ({
  ...of("Beat", workload),
  statistic: "SampleCount",
  comparisonOperator: "LessThanThreshold",
  threshold: 1,
  evaluationPeriods: 5,
  treatMissingData: "breaching",
});
