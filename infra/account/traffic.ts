/** infra/account · rim. The hands of the loop in an account: the lever first, as nothing may keep users waiting, then what
 *  follows them. Every order counts as done once reading back shows it, and not before. */
import type { Traffic } from "../../analyzer/traffic.ts";
import { BadInput, type Region } from "../../store/records.ts";
import type { Actions } from "./actions/mod.ts";
import type { Lever } from "./lever/mod.ts";

export type Hands = {
  primary: Region;
  standby: Region;
  lever: Lever;
  shadow: Lever | null;
  actions: Actions;
};

export function trafficOf({ primary, standby, lever, shadow, actions }: Hands): Traffic {
  /** Only the home region has a drain: with it undrained and well, Route 53 never asks for the standby. */
  const onlyPrimary = (region: Region) => {
    if (region !== primary)
      throw new BadInput(`Cannot drain ${region}: the lever only turns ${primary} away`);
  };
  return {
    ...(shadow ? { shadow: { publish: shadow.tell, drained: shadow.holds } } : {}),
    async publish(drained) {
      onlyPrimary(drained ?? primary);
      await lever.tell(drained !== null);
    },
    async carryOut(order) {
      if (order.kind === "capacity") return actions.scale(order.region, order.want);
      onlyPrimary(order.region);
      await lever.tell(order.drained);
      const dataThere = await (order.drained
        ? actions.moveData(standby, order.manner === "graceful" ? "switchover" : "failover")
        : actions.moveData(primary, "switchover"));
      return (await lever.holds()) === order.drained && dataThere;
    },
  };
}
