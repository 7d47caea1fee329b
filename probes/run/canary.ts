/** probes · run. The entry for a CloudWatch Synthetics canary: one round of the same probes, told as the canary's steps.
 *  Source: CloudWatch User Guide, "Library functions available for Node.js canary". */
import type { Observation } from "../../store/records.ts";
import { round } from "../round.ts";
import { settings } from "./settings.ts";

/** What is used of the canary's own library. */
export type Synthetics = {
  executeStep(name: string, step: () => Promise<void>): Promise<unknown>;
  /** Fails the run without counting against its success. */
  addExecutionError(message: string, error: Error): void;
};

/** A canary's handler. A step for each target, which fails when it is down, so that its metrics tell of it; what is
 *  unknown is an execution error and no failed step. Every observation is a line of JSON in the log. Rejects at the end when
 *  something was down. */
export const canary = (synthetics: Synthetics) => async (): Promise<void> => {
  const heard = await round(settings());
  const failed: string[] = [];
  for (const seen of heard.observations) {
    console.log(JSON.stringify(seen));
    if (seen.verdict === "unknown") synthetics.addExecutionError(`${seen.target} is unknown`, faultOf(seen));
    if (seen.verdict === "unknown") continue;
    await synthetics
      .executeStep(stepName(seen), async () => {
        if (seen.verdict === "down") throw faultOf(seen);
      })
      .catch((error: unknown) =>
        failed.push(`${seen.target}: ${error instanceof Error ? error.message : error}`),
      );
  }
  if (failed.length > 0) throw new Error(failed.join("; "));
};

const faultOf = ({ verdict, reason }: Observation) => new Error(`${verdict} (${reason})`);

/** A step's name becomes a metric's dimension, which holds letters and digits best. */
const stepName = ({ target }: Observation) => target.replace(/[^\w.@:/-]/g, "-");
