/** infra/aws · pure. The workload's Aurora global database, as the analyzer is told of it and let move it, where the settings
 *  ask for that. The database is the user's own: nothing of it is made here. */
import { type Input, interpolate, jsonStringify, type Output } from "@pulumi/pulumi";
import { parseRules } from "../../../analyzer/rules.ts";
import type { Region, Role } from "../../../store/records.ts";
import type { Moves } from "../../settings.ts";

export type DatabaseArns = {
  global: Output<string>;
  /** By the region that takes users. */
  clusters: Record<Region, Output<string>>;
};

/** RDS keeps a global database in no region: Service Authorization Reference, Amazon RDS, resource types. */
export function arnsOf(
  { globalDatabase, primary, standby }: Moves,
  { account, regions }: { account: Output<string>; regions: Record<Role, Region> },
): DatabaseArns {
  const cluster = (region: Region, id: string) => interpolate`arn:aws:rds:${region}:${account}:cluster:${id}`;
  return {
    global: interpolate`arn:aws:rds::${account}:global-cluster:${globalDatabase}`,
    clusters: {
      [regions.primary]: cluster(regions.primary, primary),
      [regions.standby]: cluster(regions.standby, standby),
    },
  };
}

/** `HOLDFAST_ACTIONS` with the database in it. What a forced move may leave behind is what the rules let users lose.
 *  `rules`: JSON, as in the settings. */
export const actionsWith = (
  capacity: object,
  { globalDatabase }: Moves,
  { clusters }: DatabaseArns,
  rules: string,
): Input<string> =>
  jsonStringify({
    capacity,
    database: {
      globalCluster: globalDatabase,
      clusters,
      lagMsMax: parseRules(JSON.parse(rules)).recoveryPointMs,
    },
  });
