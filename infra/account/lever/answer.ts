/** infra/account/lever · entry. The function behind the inverted health check: 200 only while the primary is drained. All
 *  else is "not drained", its own trouble too: what cannot be read turns nobody away, and no answer does not either. */
import { drainedStatus, type Notch, openStatus, readNotch } from "./endpoint.ts";

/** What is read of a function URL's event. */
export type Asked = { rawPath?: string };
export type Answer = { statusCode: number; headers: Record<string, string>; body: string };

/** Where each lever is asked for at the function's one URL: the users', and its shadow's. */
export const paths = { lever: "/", shadow: "/shadow" } as const;

/** A Lambda handler for a function URL. Tells nothing but the one bit: the URL is open to everybody. */
export const answerFrom =
  (notches: Readonly<Record<keyof typeof paths, Notch>>, trouble: (error: unknown) => void) =>
  async ({ rawPath = "/" }: Asked): Promise<Answer> => {
    const say = (statusCode: number, body: string): Answer => ({
      statusCode,
      headers: { "content-type": "text/plain", "cache-control": "no-store" },
      body,
    });
    const which = rawPath === paths.lever ? "lever" : rawPath === paths.shadow ? "shadow" : null;
    if (which === null) return say(404, "no lever here");
    try {
      return (await readNotch(notches[which]))
        ? say(drainedStatus, "drained")
        : say(openStatus, "not drained");
    } catch (error) {
      trouble(error);
      return say(500, "not known, so not drained");
    }
  };
