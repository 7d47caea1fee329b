/** store · nouns. What people should know, and what they have been told of it. */
import * as z from "zod";
import { Region } from "./places.ts";
import { instant } from "./units.ts";

/** One thing that people should know, from when it was first seen until it is known to be over. */
export const Incident = z.strictObject({
  /** What it is about and when it was opened: the same whoever says it and however often. */
  id: z.string().min(1),
  /** `trouble`: something fails or users are hurt; `move`: users are, or are being, moved. The others are about Holdfast
   *  itself: a vantage point that sees nothing, an analyzer that fell silent, an act that does not succeed, a channel that
   *  takes no messages, a standby that could not take over. */
  kind: z.enum(["trouble", "move", "vantage", "silence", "hands", "channel", "standby"]),
  about: z.string().min(1), // a node, a region, a vantage point, an act, a channel
  region: Region.nullable(),
  severity: z.enum(["info", "warning", "critical"]),
  title: z.string(),
  lines: z.array(z.string()),
  /** Nodes that it accounts for: none of them opens an incident of its own. */
  nodes: z.array(z.string()),
  /** Grows by one with every change worth telling. */
  edition: z.number().int().min(1),
  openedAt: instant,
  changedAt: instant,
  /** Since when it looks over; null while it does not. */
  wellSince: instant.nullable(),
  resolvedAt: instant.nullable(),
});
export type Incident = z.infer<typeof Incident>;

/** The notice board of one analyzer: what people should know, and what each channel has been told of it. */
export const Board = z.strictObject({
  at: instant,
  incidents: z.array(Incident),
  /** By channel: the newest edition that it took, of each incident by its id. */
  told: z.record(z.string(), z.record(z.string(), z.number().int().min(1))),
  /** Channels that take no messages: since when, and why. */
  failing: z.record(z.string(), z.strictObject({ since: instant, why: z.string() })),
  /** When each other region's analyzer was last heard, or first listened for. */
  heard: z.record(z.string(), instant),
  /** What is wrong now, an incident or not yet one, and since when without a break. */
  since: z.record(z.string(), instant).default({}),
});
export type Board = z.infer<typeof Board>;
