/** tests · a stand-in for RDS's calls on an Aurora global database: who takes the writes, a move that takes a while, and
 *  the refusal of a second one meanwhile. docs/account.md says what it does not imitate. */
import type { Said, StandIn } from "./recorder.ts";

export const globalCluster = "shop-data";
export const clusterIn = (region: string) => `arn:aws:rds:${region}:123456789012:cluster:shop-${region}`;

export type GlobalDb = {
  writer: string;
  /** Under way, until it has been looked at this many times more. */
  moving: { to: string; lossy: boolean; looks: number } | null;
  looksToMove: number;
  standIn: StandIn;
};

export function globalDb(): GlobalDb {
  const self: GlobalDb = {
    writer: clusterIn("us-east-1"),
    moving: null,
    looksToMove: 2,
    standIn({ host, action, body }) {
      if (!host.startsWith("rds.")) return null;
      const asked = new URLSearchParams(body);
      if (asked.get("GlobalClusterIdentifier") !== globalCluster)
        return error(404, "GlobalClusterNotFoundFault", "no such global cluster");
      if (action === "DescribeGlobalClusters") return look(self);
      if (action !== "FailoverGlobalCluster" && action !== "SwitchoverGlobalCluster") return null;
      const to = asked.get("TargetDbClusterIdentifier") ?? "";
      const lossy = asked.get("AllowDataLoss") === "true";
      if (!to.startsWith("arn:")) return error(404, "DBClusterNotFoundFault", "expected an ARN");
      if (self.moving) return error(400, "InvalidGlobalClusterStateFault", "a move is under way");
      if (action === "FailoverGlobalCluster" && !lossy)
        return error(400, "InvalidParameterCombination", "a failover must allow data loss");
      self.moving = { to, lossy, looks: self.looksToMove };
      return xml(`<${action}Response><${action}Result/></${action}Response>`);
    },
  };
  return self;
}

function look(self: GlobalDb): Said {
  if (self.moving && self.moving.looks-- <= 0) {
    self.writer = self.moving.to;
    self.moving = null;
  }
  const members = ["us-east-1", "us-west-2"].map((region) => {
    const arn = clusterIn(region);
    return `<GlobalClusterMember><DBClusterArn>${arn}</DBClusterArn><IsWriter>${arn === self.writer}</IsWriter></GlobalClusterMember>`;
  });
  const state = self.moving
    ? `<FailoverState><Status>failing-over</Status><ToDbClusterArn>${self.moving.to}</ToDbClusterArn><IsDataLossAllowed>${self.moving.lossy}</IsDataLossAllowed></FailoverState>`
    : "";
  return xml(
    `<DescribeGlobalClustersResponse><DescribeGlobalClustersResult><GlobalClusters><GlobalClusterMember><GlobalClusterIdentifier>${globalCluster}</GlobalClusterIdentifier><GlobalClusterMembers>${members.join("")}</GlobalClusterMembers>${state}</GlobalClusterMember></GlobalClusters></DescribeGlobalClustersResult></DescribeGlobalClustersResponse>`,
  );
}

const xml = (body: string, status = 200): Said => ({ status, headers: { "content-type": "text/xml" }, body });
const error = (status: number, code: string, message: string) =>
  xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    status,
  );
