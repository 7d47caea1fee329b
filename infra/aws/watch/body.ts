/** infra/aws · pure. What a region's page in CloudWatch shows, as widgets on a grid 24 wide. */
import { namespace } from "../../../store/metrics.ts";
import type { Region, Role } from "../../../store/records.ts";

export type Shown = {
  workload: string;
  region: Region;
  role: Role;
  regions: Record<Role, Region>;
  alarms: readonly string[];
  balancer: string | undefined;
};

type Metric = readonly (string | Record<string, string>)[];
type Widget = {
  type: "metric" | "alarm" | "text";
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
};

/** Source: CloudWatch API, "Dashboard body structure and syntax". */
export function body(shown: Shown): { widgets: Widget[] } {
  const { workload, region, role, regions, alarms, balancer } = shown;
  const graph = (title: string, metrics: readonly Metric[], more: Record<string, unknown> = {}) => ({
    type: "metric" as const,
    properties: { title, region, metrics, view: "timeSeries", period: 60, stat: "Average", ...more },
  });
  const trio = Object.values(regions);
  const seenFromHere = (metric: string) =>
    trio.map(
      (about): Metric => [
        { expression: search(metric, about, region), label: about, id: `m${trio.indexOf(about)}` },
      ],
    );
  const rows: Omit<Widget, "x" | "y" | "width" | "height">[] = [
    {
      type: "text",
      properties: {
        markdown: `# ${workload}, seen from ${region} (${role})\nUsers live in ${regions.primary}; ${regions.standby} takes over; ${regions.witness} bears witness.`,
      },
    },
    ...(alarms.length > 0
      ? [{ type: "alarm" as const, properties: { title: "Alarms", alarms: [...alarms] } }]
      : []),
    graph("Names that resolve, % by region", seenFromHere("DnsSuccessRate"), percent),
    graph("What a name's answer takes, ms", seenFromHere("DnsResponseTime")),
    graph("Endpoints that answer, % by region", seenFromHere("EndpointSuccessRate"), percent),
    ...(role === "standby"
      ? [
          graph("The lever: 1 keeps users out of the primary", [[namespace, "Drain", "Workload", workload]], {
            stat: "Maximum",
          }),
        ]
      : []),
    ...(role === "witness"
      ? [graph("The analyzer's beat", [[namespace, "Beat", "Workload", workload]], { stat: "SampleCount" })]
      : []),
    ...(balancer === undefined
      ? []
      : [
          graph(
            "Users: requests, and answers of 5xx",
            ["RequestCount", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"].map(
              (metric): Metric => ["AWS/ApplicationELB", metric, "LoadBalancer", balancer],
            ),
            { stat: "Sum" },
          ),
          graph(
            "Users: the slowest hundredth, s",
            [["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", balancer]],
            { stat: "p99" },
          ),
        ]),
  ];
  return { widgets: laid(rows) };
}

const percent = { yAxis: { left: { min: 0, max: 100 } } };

/** All services of a region, as one vantage point sees them. */
const search = (metric: string, about: Region, vantage: Region) =>
  `AVG(SEARCH('{${namespace},Service,Region,Vantage} MetricName="${metric}" Region="${about}" Vantage="${vantage}"', 'Average', 60))`;

/** Two abreast; a text takes the whole width. */
function laid(rows: Omit<Widget, "x" | "y" | "width" | "height">[]): Widget[] {
  let [x, y] = [0, 0];
  return rows.map((row) => {
    const whole = row.type === "text";
    const place = { x, y, width: whole ? 24 : 12, height: whole ? 3 : 6 };
    [x, y] = whole || x === 12 ? [0, y + place.height] : [12, y];
    return { ...row, ...place };
  });
}
