/** store · pure. The one table of what Holdfast tells CloudWatch: each metric's name, unit and dimensions. Shares are
 *  percent and durations milliseconds, everywhere; a metric has the same dimensions wherever it is written from, because
 *  CloudWatch adds nothing up over them. What is not known is not written: no point is no answer, and never a 0. */

/** Also the one namespace that any role may write to. */
export const namespace = "Holdfast";

export type Metric = {
  /** CloudWatch's own words for units. */
  unit: "Percent" | "Milliseconds" | "Count" | "None";
  dimensions: readonly string[];
  /** What one point of it says. */
  says: string;
};

const ofRegion = ["Workload", "Region"] as const;
const place = ["Service", "Region", "Vantage"] as const;

export const metrics = {
  // written by whoever asks: `holdfast monitor --publish`
  DnsSuccessRate: {
    unit: "Percent",
    dimensions: place,
    says: "share of a service's names that resolved, of those that could be told",
  },
  DnsResponseTime: { unit: "Milliseconds", dimensions: place, says: "what each answer took, good or bad" },
  DnsFailures: { unit: "Count", dimensions: place, says: "names that were down" },
  DnsUnknown: { unit: "Count", dimensions: place, says: "names that could not be asked" },
  OverallDnsHealth: {
    unit: "Percent",
    dimensions: ["Region", "Vantage"],
    says: "share of all of a region's names that resolved, of those that could be told",
  },
  EndpointSuccessRate: {
    unit: "Percent",
    dimensions: place,
    says: "share of a service's HTTP, TCP and TLS endpoints that answered as expected, of those that could be told",
  },
  EndpointResponseTime: { unit: "Milliseconds", dimensions: place, says: "what each endpoint's answer took" },
  EndpointFailures: { unit: "Count", dimensions: place, says: "endpoints that were down" },
  EndpointUnknown: { unit: "Count", dimensions: place, says: "endpoints that could not be asked" },
  CertificateDaysLeft: {
    unit: "None", // days; CloudWatch has no word for them
    dimensions: place,
    says: "days until the certificate runs out; below 0 when it has",
  },
  ResourcesHealthy: { unit: "Count", dimensions: place, says: "the account's resources that are healthy" },
  ResourcesUnhealthy: { unit: "Count", dimensions: place, says: "the account's resources that are not" },
  ResourcesUnknown: {
    unit: "Count",
    dimensions: place,
    says: "the account's resources that AWS says nothing clear of",
  },
  Blind: {
    unit: "None",
    dimensions: ["Vantage"],
    says: "1 when the vantage point's control targets failed too, so that its round says nothing of others; else 0",
  },

  // written by the analyzer, each tick
  Drain: {
    unit: "None",
    dimensions: ["Workload"],
    says: "the lever: 1 while users are kept out of the primary, else 0",
  },
  Beat: { unit: "None", dimensions: ["Workload"], says: "1: the analyzer is alive" },
  RegionHealthScore: {
    unit: "Percent",
    dimensions: ofRegion,
    says: "how fit the region is to take users; no point while that is not known",
  },
  RegionCoverage: {
    unit: "Percent",
    dimensions: ofRegion,
    says: "share of the questions about the region that got a verdict from outside it",
  },
  AnomalyScore: {
    unit: "Percent",
    dimensions: ofRegion,
    says: "the oddest of the region's series that are odd now; no point while none is",
  },
  CascadeRiskScore: {
    unit: "Percent",
    dimensions: ofRegion,
    says: "how much of what the workload stands on there has fallen or is about to",
  },
  UserFailureRate: {
    unit: "Percent",
    dimensions: ofRegion,
    says: "share of the users' own requests there that failed; no point where nobody came",
  },
  Phase: {
    unit: "None",
    dimensions: ["Workload"],
    says: "where the failover stands: 0 home, 1 doubting, 2 preparing, 3 shifting, 4 verifying, 5 away, 6 returning, 7 held",
  },
  Drained: {
    unit: "None",
    dimensions: ["Workload"],
    says: "1 while users are decided to be kept out of the primary, else 0; what the lever is told is Drain",
  },
  BlindVantages: { unit: "Count", dimensions: ["Workload"], says: "vantage points that saw nothing" },
  UnconfirmedOrders: {
    unit: "Count",
    dimensions: ["Workload"],
    says: "orders not yet seen to be true",
  },
  UndoneActs: { unit: "Count", dimensions: ["Workload"], says: "what could not be done this time" },
  TickTime: { unit: "Milliseconds", dimensions: ["Workload"], says: "from a tick's beginning to its end" },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
type DimensionOf<N extends MetricName> = (typeof metrics)[N]["dimensions"][number];

/** One point: an instant (epoch ms) and what was measured then, once or several times. */
export type Datum = {
  name: MetricName;
  unit: Metric["unit"];
  dimensions: Readonly<Record<string, string>>;
  at: number;
  values: readonly number[];
};

/** A point as the table wants it. Throws when there is no value, or one that is no number: a caller that knows nothing
 *  writes nothing. */
export function datum<N extends MetricName>(
  name: N,
  dimensions: Readonly<Record<DimensionOf<N>, string>>,
  at: number,
  values: number | readonly number[],
): Datum {
  const all = typeof values === "number" ? [values] : values;
  if (all.length === 0 || !all.every(Number.isFinite)) {
    throw new TypeError(`Cannot tell ${name}: expected one number or more; got ${JSON.stringify(values)}`);
  }
  return { name, unit: metrics[name].unit, dimensions, at, values: all };
}
