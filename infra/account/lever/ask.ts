/** infra/account/lever · rim. Asks a URL as a health checker does, for its status alone. */
import { get } from "node:https";
import { type Reach, usual } from "../calls.ts";

/** The status of the answer. Throws when there was none in time. */
export function statusOf(url: string, { agent }: Reach): Promise<number> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(usual.connectMs + usual.answerMs);
    const asked = get(url, { signal, ...(agent ? { agent } : {}) }, (answer) => {
      answer.resume(); // the body is of no interest, but must be taken for the connection to be used again
      resolve(answer.statusCode ?? 0);
    });
    asked.on("error", (cause) =>
      reject(new Error(`Cannot ask ${new URL(url).host}: ${cause.message}`, { cause })),
    );
  });
}
