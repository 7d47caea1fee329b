/** tests · dashboard · scenes. A playground that only remembers what was broken. */
import type { Fault, FaultKind, Playground } from "../../../dashboard/playground.ts";
import { BadInput } from "../../../store/records.ts";
import { away, home, serviceNames, T, witness } from "./ground.ts";

const menu: readonly FaultKind[] = [
  {
    name: "region-down",
    says: "nothing in the region answers: workload and service endpoints",
    takesService: false,
  },
  {
    name: "dns-nodata",
    says: "the service's name goes empty: an answer without addresses",
    takesService: true,
  },
];

export function playground(now: () => number = () => T): Playground {
  let broken: Fault[] = [];
  const regions: string[] = [home, away, witness];
  return {
    menu,
    regions,
    services: serviceNames,
    nameServer: "127.0.0.1:5300",
    faults: () => broken,
    async break({ fault, region, service }) {
      const kind = menu.find((m) => m.name === fault);
      if (!kind)
        throw new BadInput(
          `Unknown fault: expected one of ${menu.map((m) => m.name).join(", ")}; got ${JSON.stringify(fault)}`,
        );
      if (!regions.includes(region))
        throw new BadInput(
          `Unknown region: expected one of ${regions.join(", ")}; got ${JSON.stringify(region)}`,
        );
      if (broken.some((b) => b.fault === fault && b.region === region && b.service === service)) return;
      broken = [...broken, { fault, region, since: now(), ...(service ? { service } : {}) }];
    },
    async mend() {
      broken = [];
    },
  };
}
