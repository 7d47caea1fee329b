/** dashboard. What a person may ask of Holdfast: checked, refused with its reason, or kept for the next tick.
 *  Buttons, forms and the command line all come through here. */
import * as z from "zod";
import { ended, usualMs, windowOf } from "../analyzer/failover/windows.ts";
import { whyNot } from "../analyzer/phases.ts";
import type { Rules } from "../analyzer/rules.ts";
import {
  BadInput,
  Manner,
  Overrule,
  parse,
  Region,
  Request,
  regionOf,
  type Topology,
  type Window,
} from "../store/records.ts";
import type { Who } from "./access.ts";
import { whyNoDrill } from "./practice.ts";
import { look, type Sources, type View } from "./view.ts";

/** What may be asked for: a drill is a failover that is made only while all is well. */
export const AskKind = z.enum([...Request.shape.kind.options, "drill"]);
export type AskKind = z.infer<typeof AskKind>;

export const Ask = z.strictObject({
  kind: AskKind,
  from: Region.optional(),
  to: Region.optional(),
  reason: z.string().trim().min(1, "expected a reason, for whoever reads this later").max(500),
  by: z.string().trim().min(1).max(90).optional(),
  manner: Manner.optional(),
  overrule: z.array(Overrule).optional(),
  /** Of maintenance: from now, or from an instant, for so many minutes, or until an instant. */
  starts: z.iso.datetime({ offset: true }).optional(),
  ends: z.iso.datetime({ offset: true }).optional(),
  minutes: z.number().int().min(1).optional(),
  region: Region.optional(),
  window: z.string().min(1).optional(),
});

/** What may be said besides, by kind; anything else would be ignored, and is refused instead. */
const extras: Partial<Record<AskKind, readonly (keyof z.infer<typeof Ask>)[]>> = {
  failover: ["manner", "overrule"],
  failback: ["overrule"],
  approve: ["overrule"],
  maintain: ["starts", "ends", "minutes", "region"],
  "end-maintenance": ["window"],
};

/** The table of phases says no; status 409. */
export class Refused extends Error {
  override name = "Refused";
}

/** Keeps the request and gives its id. Throws `BadInput` or `Refused`. Where it is known who asks, the record says so,
 *  whatever name they give besides. */
export async function ask(input: unknown, sources: Sources, who?: Who): Promise<string> {
  const { store, topology, rules, now } = sources;
  const asked = parse("request", Ask, input);
  const ends = endsOf(asked.kind, topology);
  for (const end of ["from", "to"] as const) {
    if (asked[end] === undefined || asked[end] === ends?.[end]) continue;
    throw new BadInput(
      ends
        ? wrongEnd(asked.kind, end, asked[end], ends)
        : `Cannot ask for ${asked.kind} with ${end}: it names no region`,
    );
  }
  for (const extra of ["manner", "overrule", "starts", "ends", "minutes", "region", "window"] as const) {
    if (asked[extra] === undefined || extras[asked.kind]?.includes(extra)) continue;
    throw new BadInput(`Cannot ask for ${asked.kind} with ${extra}: it has none`);
  }
  const view = await look(sources);
  const { standing, phase } = view;
  const no = whyNotNow(asked.kind, view);
  if (no !== null) throw new Refused(`Cannot ${asked.kind} while ${phase}: ${no}`);
  const { kind, reason, manner, overrule, region, window } = asked;
  const by = whoAsks(asked.by, who);
  const request = parse("request", Request, {
    id: crypto.randomUUID(),
    at: now(),
    by,
    reason,
    ...(kind === "drill" ? { kind: "failover", drill: true } : { kind }),
    ...ends,
    manner: kind === "drill" ? "graceful" : manner,
    overrule,
    region,
    window,
    ...(kind === "maintain" ? times(asked, now()) : {}),
  });
  refuseWindow(request, standing?.windows ?? [], rules, topology);
  await store.ask(request);
  return request.id;
}

/** What was expected where a move is asked for with a region that it cannot start or end in. */
export function wrongEnd(kind: AskKind, end: "from" | "to", got: string, ends: { from: string; to: string }) {
  const hint =
    got !== ends[end === "from" ? "to" : "from"]
      ? ""
      : end === "to"
        ? `; ${got} is the region to leave`
        : kind === "failback"
          ? "; users are moved out with failover"
          : "; users are brought home with failback";
  return `Cannot ask for a ${kind} ${end} ${got}: expected ${end} ${ends[end]}${hint}`;
}

/** In epoch ms. An hour when nobody says how long. */
function times({ starts, ends, minutes }: z.infer<typeof Ask>, now: number) {
  if (ends !== undefined && minutes !== undefined)
    throw new BadInput("Cannot ask for maintenance: expected ends or minutes; got both");
  const from = starts === undefined ? now : Date.parse(starts);
  const until =
    ends === undefined ? from + (minutes === undefined ? usualMs : minutes * 60_000) : Date.parse(ends);
  return { starts: from, ends: until };
}

/** A window that the next round would refuse is refused at once, by the same rule. */
function refuseWindow(request: Request, windows: readonly Window[], rules: Rules, topology: Topology): void {
  const { kind, at } = request;
  const no =
    kind === "maintain"
      ? windowOf(request, windows, at, rules, topology)
      : kind === "end-maintenance"
        ? ended(request, windows, at)
        : null;
  if (typeof no === "string") throw new BadInput(`Cannot ${kind}: ${no}`);
}

function whoAsks(said: string | undefined, who: Who | undefined): string {
  if (!who) return said ?? "somebody at the dashboard";
  return said && said !== who.name ? `${said} (signed in as ${who.name})` : who.name;
}

/** Why a request would be refused now; null when it would not. */
export function whyNotNow(kind: AskKind, view: View): string | null {
  const { phase, rules, standing } = view;
  if (kind === "drill") return whyNoDrill(view);
  if (kind === "end-maintenance" && !standing?.windows.length) return "no maintenance window is open";
  if (kind === "approve" && phase === "preparing" && rules.mode !== "approve")
    return `mode ${rules.mode} asks for no approval`;
  return whyNot(kind, phase);
}

/** Where a move starts and ends; null for what moves nobody. */
function endsOf(kind: AskKind, topology: Topology): { from: Region; to: Region } | null {
  const [primary, standby] = [regionOf(topology, "primary"), regionOf(topology, "standby")];
  if (kind === "failover" || kind === "drill") return { from: primary, to: standby };
  if (kind === "failback") return { from: standby, to: primary };
  return null;
}
