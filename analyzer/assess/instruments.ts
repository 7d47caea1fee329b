/** analyzer · pure. What a region's own instruments say besides health: how far its copy of the data is behind, and
 *  how long its certificate is still good for. What was not heard is null, never a guess. */
import type { Observation, Region, Topology } from "../../store/records.ts";
import type { Ear } from "./listen.ts";
import { questionsOf } from "./questions.ts";

/** Whether anybody asks how far a region's copy of the data is behind. */
export const hasCopy = (region: Region, topology: Topology): boolean =>
  questionsOf(topology).copies.has(region);

/** The worst lag of a region's copies, in ms, as vantage points outside it hear it; null when nobody asks, or when one
 *  of the copies was heard by none of them. The worst, so that one vantage point that lies cannot make a copy look
 *  fresh that others find old. */
export function lagOf(region: Region, ears: readonly Ear[], topology: Topology): number | null {
  const copies = questionsOf(topology).copies.get(region);
  if (copies === undefined) return null;
  const lags = copies.map((place) => {
    const heard = newest(place, region, ears).flatMap(({ facts }) => number(facts.lagMs));
    return heard.length === 0 ? null : Math.max(...heard);
  });
  return lags.includes(null) ? null : Math.max(...lags.map(Number));
}

/** The fewest days left of the certificates that a region's workload shows; null when none was seen. */
export function certificateDaysOf(region: Region, ears: readonly Ear[], topology: Topology): number | null {
  const shown = questionsOf(topology).certificates.get(region);
  if (shown === undefined) return null;
  const days = shown.flatMap((place) =>
    newest(place, region, ears).flatMap(({ facts }) => number(facts.daysLeft)),
  );
  return days.length === 0 ? null : Math.min(...days);
}

/** The newest word on one target from each vantage point outside the region that can be heard. */
function newest(place: number, region: Region, ears: readonly Ear[]): Observation[] {
  return ears.flatMap((ear) => {
    if (ear.deaf !== null || ear.vantage.region === region) return [];
    const answer = ear.rounds[0]?.answers[place];
    return answer === undefined || answer.verdict === "unknown" ? [] : [answer];
  });
}

const number = (fact: unknown): number[] => (typeof fact === "number" ? [fact] : []);
