/** infra/cost · pure. From what stands in a region to what it costs a month, line by line. Counts units and multiplies;
 *  knows no settings and no SDK. */
import { type PriceName, prices } from "./prices.ts";

/** A month of thirty days. */
const monthSeconds = 30 * 24 * 60 * 60;

/** What stands in one region, in units that AWS bills. */
export type Placed = {
  region: string;
  /** Functions that are always at work, one run after another; or started every so many minutes, for a look. */
  functions: readonly { name: string; memoryMb: number; everyMinutes?: number }[];
  /** Ticks and rounds begin this often. */
  cadenceSeconds: number;
  /** Vantage points whose rounds this region's analyzer reads each tick; 0 where no analyzer stands. */
  roundsRead: number;
  /** Canaries here, and how often each walks. */
  canaries: number;
  canaryMinutes: number;
  /** Metrics that functions write here, by embedded lines in their logs. */
  metrics: number;
  /** Metrics that the analyzer reads of CloudWatch each minute: what load balancers count. */
  metricsRead: number;
  /** Metrics that the prober reads of CloudWatch each minute: how far copies of the data are behind. */
  lagsRead: number;
  alarms: number;
  dashboards: number;
  /** Checks of Route 53 that this region's stack holds, and options of theirs that cost. */
  healthChecks: number;
  healthCheckOptions: number;
  lever: "metric" | "endpoint" | "arc" | "none";
};

/** What a thing of ours was seen to take, or is taken to. */
export const assumed = {
  roundKb: 4, // sixty observations, deflated (store/sqlite.ts)
  roundsWindow: 16, // rounds that a tick looks back at, of each vantage point (analyzer/rules.ts)
  stateKb: 24, // what a tick keeps: standing, report, point, board
  logKbAMinute: 2, // a function's own lines
  metricLineBytes: 170, // one metric's share of an embedded line, each tick
  lookSeconds: 4, // one audit: some twenty calls, one after another
  keptGb: 1.6, // rounds of two days, and the standing
  canaryGbSeconds: 3, // one run: 960 MB for three seconds
  canaryPuts: 4, // what a run leaves in S3
  canaryMetrics: 11, // SuccessPercent, Duration, counts of answers, and those of each step
  askGbSeconds: 0.01, // the lever's function: 512 MB for 20 ms
  checkersAsking: 16, // Route 53's checkers, each asking every ten seconds
};

export type Item = { item: string; usdPerMonth: number };
export type RegionBill = { region: string; usdPerMonth: number; items: Item[] };

/** Never below nothing; items that cost nothing are left out. */
export function bill(placed: Placed): RegionBill {
  const { region, cadenceSeconds, canaries, canaryMinutes, lever } = placed;
  const ticks = monthSeconds / cadenceSeconds;
  const minutes = monthSeconds / 60;
  const runs = (canaries * minutes) / canaryMinutes;
  const reads = placed.roundsRead * assumed.roundsWindow * Math.ceil(assumed.roundKb / 4);
  const analyzes = placed.roundsRead > 0;
  const logGb =
    (minutes * placed.functions.length * assumed.logKbAMinute * 1024 +
      ticks * placed.metrics * assumed.metricLineBytes) /
    1024 ** 3;
  const remoteGb = analyzes
    ? (ticks * (placed.roundsRead - 1) * assumed.roundsWindow * assumed.roundKb) / 1024 ** 2
    : 0;
  const asks = (monthSeconds / 10) * assumed.checkersAsking;

  const lines: [item: string, ...parts: [units: number, of: PriceName][]][] = [
    ...placed.functions.map(({ name, memoryMb, everyMinutes }): [string, ...[number, PriceName][]] => {
      const starts = minutes / (everyMinutes ?? 1);
      // The run before goes on until the next has had its first beat: half a beat on average (infra/account/beats.ts).
      const handedOver = starts * (cadenceSeconds / 2);
      const seconds = everyMinutes === undefined ? monthSeconds + handedOver : starts * assumed.lookSeconds;
      const when = everyMinutes === undefined ? "always at work" : `every ${plural(everyMinutes, "minute")}`;
      return [
        `${name}: a function of ${memoryMb} MB, ${when}`,
        [(memoryMb / 1024) * seconds, "lambdaGbSecondArm"],
        [starts, "lambdaRequest"],
        [starts, "schedule"],
      ];
    }),
    [
      "tables: rounds and claims written",
      [ticks * (assumed.roundKb + 1), "tableWrite"],
      ...(analyzes ? ([[ticks, "tableWrite"]] as [number, PriceName][]) : []),
    ],
    [
      "tables: what the analyzer keeps, and reads of all regions' rounds",
      ...(analyzes
        ? ([
            [ticks * assumed.stateKb, "tableWrite"],
            [ticks * (reads + 8), "tableRead"],
          ] as [number, PriceName][])
        : []),
    ],
    ["tables: storage and recovery to any second", [assumed.keptGb, "tableGb"]],
    ["rounds read from other regions: transfer", [remoteGb, "transferGb"]],
    [
      `canaries: ${plural(canaries, "canary", "canaries")}, every ${plural(canaryMinutes, "minute")}`,
      [runs, "canaryRun"],
      [runs * assumed.canaryGbSeconds, "lambdaGbSecondX86"],
      [runs * assumed.canaryPuts, "objectPut"],
    ],
    [
      "metrics: what functions and canaries write",
      [placed.metrics + canaries * assumed.canaryMetrics, "metric"],
    ],
    [
      "users' voice: what load balancers count, read each minute",
      [minutes * placed.metricsRead, "metricRead"],
    ],
    ["data: how far its copy is behind, read each minute", [minutes * placed.lagsRead, "metricRead"]],
    ["logs, metrics' lines among them", [logGb, "logGb"]],
    [plural(placed.alarms, "alarm"), [placed.alarms, "alarm"]],
    [plural(placed.dashboards, "dashboard"), [placed.dashboards, "dashboard"]],
    [
      `Route 53: ${plural(placed.healthChecks, "health check")}`,
      [placed.healthChecks, "healthCheck"],
      [placed.healthCheckOptions, "healthCheckOption"],
    ],
    [
      lever === "metric" ? "lever: its number each tick, and the beat each minute" : "the beat, each minute",
      [(lever === "metric" ? ticks : 0) + (analyzes ? minutes : 0), "metricCall"],
    ],
    [
      "lever: the function that the checkers ask",
      ...(lever === "endpoint"
        ? ([
            [asks, "lambdaRequest"],
            [asks * assumed.askGbSeconds, "lambdaGbSecondArm"],
            [asks, "tableRead"],
          ] as [number, PriceName][])
        : []),
    ],
    ["lever: a cluster of routing controls", [lever === "arc" ? monthSeconds / 3_600 : 0, "arcClusterHour"]],
  ];
  const items = lines
    .map(([item, ...parts]) => ({
      item,
      usdPerMonth: cents(parts.reduce((sum, [units, of]) => sum + units * prices[of].usd, 0)),
    }))
    .filter(({ usdPerMonth }) => usdPerMonth > 0);
  return { region, usdPerMonth: cents(items.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0)), items };
}

/** A region within this is what was promised; one above it says why. */
export const promisedUsd = 100;

/** Why a region costs more than promised: its dearest lines, until the rest would keep the promise. */
export function dearest({ usdPerMonth, items }: RegionBill): Item[] {
  const found: Item[] = [];
  let left = usdPerMonth;
  for (const item of [...items].sort((a, b) => b.usdPerMonth - a.usdPerMonth)) {
    if (left <= promisedUsd) break;
    found.push(item);
    left -= item.usdPerMonth;
  }
  return found;
}

const cents = (usd: number) => Math.round(usd * 100) / 100;
const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** What a bill does not count. */
export const notCounted = [
  "the workload itself: its tasks, load balancer, NAT and data",
  "free tiers, tax, savings plans and support",
  "the dashboard's own calls, and people's use of the console",
  "SNS, SQS and S3 storage: some cents",
];
