/** dashboard · pure. A move under way, from the journal and from what users get: whether it is only practised, how many
 *  have followed so far, and by when the last should have. */
import { type Drill, drills } from "../analyzer/drill.ts";
import { askedRecovery } from "../analyzer/recovery.ts";
import type { RecoveryPart, Region } from "../store/records.ts";
import { percent, span } from "./figures.ts";
import type { View } from "./view.ts";

export type UnderWay = {
  to: Region;
  practised: boolean;
  /** Share of requests that are answered there already; null when nobody has said. */
  followed: number | null;
  /** Epoch ms until which the last should be there, by the estimate made when it began; null where that is not known. */
  dueAt: number | null;
};

/** Null while nobody is on the way. */
export function underWay(view: View): UnderWay | null {
  const { phase, primary, standby, users, decisions } = view;
  if (phase !== "shifting" && phase !== "verifying" && phase !== "returning") return null;
  const to = phase === "returning" ? primary : standby;
  const move = drills(decisions)[0];
  const known = move?.outcome === "under-way" && move.kind === (phase === "returning" ? "home" : "away");
  return {
    to,
    practised: known && move.practised,
    followed: users?.byRegion[to]?.share ?? null,
    dueAt: known ? dueAt(move) : null,
  };
}

/** Whether users are, or will be, away only because somebody practises. */
export function isDrill(view: View): boolean {
  const { phase, standing, decisions } = view;
  if (phase === "preparing") return standing?.request?.drill === true;
  const move = drills(decisions)[0];
  return phase !== "home" && phase !== "doubting" && move?.practised === true && move.outcome !== "given-up";
}

/** `and should all be there within about 50 s`; empty where that is not known. */
export function dueSays({ dueAt }: UnderWay, now: number): string {
  if (dueAt === null) return "";
  return dueAt > now
    ? `, and should all be there within about ${span(dueAt - now)}`
    : `, which takes ${span(now - dueAt)} longer than expected`;
}

/** How many have followed, in a sentence; null when nobody has said. */
export const followedSays = ({ followed, to }: UnderWay): string | null =>
  followed === null ? null : `${percent(followed)} % of requests are answered in ${to}.`;

const after: readonly string[] = ["lever", "check", "cache", "prove"]; // what is still to come once the lever is pulled

function dueAt({ pulledAt, stretches }: Drill): number | null {
  const left = stretches.filter((t) => t.parts.length > 0 && t.parts.every((part) => after.includes(part)));
  const takes = left.map((t) => t.estimatedMs);
  if (left.length === 0 || takes.includes(null)) return null;
  return pulledAt + takes.reduce((sum: number, ms) => sum + (ms ?? 0), 0);
}

/** What a move takes that a person asks for now: home for whom it finds away, else out. Empty while nothing is known. */
export function askedTakes({ report, phase, rules, topology }: View): RecoveryPart[] {
  if (!report || report.recovery.length === 0) return [];
  return askedRecovery(phase === "away" ? "home" : "away", report.assessment, rules, topology);
}
