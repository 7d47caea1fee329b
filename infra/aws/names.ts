/** infra/aws · pure. Names that one region's stack gives and another region's program relies on. They follow from the
 *  settings alone, so no stack needs another to be there to be told them. */
import type { Region } from "../../store/records.ts";

/** One workload of an account never takes another's place. At most 29 characters. */
export const ours = (workload: string) => `holdfast-${workload}`;

/** The ECS cluster, and the service in it. */
export const serviceOf = (workload: string) => ({ cluster: ours(workload), service: ours(workload) });

/** The tables of each vantage point's region, and of the standby's. */
export const tablesOf = (workload: string) => ({
  rounds: `${ours(workload)}-rounds`,
  state: `${ours(workload)}-state`,
});

/** A region's own name for the workload: leads there whatever the failover pair says, so that it can be asked about. */
export const regionalName = (region: Region, domain: string) => `${region}.${domain}`;

/** The alarm over the lever's number. */
export const leverAlarm = (workload: string) => `${ours(workload)}-drain`;

/** The canary that walks to a region. At most 255 small letters, digits, dashes and underscores: Synthetics API,
 *  CreateCanary. */
export const canaryName = (workload: string, about: Region): string => `${workload}-${about}`;
