/** tests · the alarm that the standby's check reads, with the arithmetic that the program gives it, in accounts that no
 *  program has made. */
import { type ComparisonOperator, PutMetricAlarmCommand, type Statistic } from "@aws-sdk/client-cloudwatch";
import { drained } from "../../../infra/aws/metrics.ts";

export function drainAlarm(name: string, workload: string): PutMetricAlarmCommand {
  const of = drained(workload);
  return new PutMetricAlarmCommand({
    AlarmName: name,
    Namespace: of.namespace,
    MetricName: of.metricName,
    Dimensions: Object.entries(of.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Period: of.period,
    EvaluationPeriods: of.evaluationPeriods,
    Threshold: of.threshold,
    Statistic: of.statistic as Statistic,
    ComparisonOperator: of.comparisonOperator as ComparisonOperator,
    TreatMissingData: of.treatMissingData,
  });
}
