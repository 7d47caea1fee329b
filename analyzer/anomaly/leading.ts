/** analyzer · pure. Which columns made a reading odd, and which way. */
import type { Part } from "../forest/explain.ts";

export type Lead = { column: number; direction: "high" | "low" | "missing"; share: number };

/** Columns that add less than this share are not named; the first one always is. */
const shareNamed = 0.1;

/** Strongest first. The column after the named ones, what the time of day leaves of the first, speaks for the first:
 *  people want to hear of a latency, not of a latency's remainder. */
export function leading(parts: readonly Part[], columns: number): Lead[] {
  const own = parts.slice(0, columns).map((part) => ({ ...part }));
  const remainder = parts[columns];
  const first = own[0];
  if (first && remainder) {
    first.amount += remainder.amount;
    first.high += remainder.high;
    first.low += remainder.low;
    first.missing += remainder.missing;
  }
  const speaking = own.filter((part) => part.amount > 0).sort((a, b) => b.amount - a.amount);
  const total = speaking.reduce((sum, part) => sum + part.amount, 0);
  return speaking
    .map((part) => ({ column: part.column, direction: directionOf(part), share: part.amount / total }))
    .filter((lead, i) => i === 0 || lead.share >= shareNamed);
}

const directionOf = ({ high, low, missing }: Part): Lead["direction"] =>
  missing > high && missing > low ? "missing" : high >= low ? "high" : "low";
