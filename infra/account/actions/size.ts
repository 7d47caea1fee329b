/** infra/account/actions · pure. How many tasks or instances a region is to have. */

export type Size = {
  /** What runs when nothing is wrong; the standby keeps a small flame, as an empty one cannot take over. */
  normal: number;
  /** What carries all users. */
  full: number;
  /** Share of what the source ran when it was last heard, in percent. The larger of this and `full` is wanted, so that a
   *  source that had grown is met, and one that had already lost its tasks misleads nobody. */
  percentOfSource?: number;
};

/** `source`: what the region being left wanted when it was last heard; null when it never was. */
export function sizeWanted(want: "normal" | "full", size: Size, source: number | null): number {
  if (want === "normal") return size.normal;
  if (size.percentOfSource === undefined || source === null) return size.full;
  return Math.max(size.full, Math.ceil((source * size.percentOfSource) / 100));
}
