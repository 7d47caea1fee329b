/** infra/local · pure. The zones of this world: AWS's service names, and the workload's name, whose answer Route 53's
 *  rules decide. */
import {
  metricsName,
  regionalName,
  regions,
  serviceIds,
  serviceName,
  traffic,
  workloadName,
} from "./places.ts";
import type { Timings } from "./timings.ts";
import type { Entry, Zone } from "./zone.ts";

export function zonesOf(options: {
  addresses: Readonly<Record<string, readonly string[]>>;
  /** The region the workload's name leads to right now. */
  leadsTo: () => string;
  /** What a service's name shows instead of its addresses; null when it is well. */
  nameFault: (service: string, region: string) => Exclude<Entry, object> | null;
  timings: Timings;
}): Zone[] {
  const { addresses, leadsTo, nameFault, timings: t } = options;
  const at = (region: string, ttlS: number): Entry => ({ addresses: addresses[region] ?? [], ttlS });
  const aws = new Map<string, () => Entry>();
  const own = new Map<string, () => Entry>([[workloadName, () => at(leadsTo(), t.nameTtlS)]]);
  for (const region of regions) {
    for (const service of serviceIds)
      aws.set(serviceName(service, region), () => nameFault(service, region) ?? at(region, t.serviceTtlS));
    aws.set(metricsName(region), () => at(region, t.serviceTtlS));
  }
  for (const region of traffic) own.set(regionalName(region), () => at(region, t.nameTtlS));
  return [
    { apex: "amazonaws.com", negativeTtlS: t.negativeTtlS, entries: aws },
    { apex: "holdfast.test", negativeTtlS: t.negativeTtlS, entries: own },
  ];
}
