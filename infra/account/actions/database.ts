/** infra/account/actions · rim. Makes a region the one that takes an Aurora global database's writes, asked of that
 *  region itself. `switchover` waits until everything has arrived and loses nothing, but needs both regions; `failover`
 *  leaves behind what has not arrived, so it is asked for only while the data gate is open. */
import {
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  type RDSClient,
  SwitchoverGlobalClusterCommand,
} from "@aws-sdk/client-rds";
import type { Gate } from "./gate.ts";

/** `rds` is a client of the region that is to take the writes, `target` its cluster's ARN. */
export type GlobalDatabase = { rds: RDSClient; globalCluster: string; target: string };

/** True once the target is seen to take the writes and nothing is under way any more. */
export async function moveWriter(
  database: GlobalDatabase,
  how: "failover" | "switchover",
  gate: () => Promise<Gate>,
): Promise<boolean> {
  const { rds, globalCluster, target } = database;
  const before = await read(database);
  if (before.movingTo === target) return false;
  if (before.movingTo)
    throw new Error(`Cannot move ${globalCluster} to ${target}: it is moving to ${before.movingTo}`);
  if (before.writer === target) return true;
  if (!before.members.includes(target))
    throw new Error(`Cannot move ${globalCluster}: ${target} is not part of it`);
  const which = { GlobalClusterIdentifier: globalCluster, TargetDbClusterIdentifier: target };
  if (how === "switchover") {
    await rds.send(new SwitchoverGlobalClusterCommand(which));
  } else {
    const { open, why } = await gate();
    if (!open) throw new Error(`The database stays where it is: ${why}`);
    await rds.send(new FailoverGlobalClusterCommand({ ...which, AllowDataLoss: true }));
  }
  const after = await read(database);
  return after.movingTo === null && after.writer === target;
}

async function read({ rds, globalCluster }: GlobalDatabase) {
  const { GlobalClusters = [] } = await rds.send(
    new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: globalCluster }),
  );
  const found = GlobalClusters[0];
  if (!found) throw new Error(`Cannot move ${globalCluster}: there is no such global cluster`);
  const members = found.GlobalClusterMembers ?? [];
  return {
    writer: members.find((m) => m.IsWriter)?.DBClusterArn ?? null,
    members: members.flatMap((m) => m.DBClusterArn ?? []),
    movingTo: found.FailoverState ? (found.FailoverState.ToDbClusterArn ?? "somewhere") : null,
  };
}
