/** dashboard · pure. How far trouble reaches, and what that means for a move, in a sentence; null where there is none. */
import type { Scope } from "../store/records.ts";

export function scopeSays({ kind, region }: Scope): string | null {
  switch (kind) {
    case "none":
      return null;
    case "regional":
      return `It reaches ${region ?? "a region"} as a whole, so leaving it helps.`;
    case "zonal":
      return `It reaches one zone of ${region ?? "a region"}: shifting zones is enough, and the region need not be left.`;
    case "global-control-plane":
      return "It is a control plane that all regions share: tools fail and users do not, so leaving a region does not help.";
    case "unknown":
      return "How far it reaches is not known.";
  }
}
