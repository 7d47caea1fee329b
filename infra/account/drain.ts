/** infra/account · wiring. The function that the checkers of an `endpoint` lever ask: it reads what the analyzer told the
 *  lever, in the same region, and answers in the time that a checker waits. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { callsTo, type Patience, type Reach } from "./calls.ts";
import type { Environment } from "./environment.ts";
import { type Answer, type Asked, answerFrom } from "./lever/answer.ts";
import { shadowOf } from "./lever/lever.ts";
import { tell } from "./run.ts";

/** Twice 0.9 s: a checker takes an answer within two seconds of its connection (Route 53 guide, "How Route 53 determines
 *  whether a health check is healthy"). */
const patience: Patience = { connectMs: 400, answerMs: 500, tries: 2 };

export function drainEntry(
  told: Environment<"drain">,
  { reach = {} }: { reach?: Reach } = {},
): (event: Asked) => Promise<Answer> {
  const { HOLDFAST_WORKLOAD: workload, HOLDFAST_REGION: region, HOLDFAST_STATE_TABLE: table } = told;
  const notch = { client: new DynamoDBClient(callsTo(region, reach, patience)), table, workload };
  const shadow = { ...notch, workload: shadowOf(workload) };
  return answerFrom({ lever: notch, shadow }, (error) => tell("drain", "unknown", { error: String(error) }));
}
