/** analyzer · pure. Maintenance: times in which nothing is moved, as people work on a region. Everything goes on being
 *  measured and recorded, and each window ends by itself. */
import { type Region, type Request, regionOf, type Topology, type Window } from "../../store/records.ts";
import type { Rules } from "../rules.ts";
import { span } from "../spans.ts";

/** What a window lasts when nobody says. */
export const usualMs = 60 * 60_000;
/** More than this many are no plan; they would only make the standing large. */
const windowsMax = 20;

export const openWindows = (windows: readonly Window[], now: number): Window[] =>
  windows.filter((w) => w.from <= now && now < w.until);

/** The window a person asks for, or why it cannot be one. Times in ms. */
export function windowOf(
  asked: Request,
  windows: readonly Window[],
  now: number,
  rules: Rules,
  topology: Topology,
): Window | string {
  const from = asked.starts ?? asked.at;
  const until = asked.ends ?? from + usualMs;
  const region = asked.region ?? null;
  const moving: Region[] = [regionOf(topology, "primary"), regionOf(topology, "standby")];
  if (region !== null && !moving.includes(region))
    return `no users are moved from or to ${region}; expected ${moving.join(" or ")}, or no region for both`;
  if (until <= from) return "its end is not after its start";
  if (until <= now) return "it is over already";
  if (until - from > rules.maintenanceMaxMs)
    return `it lasts ${span(until - from)}, longer than ${span(rules.maintenanceMaxMs)}`;
  if (windows.length >= windowsMax) return `there are ${windowsMax} windows already`;
  return { id: asked.id, from, until, region, by: asked.by, reason: asked.reason };
}

/** In order of their beginnings. */
export const withWindow = (windows: readonly Window[], added: Window): Window[] =>
  [...windows.filter((w) => w.id !== added.id), added].sort((a, b) => a.from - b.from);

/** What `end-maintenance` ends: the one it names, else all that are open. Or why it ends none. */
export function ended(asked: Request, windows: readonly Window[], now: number): Window[] | string {
  if (asked.window !== undefined) {
    const named = windows.filter((w) => w.id === asked.window);
    return named.length > 0 ? named : `there is no window ${asked.window}`;
  }
  const open = openWindows(windows, now);
  if (open.length > 0) return open;
  if (windows.length === 0) return "no maintenance window is open";
  return `no maintenance window is open; to come: ${windows.map((w) => w.id).join(", ")}`;
}

/** `until 14:30 UTC, by ana: new racks`, with the day when it is not the day of `now`. */
export function windowSays({ until, region, by, reason }: Window, now: number): string {
  const [day = "", time = ""] = new Date(until).toISOString().split("T");
  const when = day === new Date(now).toISOString().slice(0, 10) ? "" : `${day} `;
  return `${region === null ? "" : `of ${region} `}until ${when}${time.slice(0, 5)} UTC, by ${by}: ${reason}`;
}
