/** probes · every address. A name with four addresses of which one is dead is well for three users of four; asking
 *  only the first of them would say "well" or "dead" by the luck of the draw. */
import type { Facts } from "../store/records.ts";
import { abreast } from "./abreast.ts";
import { type Finding, unknown } from "./finding.ts";

const atOnce = 8; // connections to one name; a load balancer has a few addresses, not hundreds

/** One finding from one at each address: down as soon as one is down, unknown when one could not be asked, up when all
 *  are. Facts are those of the address that decided, or of the slowest; `answers` has a line for each, and
 *  `latencyMsByAddress` the time of each that answered. */
export async function everywhere(
  addresses: readonly string[],
  visit: (address: string) => Promise<Finding>,
): Promise<Finding> {
  const found = await abreast(addresses, atOnce, async (address) => ({
    address,
    seen: await visit(address),
  }));
  const slowest = found.toSorted((a, b) => (b.seen.latencyMs ?? 0) - (a.seen.latencyMs ?? 0));
  const decides =
    found.find(({ seen }) => seen.verdict === "down") ??
    found.find(({ seen }) => seen.verdict === "unknown") ??
    slowest[0];
  if (!decides) return unknown("not-asked", null, {});
  const heard = found.flatMap(({ address, seen }) =>
    seen.latencyMs === null ? [] : [[address, seen.latencyMs] as const],
  );
  const facts: Facts = {
    ...decides.seen.facts,
    answers: found.map(({ address, seen }) => [address, seen.verdict, seen.reason].filter(Boolean).join(" ")),
    latencyMsByAddress: Object.fromEntries(heard),
  };
  return { ...decides.seen, facts };
}
