/** infra/simulated · pure. What truly is on a stage, as nobody on it can know: who is hurt, and by how much. */
import type { Region } from "../../store/records.ts";
import { greyShare } from "./speak.ts";
import type { Stage } from "./stage.ts";

/** Share of the users sent to a region who get nothing, something wrong, or an answer too late, 0..1. */
export function hurtShare(stage: Stage, region: Region, tooLateMs: number): number {
  const node = `app@${region}`;
  const wrong = stage.wrong.get(node);
  if (wrong === undefined) return (stage.slowMs.get(node) ?? 0) > tooLateMs ? 1 : 0;
  if (wrong === "grey") return greyShare;
  return wrong === "unknown" ? 0 : 1;
}

/** Share of a health check's requests that pass, 0..1. Route 53 waits 4 s to connect and 2 s for an answer. */
export function checkPassShare(stage: Stage, region: Region): number {
  const node = `app@${region}`;
  const wrong = stage.wrong.get(node);
  if (wrong === "grey") return 1 - greyShare;
  if (wrong === "hollow" || wrong === "unknown") return 1;
  return wrong === undefined && (stage.slowMs.get(node) ?? 0) < 6_000 ? 1 : 0;
}
