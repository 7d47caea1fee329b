/** probes · AWS · shape. How one kind of resource is counted. */
import type { Census } from "../edge.ts";

/** Adds to the census what it learns, as it learns it; throws when it can go no further. */
export type Ask = (census: Census, signal: AbortSignal) => Promise<void>;

/** Calls in flight for one kind of resource in one region. AWS throttles by account, region and call; its smallest
 *  buckets refill at a few calls a second. */
export const callsAtOnce = 4;
