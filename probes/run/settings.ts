/** probes · run. What an entry is set up with, from the environment, checked before the first question:
 *
 *  HOLDFAST_VANTAGE   this place's name, and HOLDFAST_REGION the region it stands in
 *  HOLDFAST_TARGETS   what may be asked, as in a targets file; the catalogue's usual names when left out
 *  HOLDFAST_RESOLVER  the name server to ask; the system's own when left out
 *  HOLDFAST_ALLOW     private prefixes that may be gone to, separated by commas; none when left out
 *  HOLDFAST_TIMEOUT_MS  what each question may take; 5000 when left out */
import process from "node:process";
import { BadInput, parse, Vantage } from "../../store/records.ts";
import { catalogue } from "../catalogue.ts";
import { guarded } from "../edge/guarded.ts";
import { nodeEdge } from "../edge/node.ts";
import { parseResolver, writeResolver } from "../resolver.ts";
import { parseTargets } from "../targets.ts";

export const said = (name: string) => process.env[name] ?? "";

/** Throws `BadInput` for what cannot be read. */
export function settings() {
  const resolver = said("HOLDFAST_RESOLVER");
  const targets = said("HOLDFAST_TARGETS");
  const wire = nodeEdge(resolver ? { resolver: writeResolver(parseResolver(resolver)) } : {});
  return {
    vantage: parse("HOLDFAST_VANTAGE and HOLDFAST_REGION", Vantage, {
      id: said("HOLDFAST_VANTAGE"),
      region: said("HOLDFAST_REGION"),
    }),
    targets: targets ? parseTargets(targets, "HOLDFAST_TARGETS") : catalogue(),
    edge: guarded(wire, said("HOLDFAST_ALLOW").split(",").filter(Boolean)),
    timeoutMs: timeout(),
  };
}

function timeout(): number {
  const ms = Number(said("HOLDFAST_TIMEOUT_MS") || "5000");
  if (ms > 0 && ms <= 60_000) return ms;
  throw new BadInput(
    `HOLDFAST_TIMEOUT_MS: expected 1 to 60000, got ${JSON.stringify(said("HOLDFAST_TIMEOUT_MS"))}`,
  );
}
