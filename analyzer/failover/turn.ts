/** analyzer · pure. What one phase makes of the news: where to go on, why, who says so, and what should be true. */
import type { Manner, Phase, Region, Standing } from "../../store/records.ts";

export type Intent =
  | { kind: "capacity"; region: Region; want: "normal" | "full" }
  | { kind: "drain"; region: Region; drained: boolean; manner: Manner };

export type Turn = {
  phase: Phase;
  why: string;
  /** "rules", "route53", or a person. */
  by: string;
  orders?: Intent[];
  patch?: Partial<Standing>;
  /** Rules that were not met and that a person set aside. */
  overruled?: readonly string[];
  /** Worth a record although the phase stays. */
  record?: boolean;
};

export const go = (phase: Phase, why: string, rest: Partial<Turn> = {}): Turn => ({
  phase,
  why,
  by: "rules",
  ...rest,
});

export const stay = (s: Standing, why: string): Turn => ({ phase: s.phase, why, by: "rules" });

/** What changes in the standing when users are moved, whichever way and whoever says so. */
export const moved = (
  s: Standing,
  now: number,
  manner: Manner,
  by: Standing["movedBy"],
): Partial<Standing> => ({
  moves: [...s.moves, now],
  movedBy: by,
  manner,
  leverHeldAt: null,
});
