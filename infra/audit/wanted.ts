/** infra/audit · pure. What the settings of the stacks ask for, as far as an audit looks at it. */
import * as z from "zod";
import { Region } from "../../store/records.ts";
import { canaryName, leverAlarm } from "../aws/names.ts";
import type { Settings } from "../settings.ts";

export const Wanted = z.strictObject({
  workload: z.string().min(1),
  primary: Region,
  standby: Region,
  /** The name users know; null where none is set, and then there are no records. */
  domain: z.strictObject({ name: z.string().min(1), zoneId: z.string().min(1) }).nullable(),
  /** What turns users away from the primary. */
  lever: z.enum(["metric", "endpoint", "arc"]),
  /** The alarm over the lever's number, where it has one. */
  alarm: z.string().min(1),
  /** Load balancers of the user's own, by region: their DNS names, as far as the settings at hand tell them. */
  own: z.record(Region, z.string().min(1)).default({}),
  /** By the region that they walk in. */
  canaries: z.record(Region, z.array(z.string().min(1))),
});
export type Wanted = z.infer<typeof Wanted>;

/** `stacks`: settings of one stack, or of all that are at hand; each knows its own region's load balancer alone. */
export function wantedBy(...stacks: [Settings, ...Settings[]]): Wanted {
  const [{ workload, regions, domain, lever }] = stacks;
  const { primary, standby, witness } = regions;
  const walks = (region: Region) => [primary, standby].filter((about) => about !== region);
  return {
    workload,
    primary,
    standby,
    domain: domain ?? null,
    lever,
    alarm: leverAlarm(workload),
    own: Object.fromEntries(
      stacks.flatMap(({ region, balancer }) =>
        balancer && region !== witness ? [[region, balancer.name]] : [],
      ),
    ),
    canaries: Object.fromEntries(
      [primary, standby, witness].map((region) => [
        region,
        walks(region).map((about) => canaryName(workload, about)),
      ]),
    ),
  };
}
