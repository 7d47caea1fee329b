/** probes · AWS. RDS's instances and clusters, by the status that RDS gives them.
 *  Source: Amazon RDS User Guide, "Viewing Amazon RDS DB instance status"; Aurora User Guide, "Viewing DB cluster
 *  status". A database that is stopped, created or deleted on purpose is neither healthy nor ill. */
import { paginateDescribeDBClusters, paginateDescribeDBInstances, type RDSClient } from "@aws-sdk/client-rds";
import type { Resource } from "../edge.ts";
import type { Ask } from "./ask.ts";

const pageSize = 100; // as many as it gives

const working =
  /^(available|backing-up|backtracking|configuring-.*|delete-precheck|modifying|resetting-master-credentials|storage-(optimization|config-upgrade|initialization)|update-iam-db-auth)$/;
const broken =
  /^(failed|.*-failed|storage-full|inaccessible-encryption-credentials.*|incompatible-.*|restore-error|insufficient-capacity)$/;

export const databases =
  (client: RDSClient): Ask =>
  async ({ resources }, signal) => {
    const config = { client, pageSize };
    const options = { abortSignal: signal };
    for await (const { DBInstances = [] } of paginateDescribeDBInstances(config, {}, options)) {
      resources.push(...DBInstances.map((one) => database(one.DBInstanceIdentifier, one.DBInstanceStatus)));
    }
    for await (const { DBClusters = [] } of paginateDescribeDBClusters(config, {}, options)) {
      resources.push(...DBClusters.map((one) => database(`cluster ${one.DBClusterIdentifier}`, one.Status)));
    }
  };

function database(name = "?", says = "no status"): Resource {
  const state = working.test(says) ? "healthy" : broken.test(says) ? "unhealthy" : "unknown";
  return { name, state, says };
}
