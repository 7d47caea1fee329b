/** dashboard. What a person may ask of Holdfast: checked, refused with its reason, or kept for the next tick.
 *  Buttons, forms and the command line all come through here. */
import { z } from "zod";
import { whyNot } from "../analyzer/phases.ts";
import type { Rules } from "../analyzer/rules.ts";
import { BadInput, type Phase, parse, Region, Request, regionOf, type Topology } from "../store/records.ts";
import type { Who } from "./access.ts";
import type { Sources } from "./view.ts";

const Ask = z.strictObject({
  kind: Request.shape.kind,
  from: Region.optional(),
  to: Region.optional(),
  reason: z.string().trim().min(1, "expected a reason, for whoever reads this later").max(500),
  by: z.string().trim().min(1).max(90).optional(),
});

/** The table of phases says no; status 409. */
export class Refused extends Error {
  override name = "Refused";
}

/** Keeps the request and gives its id. Throws `BadInput` or `Refused`. Where it is known who asks, the record says so,
 *  whatever name they give besides. */
export async function ask(
  input: unknown,
  { store, topology, rules, now }: Pick<Sources, "store" | "topology" | "rules" | "now">,
  who?: Who,
): Promise<string> {
  const asked = parse("request", Ask, input);
  const ends = endsOf(asked.kind, topology);
  for (const end of ["from", "to"] as const) {
    if (asked[end] === undefined || asked[end] === ends?.[end]) continue;
    throw new BadInput(
      ends
        ? `Cannot ask for a ${asked.kind} ${end} ${asked[end]}: expected ${end} ${ends[end]}`
        : `Cannot ask for ${asked.kind} with ${end}: it names no region`,
    );
  }
  const phase = (await store.standing())?.phase ?? "home";
  const no = whyNotNow(asked.kind, phase, rules);
  if (no !== null) throw new Refused(`Cannot ${asked.kind} while ${phase}: ${no}`);
  const { kind, reason } = asked;
  const by = whoAsks(asked.by, who);
  const request: Request = { id: crypto.randomUUID(), at: now(), by, kind, reason, ...ends };
  await store.ask(request);
  return request.id;
}

function whoAsks(said: string | undefined, who: Who | undefined): string {
  if (!who) return said ?? "somebody at the dashboard";
  return said && said !== who.name ? `${said} (signed in as ${who.name})` : who.name;
}

/** Why a request would be refused now; null when it would not. */
export function whyNotNow(kind: Request["kind"], phase: Phase, rules: Rules): string | null {
  if (kind === "approve" && phase === "preparing" && rules.mode !== "approve")
    return `mode ${rules.mode} asks for no approval`;
  return whyNot(kind, phase);
}

/** Where a move starts and ends; null for what moves nobody. */
export function endsOf(kind: Request["kind"], topology: Topology): { from: Region; to: Region } | null {
  const [primary, standby] = [regionOf(topology, "primary"), regionOf(topology, "standby")];
  if (kind === "failover") return { from: primary, to: standby };
  if (kind === "failback") return { from: standby, to: primary };
  return null;
}
