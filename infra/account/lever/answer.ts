/** infra/account/lever · entry. The function behind the inverted health check: 200 only while the primary is drained. All
 *  else is "not drained", its own trouble too: what cannot be read turns nobody away, and no answer does not either. */
import { drainedStatus, type Notch, openStatus, readNotch } from "./endpoint.ts";

export type Answer = { statusCode: number; headers: Record<string, string>; body: string };

/** A Lambda handler for a function URL. Tells nothing but the one bit: the URL is open to everybody. */
export const answerFrom =
  (notch: Notch, trouble: (error: unknown) => void = () => undefined) =>
  async (): Promise<Answer> => {
    const say = (statusCode: number, body: string): Answer => ({
      statusCode,
      headers: { "content-type": "text/plain", "cache-control": "no-store" },
      body,
    });
    try {
      return (await readNotch(notch)) ? say(drainedStatus, "drained") : say(openStatus, "not drained");
    } catch (error) {
      trouble(error);
      return say(500, "not known, so not drained");
    }
  };
