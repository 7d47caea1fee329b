/** probes · pure. A round as points for CloudWatch, by the table in store/metrics.ts. What could not be asked is counted
 *  as unknown and changes no share; where nothing could be told, no share is written. */

import { type Datum, datum } from "../store/metrics.ts";
import type { Observation, Round } from "../store/records.ts";

/** The points of one round. Of a blind one, only that it is blind. */
export function measure({ vantage, at, blind, observations }: Round): Datum[] {
  const seen = observations.filter((one) => one.purpose !== "control");
  const controls = seen.length < observations.length;
  const sight = controls ? [datum("Blind", { Vantage: vantage }, at, blind ? 1 : 0)] : [];
  if (blind) return sight;
  const places = Map.groupBy(seen, ({ service, region }) => `${service}@${region}`);
  const byPlace = [...places.values()].flatMap((ones) => {
    const where = { Service: ones[0]?.service ?? "", Region: ones[0]?.region ?? "", Vantage: vantage };
    const names = ones.filter((one) => one.kind === "dns");
    const ends = ones.filter((one) => one.kind === "http" || one.kind === "tcp" || one.kind === "tls");
    return [
      ...share("Dns", names, where, at),
      ...share("Endpoint", ends, where, at),
      ...certificates(ends, where, at),
      ...resources(ones, where, at),
    ];
  });
  const regions = Map.groupBy(
    seen.filter((one) => one.kind === "dns"),
    (one) => one.region,
  );
  const byRegion = [...regions].flatMap(([region, ones]) => {
    const rate = successRate(ones);
    return rate === null ? [] : [datum("OverallDnsHealth", { Region: region, Vantage: vantage }, at, rate)];
  });
  return [...sight, ...byPlace, ...byRegion];
}

type Where = { Service: string; Region: string; Vantage: string };
const isTold = (one: Observation) => one.verdict !== "unknown";

/** Percent that are up of those that could be told; null when none could. */
function successRate(ones: Observation[]): number | null {
  const told = ones.filter(isTold);
  const well = told.filter((one) => one.verdict === "up");
  return told.length === 0 ? null : (100 * well.length) / told.length;
}

function share(what: "Dns" | "Endpoint", ones: Observation[], where: Where, at: number): Datum[] {
  if (ones.length === 0) return [];
  const told = ones.filter(isTold);
  const rate = successRate(ones);
  const latencies = told.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs]));
  const point = (name: "SuccessRate" | "ResponseTime" | "Failures" | "Unknown", values: number | number[]) =>
    datum(`${what}${name}`, where, at, values);
  return [
    ...(rate === null
      ? []
      : [point("SuccessRate", rate), point("Failures", told.filter((one) => one.verdict === "down").length)]),
    ...(latencies.length === 0 ? [] : [point("ResponseTime", latencies)]),
    point("Unknown", ones.length - told.length),
  ];
}

/** The shortest time that any certificate there has left. */
function certificates(ones: Observation[], where: Where, at: number): Datum[] {
  const days = ones.flatMap(({ facts }) => (typeof facts.daysLeft === "number" ? [facts.daysLeft] : []));
  return days.length === 0 ? [] : [datum("CertificateDaysLeft", where, at, Math.min(...days))];
}

/** Counts of an account's resources, where they were counted to the end. */
function resources(ones: Observation[], where: Where, at: number): Datum[] {
  return ones.flatMap(({ facts }) => {
    const { healthy, unhealthy, unknown, troubles } = facts;
    const counts = [healthy, unhealthy, unknown].filter((count) => typeof count === "number");
    const [well, ill, unclear] = counts;
    if (troubles !== undefined || well === undefined || ill === undefined || unclear === undefined) return [];
    return [
      datum("ResourcesHealthy", where, at, well),
      datum("ResourcesUnhealthy", where, at, ill),
      datum("ResourcesUnknown", where, at, unclear),
    ];
  });
}
