/** dashboard · pure. What people are told, as the analyzer's board has it: what is open, the worst first, whom it has
 *  reached, and what is wrong with Holdfast itself, which no figure of users would show. */
import type { Incident } from "../store/records.ts";
import type { View } from "./view.ts";

const rank = { critical: 0, warning: 1, info: 2 } as const;

/** Those not known to be over, the worst first, and of those the newest. */
export const openIncidents = ({ board }: View): Incident[] =>
  (board?.incidents ?? [])
    .filter((i) => i.resolvedAt === null)
    .sort((a, b) => rank[a.severity] - rank[b.severity] || b.openedAt - a.openedAt);

/** Open ones about Holdfast and not about users or what they stand on. */
export const ownTrouble = (view: View): Incident[] =>
  openIncidents(view).filter((i) => i.kind !== "trouble" && i.kind !== "move");

/** Which channels have taken the newest of an incident, and which have not yet. */
export function reached({ id, edition }: Incident, { board }: View): { told: string[]; untold: string[] } {
  const channels = channelsOf(board);
  const has = (channel: string) => (board?.told[channel]?.[id] ?? 0) >= edition;
  return { told: channels.filter(has), untold: channels.filter((c) => !has(c)) };
}

/** Channels that have been tried, well or not. */
export const channelsOf = (board: View["board"]): string[] =>
  [...new Set([...Object.keys(board?.told ?? {}), ...Object.keys(board?.failing ?? {})])].sort();

/** What came and went, for a timeline: each incident when it was opened and when it was over. */
export type News = { at: number; incident: Incident; over: boolean };

export const newsOf = ({ board }: View): News[] =>
  (board?.incidents ?? [])
    .flatMap((incident): News[] => [
      { at: incident.openedAt, incident, over: false },
      ...(incident.resolvedAt === null ? [] : [{ at: incident.resolvedAt, incident, over: true }]),
    ])
    .sort((a, b) => b.at - a.at);
