/** infra/account · rim. How AWS is called in a tick: with a limit on every wait and a budget of tries that fits the tick,
 *  so that a half-open connection costs seconds and not the turn. */
import type { Agent } from "node:https";

/** How AWS is reached, where that is not the usual way. */
export type Reach = {
  /** The SDK's usual chain when left out. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Makes the connections; tests lead them to this machine by it, and see the hosts that were meant. */
  agent?: Agent;
};

export type Patience = {
  connectMs: number;
  /** From the request's last byte to the answer's first. */
  answerMs: number;
  /** The first try is one of them. */
  tries: number;
};

/** Twice 1 + 2 s and a tenth for the pause between: what cannot be had in this time is tried again in the next tick, ten
 *  seconds later. */
export const usual: Patience = { connectMs: 1_000, answerMs: 2_000, tries: 2 };

/** Settings for any client of SDK v3. */
export const callsTo = (region: string, { credentials, agent }: Reach = {}, patience = usual) => ({
  region,
  maxAttempts: patience.tries,
  retryMode: "standard",
  requestHandler: {
    connectionTimeout: patience.connectMs,
    requestTimeout: patience.answerMs,
    throwOnRequestTimeout: true,
    ...(agent ? { httpsAgent: agent } : {}),
  },
  ...(credentials ? { credentials } : {}),
});
