/** infra/audit · pure. The canaries: that each is there and walks, and how its last walk ended. */
import type { Region } from "../../store/records.ts";
import type { Walk } from "./found.ts";

/** A walk that ended longer ago than this is none of a canary that walks: the longest interval is an hour. */
const staleMs = 65 * 60_000;

/** What keeps a canary from walking, a line each. */
export const stopped = (region: Region, walks: readonly Walk[]): string[] =>
  walks.flatMap(({ name, state, stateReason }) => {
    if (state === null) return [`there is no canary ${name} in ${region}`];
    if (state === "RUNNING") return [];
    return [`the canary ${name} in ${region} is ${state}${stateReason ? `: ${stateReason}` : ""}`];
  });

/** What a canary's last walk found wrong; null where it is not known whether it did. */
export function lastWalk(region: Region, { name, last }: Walk, now: number): string | null | "passed" {
  if (!last || now - last.at > staleMs) return null;
  if (last.state === "PASSED") return "passed";
  const reason = last.reason ? `: ${last.reason.split("\n")[0]}` : "";
  return `${name} in ${region} ${last.state} at ${new Date(last.at).toISOString()}${reason}`;
}
