/** infra/cost · facts. What AWS takes for each unit, in one place. Prices of us-east-1, in USD without tax, before any free
 *  tier; other regions differ by some cents to a fifth. `sure`: how well it is known. Look them up before you count on a
 *  sum: they are lists of one day. */

/** The day these were written down. */
export const asOf = "2026-11-25";

/** `list`: read from AWS's price list by others in 2025, and the same since. `quoted`: read, on the day above, where others
 *  quote AWS's page. `recalled`: AWS's published price as remembered, not looked up again. */
type Price = { usd: number; per: string; sure: "list" | "quoted" | "recalled"; source: string };

const cloudwatch = "CloudWatch pricing, from the Price List API of October 2025";
const lambda = "AWS Lambda pricing, as quoted by Cloudchipr, Lambda Pricing Breakdown 2025";
const dynamodb = "DynamoDB pricing, on demand since November 2024, as quoted by Airbyte, July 2025";

export const prices = {
  metric: { usd: 0.3, per: "metric and month", sure: "list", source: cloudwatch },
  alarm: { usd: 0.1, per: "alarm and month", sure: "list", source: cloudwatch },
  dashboard: { usd: 3, per: "dashboard and month", sure: "list", source: cloudwatch },
  canaryRun: { usd: 0.0012, per: "run", sure: "list", source: cloudwatch },
  metricRead: {
    usd: 0.01 / 1_000,
    per: "metric asked for by GetMetricData",
    sure: "list",
    source: cloudwatch,
  },
  metricCall: { usd: 0.01 / 1_000, per: "call of PutMetricData", sure: "list", source: cloudwatch },
  logGb: { usd: 0.5, per: "GB taken in", sure: "list", source: cloudwatch },
  lambdaGbSecondArm: {
    usd: 0.0000133334,
    per: "GB and second, arm64",
    sure: "quoted",
    source: lambda,
  },
  lambdaGbSecondX86: {
    usd: 0.0000166667,
    per: "GB and second, x86",
    sure: "quoted",
    source: lambda,
  },
  lambdaRequest: { usd: 0.2 / 1e6, per: "request", sure: "quoted", source: lambda },
  schedule: { usd: 1 / 1e6, per: "start", sure: "recalled", source: "Amazon EventBridge pricing, Scheduler" },
  tableWrite: {
    usd: 0.625 / 1e6,
    per: "write unit of 1 KB",
    sure: "quoted",
    source: dynamodb,
  },
  tableRead: {
    usd: 0.125 / 1e6,
    per: "read unit of 4 KB",
    sure: "quoted",
    source: dynamodb,
  },
  tableGb: {
    usd: 0.25 + 0.2,
    per: "GB and month, with point-in-time recovery",
    sure: "recalled",
    source: "DynamoDB pricing",
  },
  objectPut: { usd: 0.005 / 1_000, per: "PUT", sure: "recalled", source: "Amazon S3 pricing" },
  healthCheck: {
    usd: 0.5,
    per: "check of an AWS endpoint and month; the first 50 of an account are free",
    sure: "recalled",
    source: "Route 53 pricing",
  },
  healthCheckOption: {
    usd: 1,
    per: "option (HTTPS, 10 s, text) of an AWS endpoint's check and month",
    sure: "recalled",
    source: "Route 53 pricing",
  },
  arcClusterHour: {
    usd: 2.5,
    per: "cluster and hour",
    sure: "list",
    source: "Application Recovery Controller pricing",
  },
  transferGb: {
    usd: 0.02,
    per: "GB from one region to another",
    sure: "recalled",
    source: "EC2 pricing, data transfer",
  },
} as const satisfies Record<string, Price>;
export type PriceName = keyof typeof prices;
