/** infra/account · wiring. The auditor: looks every five minutes, from the witness region, whether what stands in the account is
 *  what the program made, and keeps what it found for readiness. Nothing of a failover waits for it or asks what it asks. */
import { auditLines } from "../audit/lines.ts";
import { readAudit } from "../audit/reads.ts";
import { keepAudit } from "./audited.ts";
import type { Reach } from "./calls.ts";
import { Deadline } from "./deadline.ts";
import type { Environment } from "./environment.ts";
import { tableIn } from "./places.ts";
import { type Context, tell } from "./run.ts";

const leaveMs = 2_000; // to keep what was found, and to be gone before the function's time is up

/** The same event twice looks twice, and keeps the later look. */
export function auditorEntry(
  told: Environment<"auditor">,
  { reach = {}, now = Date.now }: { reach?: Reach; now?: () => number } = {},
) {
  const { HOLDFAST_AUDIT: wanted, HOLDFAST_STATE_TABLE: name } = told;
  const deadline = new Deadline();
  const state = tableIn(wanted.standby, name, reach, deadline);
  return async (_event: unknown, context: Pick<Context, "getRemainingTimeInMillis">): Promise<void> => {
    await deadline.within(context.getRemainingTimeInMillis() - leaveMs, async () => {
      const found = await readAudit(wanted, reach);
      const lines = auditLines(wanted, found, now());
      await keepAudit(state, { at: now(), lines });
      tell("auditor", "looked", { lines: lines.filter(({ met }) => met !== true) });
    });
  };
}
