/** analyzer · pure. A workload's own parts as edges of the graph: what each needs, in which regions. Cycles are allowed,
 *  as workloads have them; a name that nobody knows is refused. */
import * as z from "zod";
import { nearest } from "../../store/nearest.ts";
import { BadInput, parse, Region } from "../../store/records.ts";
import type { Edge } from "./edge.ts";
import { nowhere } from "./services.ts";

/** The workload as a whole; what is asked of its users' path is about it. */
export const workload = "app";

const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected a name in small letters, digits and dashes");
const minute = z.number().min(0).max(100_000);
const node = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*(@[a-z0-9-]+)?$/,
    "expected SERVICE or SERVICE@REGION, such as dynamodb or auth@us-east-1",
  );

const Detailed = z.strictObject({
  node,
  /** What breaks. `control`: nothing new can be made or changed. */
  plane: z.enum(["control", "data", "both"]).optional(),
  /** When it is felt after its cause. */
  minutes: z
    .tuple([minute, minute])
    .refine(([a, b]) => a <= b, "expected the earlier minute first")
    .optional(),
  /** What has to happen first, such as a cache expiring. */
  when: z.string().min(1).optional(),
  says: z.string().min(1).optional(),
  /** `plausible`: only a guess, which advises and never acts. */
  grade: z.enum(["observed", "documented", "plausible"]).optional(),
});
type Detailed = z.infer<typeof Detailed>;

/** A name alone stands for a need that is felt at once. */
const Need = z.preprocess((need) => (typeof need === "string" ? { node: need } : need), Detailed);

export const Part = z.strictObject({
  part: name,
  /** Where it stands; every region when left out. */
  regions: z.array(Region).min(1).optional(),
  needs: z.array(Need),
});
export type Part = z.infer<typeof Part>;

/** One part as it was read, and the line of anything inside it. */
export type Written = { value: unknown; lineOf: (...path: PropertyKey[]) => string };

/** Felt at once unless said otherwise. */
const atOnce = [0, 3] as const;

/** Edges of the parts, to be added to `shipped`. Throws `BadInput` with everything that is wrong, each with its line. */
export function ownEdges(items: readonly Written[], shipped: readonly Edge[]): Edge[] {
  const parts = items.map(({ value, lineOf }) => {
    const checked = Part.safeParse(value);
    const [issue] = checked.error?.issues ?? [];
    return { part: parse(lineOf(...(issue?.path ?? [])), Part, value), lineOf };
  });
  const services = new Set([workload, ...shipped.flatMap((e) => [e.from, e.to])]);
  const names = new Set([...services, ...parts.map((p) => p.part.part)]);
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const { part, lineOf } of parts) {
    if (seen.has(part.part))
      faults.push(`${lineOf("part")}: expected each part once; got ${part.part} twice`);
    seen.add(part.part);
    for (const [i, need] of part.needs.entries()) {
      const [service = "", region] = need.node.split("@");
      const at = lineOf("needs", i);
      if (!names.has(service)) faults.push(`${at}: ${unknown(service, names)}`);
      if (region !== undefined && region !== nowhere && !Region.safeParse(region).success)
        faults.push(`${at}: expected a region such as us-east-1, or ${nowhere}; got ${region}`);
    }
  }
  if (faults.length > 0) throw new BadInput(faults.join("\n"));
  return parts.flatMap(({ part, lineOf }) =>
    part.needs.map((need, i) => edgeOf(part, need, lineOf("needs", i))),
  );
}

function edgeOf({ part, regions }: Part, need: Detailed, source: string): Edge {
  const [service = "", region] = need.node.split("@");
  const { plane = "data", minutes = atOnce, when, says, grade = "documented" } = need;
  const isElsewhere = region !== undefined && region !== nowhere;
  return {
    from: service,
    ...(isElsewhere ? { in: region, reach: "everywhere" as const } : {}),
    to: part,
    ...(regions ? { only: regions } : {}),
    says: says ?? `${part} needs ${service}`,
    plane,
    stages: [{ minutes, ...(when ? { when } : {}) }],
    grade,
    source,
  };
}

function unknown(service: string, names: ReadonlySet<string>): string {
  const meant = nearest(service, [...names]);
  return `nothing is called ${service}${meant ? `; did you mean ${meant}?` : ""} (a part of this file, or a service of the graph)`;
}
