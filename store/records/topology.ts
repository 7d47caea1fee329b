/** store · nouns. What is watched, from where, and which region does what. */
import * as z from "zod";
import { Target } from "./asking.ts";
import { Vantage } from "./hearing.ts";
import { Region, Role } from "./places.ts";
import { durationMs } from "./units.ts";

/** What the lever takes to reach users, by the configuration that is live. */
export const LeverPace = z.strictObject({
  kind: z.enum(["metric", "endpoint", "arc"]),
  /** From the write until the lever's check has taken it in: the alarm's period, or the interval between two asks. */
  leverMs: durationMs,
  /** Until Route 53 answers otherwise once the check has. */
  checkMs: durationMs,
  /** How long the workload's name may be cached. */
  ttlMs: durationMs,
  /** Until all tasks of the standby run; null where nobody knows. */
  capacityMs: durationMs.nullable(),
});
export type LeverPace = z.infer<typeof LeverPace>;

/** What is watched, from where, and which region does what. */
export const Topology = z
  .strictObject({
    workload: z.strictObject({ name: z.string().min(1), url: z.url() }),
    regions: z
      .array(
        z.strictObject({
          region: Region,
          role: Role,
          /** Tasks that run normally, and tasks that carry all users. */
          capacity: z
            .strictObject({ normal: z.number().int().min(1), full: z.number().int().min(1) })
            .nullable(),
        }),
      )
      .min(2),
    vantages: z.array(Vantage).min(1),
    targets: z.array(Target).min(1),
    /** Left out where it is not known; then the time to recover is not known either. */
    lever: LeverPace.optional(),
  })
  .refine(
    (t) => t.regions.filter((r) => r.role === "primary").length === 1,
    "expected exactly one primary region",
  )
  .refine(
    (t) => t.regions.filter((r) => r.role === "standby").length === 1,
    "expected exactly one standby region",
  );
export type Topology = z.infer<typeof Topology>;

/** The region that plays a role; a topology has exactly one primary and one standby. */
export function regionOf(topology: Topology, role: "primary" | "standby"): Region {
  const found = topology.regions.find((r) => r.role === role);
  if (!found) throw new Error(`Cannot find the ${role} region: the topology lists none`);
  return found.region;
}
