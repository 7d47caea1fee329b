/** infra/cost · pure. What a stack's settings place in its region, counted in the units that AWS bills. A test holds the
 *  counts against what the Pulumi program really makes. */
import { auditEveryMs } from "../account/audited.ts";
import { countOf } from "../account/metrics/mod.ts";
import { metricsOf } from "../account/readers/queries.ts";
import { sizes } from "../aws/sizes.ts";
import { topologyOf } from "../aws/topology.ts";
import type { Settings } from "../settings.ts";
import type { Placed } from "./bill.ts";

/** What is not told by the settings. */
export type Aside = { cadenceSeconds: number; canaryMinutes: number; lever: Placed["lever"] };

export function placedBy(settings: Settings, { cadenceSeconds, canaryMinutes, lever }: Aside): Placed {
  const { role, regions, region, balancer, check } = settings;
  const topology = topologyOf(settings);
  const analyzes = role === "standby";
  const everyMinutes = auditEveryMs / 60_000;
  const canaries = [regions.primary, regions.standby].filter((about) => about !== region).length;
  const functions = [
    { name: "prober", memoryMb: sizes.proberMb },
    ...(analyzes ? [{ name: "analyzer", memoryMb: sizes.analyzerMb }] : []),
    ...(role === "witness" ? [{ name: "auditor", memoryMb: sizes.auditorMb, everyMinutes }] : []),
  ];
  const serves = role !== "witness";
  const secure =
    settings.domain !== undefined || settings.certificateArn !== undefined || balancer !== undefined;
  const options = 1 + (secure ? 1 : 0) + (check.text === undefined ? 0 : 1); // every 10 s, HTTPS, a text
  const shadow = analyzes && lever === "metric" ? 1 : 0; // the lever's own test has an alarm and a number beside
  return {
    region,
    functions,
    cadenceSeconds,
    roundsRead: analyzes ? topology.vantages.length : 0,
    canaries,
    canaryMinutes,
    metrics: countOf(topology, region) + (analyzes ? metricsOfATick(topology.regions.length) + shadow : 0),
    metricsRead: analyzes ? metricsOf(0, balancersHeard(settings)) : 0,
    lagsRead: topology.targets.some(({ purpose }) => purpose === "data") ? lagMetrics : 0,
    alarms:
      2 * functions.length +
      canaries +
      (serves && !balancer ? 2 : 0) +
      (role === "witness" ? 1 : 0) +
      (analyzes ? alarmsOf[lever] : 0),
    dashboards: 1,
    healthChecks: checksOf(settings, lever),
    healthCheckOptions: (serves ? options : 0) + (analyzes && lever === "endpoint" ? 2 : 0),
    lever: analyzes ? lever : "none",
  };
}

/** The lever's own and its shadow's; of its function, that it fails and that it is throttled. */
const alarmsOf: Record<Placed["lever"], number> = { metric: 2, endpoint: 2, arc: 0, none: 0 };

/** The standby's is known to its stack where it is made there; the others where they are told. */
const balancersHeard = ({ balancer, heardAt }: Settings) =>
  [heardAt.primary, heardAt.standby ?? (balancer ? undefined : "made")].filter(Boolean).length;

/** Both names that a copy's lag may have: probes/aws/copies.ts. */
const lagMetrics = 2;

/** Scores of each region, and the analyzer's own: infra/account/metrics/tick.ts. */
const metricsOfATick = (regions: number) => 5 * regions + 6;

/** The endpoint's, the lever's (routing controls have one for each region, and the standby obeys its own), and "answers and is not drained" where there is something to be drained by. */
function checksOf({ role, drainCheck }: Settings, lever: Placed["lever"]): number {
  if (role === "witness") return 0;
  if (role === "standby") return lever === "arc" ? 4 : 2;
  return drainCheck === undefined ? 1 : 2;
}
