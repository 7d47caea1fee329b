/** infra/local · pure. The ways to break this world, which of them are sensible where, and what is broken by them. */
import type { Fault, FaultKind } from "../../dashboard/playground.ts";
import { nearest } from "../../store/nearest.ts";
import { BadInput } from "../../store/records.ts";
import { regions, serviceIds, standby, traffic } from "./places.ts";

export const menu: readonly FaultKind[] = [
  {
    name: "dns-nodata",
    says: "the service's name goes empty: an answer without addresses",
    takesService: true,
  },
  { name: "dns-nxdomain", says: "the service's name is said not to exist", takesService: true },
  { name: "dns-servfail", says: "the service's name server fails to answer for it", takesService: true },
  {
    name: "region-down",
    says: "nothing in the region answers: workload and service endpoints",
    takesService: false,
  },
  { name: "region-slow", says: "every answer of the region takes 2 to 6 s", takesService: false },
  {
    name: "grey",
    says: "a third of users' requests fail, while health checks stay green",
    takesService: false,
  },
  {
    name: "blind-vantage",
    says: "the region's vantage point loses its uplink and sees nothing",
    takesService: false,
  },
  { name: "flap", says: "the region goes down and comes back every 2 s", takesService: false },
  {
    name: "standby-down",
    says: "the standby's tasks are gone and its workload answers 503",
    takesService: false,
  },
];

/** The fault somebody asked for, or a `BadInput` that lists what there is. `standby-down` has a place of its own. */
export function readFault(
  asked: { fault: string; region: string; service?: string | undefined },
  now: number,
): Fault {
  const names = menu.map((kind) => kind.name);
  const kind = menu.find((k) => k.name === asked.fault);
  if (!kind) throw unknown("fault", asked.fault, names);
  const { name: fault, takesService } = kind;
  const anywhere = fault === "standby-down" && (asked.region === "" || asked.region === undefined);
  const region = regions.find((r) => r === (anywhere ? standby : asked.region));
  if (!region) throw unknown("region", asked.region, regions);
  if (fault === "grey" && !traffic.some((r) => r === region))
    throw new BadInput(`Cannot break ${region} by grey: no users there; expected ${traffic.join(" or ")}`);
  if (!takesService && asked.service)
    throw new BadInput(`Cannot break by ${fault}: expected no service; got ${JSON.stringify(asked.service)}`);
  if (!takesService) return { fault, region: fault === "standby-down" ? standby : region, since: now };
  const service = asked.service || "dynamodb";
  if (!serviceIds.some((id) => id === service)) throw unknown("service", service, serviceIds);
  return { fault, region, service, since: now };
}

function unknown(what: string, came: unknown, known: readonly string[]): BadInput {
  const meant = typeof came === "string" ? nearest(came, known) : null;
  const hint = meant ? ` Did you mean ${meant}?` : "";
  return new BadInput(
    `Unknown ${what}: expected one of ${known.join(", ")}; got ${JSON.stringify(came)}.${hint}`,
  );
}

export const same = (a: Fault, b: Fault) =>
  a.fault === b.fault && a.region === b.region && a.service === b.service;

export const has = (faults: readonly Fault[], fault: string, region: string): boolean =>
  faults.some((f) => f.fault === fault && f.region === region);

/** What a service's name shows; null when it is well. Of several faults on one name the latest counts. */
export function nameFault(
  faults: readonly Fault[],
  service: string,
  region: string,
): "nodata" | "nxdomain" | "servfail" | null {
  const found = faults.findLast((f) => f.service === service && f.region === region)?.fault;
  if (found === "dns-nodata") return "nodata";
  if (found === "dns-nxdomain") return "nxdomain";
  return found === "dns-servfail" ? "servfail" : null;
}
