/** infra/account · wiring. The page for anybody, behind a function URL that asks nobody who they are: a function of its own,
 *  whose role reads and cannot write, so that there is nothing behind the open door. */
import { handle } from "hono/aws-lambda";
import { createStatusPage } from "../../dashboard/public.ts";
import type { Reach } from "./calls.ts";
import type { Environment } from "./environment.ts";
import { shownStore } from "./places.ts";

export type StatusEntryOptions = { reach?: Reach; now?: () => number };

export function statusEntry(
  told: Environment<"status">,
  { reach = {}, now = Date.now }: StatusEntryOptions = {},
) {
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_RULES: rules, HOLDFAST_STATUS: title } = told;
  const store = shownStore("status", told, { reach, now });
  return handle(createStatusPage({ store, topology, rules, now, title }));
}
