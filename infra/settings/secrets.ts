/** infra · border. Settings that are secrets: checked as the others are, but no message repeats what came. */
import * as z from "zod";
import { Access as DashboardAccess } from "../../dashboard/access.ts";
import { channelsFrom } from "../notify/from-settings.ts";
import { ChannelSettings, parseNotify } from "../notify/settings.ts";

/** JSON that keeps to a schema and to whatever else `check` throws for, neither of which may repeat what came. */
const secretJson = <T>(expected: string, schema: z.ZodType<T>, check: (value: T) => void) =>
  z.string(expected).superRefine((given, { addIssue }) => {
    const read = jsonOf(given);
    const parsed = schema.safeParse(read);
    if (parsed.success) {
      try {
        check(parsed.data);
      } catch (error) {
        addIssue(`${expected}; ${(error as Error).message}`);
      }
      return;
    }
    for (const { path, message } of parsed.error.issues)
      addIssue(`${expected}; ${read === undefined ? "this is no JSON" : `${path.join(".")}: ${message}`}`);
  });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Who is told of incidents besides the region's own topic. An address is the secret itself: no variable would be there
 *  to hold it. */
export const Notify = secretJson("expected channels as JSON", z.array(ChannelSettings), (channels) => {
  parseNotify("channels", [...channels, ownTopic]);
  channelsFrom(channels, { environment: {}, now: () => 0 });
});

/** Who may look at the dashboard where users go, and who may act there. */
export const Access = secretJson("expected access as JSON", DashboardAccess, () => undefined);

/** The region's own topic is a channel already, and takes this name. */
const ownTopic = { kind: "sns", topic: "arn:aws:sns:us-east-1:123456789012:own" } as const;
