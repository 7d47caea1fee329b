/** probes · nouns. What one probe found; a round turns it into an `Observation` by saying who asked, whom and when. */
import type { Facts, Target } from "../store/records.ts";
import type { Edge } from "./edge.ts";

export type Finding =
  | { verdict: "up"; reason: null; latencyMs: number; facts: Facts }
  | { verdict: "down" | "unknown"; reason: string; latencyMs: number | null; facts: Facts };

/** Asks one question once. Throws only when the signal's owner stops it, or when the program is wrong. */
export type Probe<T extends Target> = (target: T, edge: Edge, signal: AbortSignal) => Promise<Finding>;

export const up = (latencyMs: number, facts: Facts): Finding => ({
  verdict: "up",
  reason: null,
  latencyMs,
  facts,
});

/** `latencyMs` is null when no answer came at all. */
export const down = (reason: string, latencyMs: number | null, facts: Facts): Finding => ({
  verdict: "down",
  reason,
  latencyMs,
  facts,
});

/** We could not ask, or could not understand enough to say; never to be read as down, nor as fine. */
export const unknown = (reason: string, latencyMs: number | null, facts: Facts): Finding => ({
  verdict: "unknown",
  reason,
  latencyMs,
  facts,
});
