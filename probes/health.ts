/** probes · AWS health. How are the instances, databases, target groups or services that an account has in a region? */
import type { AwsTarget, Facts } from "../store/records.ts";
import { type AwsService, awsServices, type Census, type Resource } from "./edge.ts";
import { down, type Finding, type Probe, unknown, up } from "./finding.ts";

const namesMax = 50; // enough to act on; the counts say how many there are in all

/** Reason when down: `unhealthy`, as soon as one resource is. When unknown: `throttled`, `denied`, `no-credentials`,
 *  `timeout`, `unreachable` or `api-error` when the API could not be asked to the end and nothing unhealthy was seen;
 *  `nothing-there`; `insufficient-data` when no resource can be told to be healthy; `not-equipped` when this vantage point
 *  has no means to ask AWS. Facts: the counts `healthy`, `unhealthy` and `unknown`, the names of those that are not
 *  healthy with what AWS says of them, and every `trouble`. */
export const health: Probe<AwsTarget> = async (target, edge, signal) => {
  const url = new URL(target.url);
  const service = awsServices.find((one) => one === url.hostname);
  if (!service || !edge.aws) return unknown("not-equipped", null, { url: target.url });
  const began = edge.clock();
  const [region = "", cluster, name] = url.pathname.slice(1).split("/");
  const only = cluster !== undefined && name !== undefined ? { cluster, service: name } : undefined;
  const census = await edge.aws(service, region, signal, only);
  return judge(service, census, edge.clock() - began, { url: target.url });
};

function judge(
  service: AwsService,
  { resources, troubles, tasks }: Census,
  tookMs: number,
  about: Facts,
): Finding {
  const those = (state: Resource["state"]) => resources.filter((one) => one.state === state);
  const said = (ones: Resource[]) => ones.slice(0, namesMax).map(({ name, says }) => `${name}: ${says}`);
  const ill = those("unhealthy");
  const unclear = those("unknown");
  const healthy = those("healthy").length;
  const facts: Facts = {
    ...about,
    counts: service,
    ...tasks,
    healthy,
    unhealthy: ill.length,
    unknown: unclear.length,
    ...byZone(resources),
    ...(ill.length > 0 ? { unhealthyNames: said(ill) } : {}),
    ...(unclear.length > 0 ? { unknownNames: said(unclear) } : {}),
    ...(troubles.length > 0
      ? { troubles: [...new Set(troubles.map(({ says }) => says))].slice(0, namesMax) }
      : {}),
  };
  const [trouble] = troubles;
  if (ill.length > 0) return down("unhealthy", tookMs, facts);
  if (trouble) return unknown(trouble.reason, null, facts);
  if (resources.length === 0) return unknown("nothing-there", tookMs, facts);
  if (healthy === 0) return unknown("insufficient-data", tookMs, facts);
  return up(tookMs, facts);
}

/** How many are healthy and how many not in each zone, where that is told: a zone's trouble is left otherwise than a
 *  region's. */
function byZone(resources: readonly Resource[]): Facts {
  const count = (state: Resource["state"]) => {
    const zones = resources.flatMap((one) => (one.state === state && one.zone ? [one.zone] : []));
    return Object.fromEntries(
      [...new Set(zones)].sort().map((z) => [z, zones.filter((o) => o === z).length]),
    );
  };
  if (!resources.some((one) => one.zone)) return {};
  return { healthyByZone: count("healthy"), unhealthyByZone: count("unhealthy") };
}
