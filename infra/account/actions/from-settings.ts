/** infra/account/actions · wiring. Each action, made from the settings and this account's clients. */
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { ECSClient } from "@aws-sdk/client-ecs";
import { RDSClient } from "@aws-sdk/client-rds";
import { BadInput, type Region, type Topology } from "../../../store/records.ts";
import { callsTo, type Reach } from "../calls.ts";
import { moveWriter } from "./database.ts";
import type { Gate } from "./gate.ts";
import { scaleGroup } from "./group.ts";
import { scaleService } from "./service.ts";
import type { ActionSettings } from "./settings.ts";
import { type Size, sizeWanted } from "./size.ts";

export type Actions = {
  /** Brings a region to its size; true once it is seen to be so. */
  scale(region: Region, want: "normal" | "full"): Promise<boolean>;
  /** Makes a region take the database's writes; true once it does, or where there is none to move. */
  moveData(region: Region, how: "failover" | "switchover"): Promise<boolean>;
};

export type ActionRim = {
  topology: Topology;
  /** What the other region that takes users wanted when it was last heard; null when it never was. Read from what is
   *  kept, as the region itself may be the one being left. */
  source: (region: Region) => Promise<number | null>;
  /** The data gate of a region's copy. */
  gate: (region: Region, lagMsMax: number) => Promise<Gate>;
  reach?: Reach;
};

export function actionsFrom(settings: ActionSettings, { topology, source, gate, reach }: ActionRim): Actions {
  return {
    async scale(region, want) {
      const what = settings.capacity[region];
      const planned = topology.regions.find((r) => r.region === region)?.capacity;
      if (!what || !planned) {
        const known = Object.keys(settings.capacity).join(" or ") || "none: no capacity is set";
        throw new BadInput(`Cannot scale ${region}: expected ${known}`);
      }
      const size: Size = {
        ...planned,
        ...(what.percentOfSource ? { percentOfSource: what.percentOfSource } : {}),
      };
      const count = sizeWanted(
        want,
        size,
        want === "full" && size.percentOfSource ? await source(region) : null,
      );
      const calls = callsTo(region, reach);
      if ("group" in what)
        return scaleGroup({ autoscaling: new AutoScalingClient(calls), group: what.group }, want, count);
      const clients = { ecs: new ECSClient(calls), autoscaling: new ApplicationAutoScalingClient(calls) };
      return scaleService({ ...clients, cluster: what.cluster, service: what.service }, want, count);
    },
    async moveData(region, how) {
      const { database } = settings;
      if (!database) return true;
      const target = database.clusters[region];
      if (target === undefined)
        throw new BadInput(`Cannot move the database to ${region}: no cluster is set there`);
      const rds = new RDSClient(callsTo(region, reach));
      return moveWriter({ rds, globalCluster: database.globalCluster, target }, how, () =>
        gate(region, database.lagMsMax),
      );
    },
  };
}
