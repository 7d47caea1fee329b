/** analyzer · pure. How far the trouble reaches: a zone, a region, or a control plane that all regions share. It is named
 *  before anything moves, as it decides whether moving helps at all. */
import type { Health, Scope, ServiceHealth } from "../store/records.ts";
import { quorum } from "./argue.ts";

/** Services whose one control plane serves every region. What they answer with is elsewhere, and goes on. */
const shared = ["iam", "route53", "cloudfront"];

/** What users are seen to get outweighs what any service says of itself. */
export function scopeOf(regions: readonly Health[], services: readonly ServiceHealth[]): Scope {
  const hurt = regions.filter((r) => r.role !== "witness" && quorum(r).hurt);
  const failing = services.filter((s) => s.verdict === "down");
  if (hurt.length === 0 && failing.length === 0) return { kind: "none", region: null, evidence: [] };
  const evidence = [
    ...hurt.map(
      (r) =>
        `users in ${r.region} are hurt, by ${quorum(r).hurtCount} of ${quorum(r).of} outside vantage points`,
    ),
    ...failing.map((s) => `${s.service} in ${s.region} fails: ${s.reason}`),
  ];
  const [one, ...others] = new Set(
    [...hurt, ...failing.filter((s) => !shared.includes(s.service))].map((x) => x.region),
  );
  if (one === undefined) return { kind: "global-control-plane", region: null, evidence };
  return others.length === 0
    ? { kind: "regional", region: one, evidence }
    : { kind: "unknown", region: null, evidence };
}
