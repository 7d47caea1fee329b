/** infra/audit · pure. Where the pair's two records lead: to the load balancer that the program made in each region, or to the
 *  user's own, which the settings name or the region's own name leads to. */
import type { Region } from "../../store/records.ts";
import { ours, regionalName } from "../aws/names.ts";
import { bare, type Doors } from "./found.ts";
import type { Pair } from "./records.ts";
import type { Wanted } from "./wanted.ts";

/** What is wrong, and what is not known, a line each. A record that is no alias is told elsewhere. */
export function doorsOf(
  pair: Pair,
  doors: ReadonlyMap<Region, Doors>,
  wanted: Wanted,
): { wrong: string[]; unknown: string[] } {
  const wrong: string[] = [];
  const unknown: string[] = [];
  for (const [half, region] of [
    ["PRIMARY", wanted.primary],
    ["SECONDARY", wanted.standby],
  ] as const) {
    const leadsTo = pair[half]?.AliasTarget?.DNSName;
    const found = doors.get(region);
    if (leadsTo === undefined || !found) continue;
    const expected = expectedIn(region, found, wanted);
    if ("why" in expected) unknown.push(`${region}: ${expected.why}`);
    else if (expected.name === null) wrong.push(expected.says);
    else if (bare(leadsTo) !== expected.name)
      wrong.push(`the ${half} record leads to ${bare(leadsTo)}; ${expected.says}`);
  }
  return { wrong, unknown };
}

type Expected = { name: string | null; says: string } | { why: string };

/** The user's own, where the settings name one; the program's, where one is there; else whatever the region's own name, which is
 *  made with the record and which nobody else has a reason to change, leads to. */
function expectedIn(region: Region, { made, named }: Doors, { workload, domain, own }: Wanted): Expected {
  const mine = own[region];
  if (mine !== undefined) return { name: bare(mine), says: `the settings say ${bare(mine)}` };
  if ("why" in made) return made;
  if (made.told !== null) return { name: made.told, says: `made in ${region} was ${made.told}` };
  if ("why" in named) return named;
  const name = regionalName(region, domain?.name ?? "");
  if (named.told !== null) return { name: named.told, says: `${name} leads to ${named.told}` };
  return {
    name: null,
    says: `there is no load balancer ${ours(workload)} in ${region}, and no record ${name} that leads to another`,
  };
}
