/** infra/account/actions · pure. The data gate: whether what a forced move would leave behind is known, and little enough.
 *  Not known is shut. */

export type Gate = { open: boolean; why: string };

/** `lagMs`: how far the target's copy was behind when last heard. */
export function dataGate({ lagMs, limitMs }: { lagMs: number | null; limitMs: number }): Gate {
  if (lagMs === null) return { open: false, why: "nobody knows how far its copy of the data is behind" };
  const behind = `its copy of the data is ${(lagMs / 1000).toFixed(1)} s behind`;
  if (lagMs <= limitMs) return { open: true, why: behind };
  return { open: false, why: `${behind}, and ${(limitMs / 1000).toFixed(1)} s is the most` };
}
