/** analyzer · pure. The service × region matrix by node. Worked out once for each matrix: it is the same one for as long as
 *  the vantage points say the same. */
import { nodeOf, type ServiceHealth } from "../../store/records.ts";

/** By `service@region`. */
export type Cells = ReadonlyMap<string, ServiceHealth>;

const laidOut = new WeakMap<readonly ServiceHealth[], { cells: Cells; failing: Cells }>();

export function cellsOf(services: readonly ServiceHealth[]): { cells: Cells; failing: Cells } {
  const known = laidOut.get(services);
  if (known) return known;
  const cells = new Map(services.map((s): [string, ServiceHealth] => [nodeOf(s.service, s.region), s]));
  const found = { cells, failing: new Map([...cells].filter(([, s]) => s.verdict === "down")) };
  laidOut.set(services, found);
  return found;
}
