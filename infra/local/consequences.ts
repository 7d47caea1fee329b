/** infra/local · pure. What a broken thing takes down with it, so that a cascade's prediction can come true. Only what
 *  AWS's own account of October 2025 states: with DynamoDB's name gone, Lambda and STS began to fail three minutes
 *  later (https://aws.amazon.com/message/101925/). */
import type { Fault } from "../../dashboard/playground.ts";
import { nameFault } from "./faults.ts";

const fallsAfter: Readonly<Record<string, readonly string[]>> = { dynamodb: ["lambda", "sts"] };

/** Whether a service's endpoint fails because of another's name. `now` in epoch ms. */
export function isHurt(
  faults: readonly Fault[],
  service: string,
  region: string,
  now: number,
  lagMs: number,
): boolean {
  return Object.entries(fallsAfter).some(([root, fallen]) => {
    if (!fallen.includes(service) || nameFault(faults, root, region) === null) return false;
    const since = Math.min(
      ...faults.flatMap((f) => (f.service === root && f.region === region ? [f.since] : [])),
    );
    return now - since >= lagMs;
  });
}
