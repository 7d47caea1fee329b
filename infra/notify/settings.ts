/** infra/notify · border. Who is told, as the settings say. A secret is not written there: `env:NAME` says which variable
 *  holds it. */
import * as z from "zod";
import { BadInput, parse } from "../../store/records.ts";

const name = z
  .string()
  .regex(/^[\w.-]{1,64}$/, "expected a name of letters, digits, dots, dashes or underscores");
/** `env:NAME`, or the value itself. */
const secret = z.string().min(1);

export const ChannelSettings = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("sns"),
    name: name.default("sns"),
    topic: z.string().regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/, "expected a topic's ARN"),
  }),
  z.strictObject({ kind: z.literal("slack"), name: name.default("slack"), url: secret }),
  z.strictObject({
    kind: z.literal("pagerduty"),
    name: name.default("pagerduty"),
    routingKey: secret,
    /** Elsewhere than PagerDuty's own, such as its European service region. */
    url: secret.optional(),
  }),
  z.strictObject({
    kind: z.literal("webhook"),
    name: name.default("webhook"),
    url: secret,
    secret: secret.optional(),
  }),
]);
export type ChannelSettings = z.infer<typeof ChannelSettings>;

/** What the settings call `notify`. Throws `BadInput`. */
export const parseNotify = (what: string, input: unknown): ChannelSettings[] => {
  const settings = parse(what, z.array(ChannelSettings), input);
  const twice = settings.find((one, i) => settings.findIndex((other) => other.name === one.name) !== i);
  if (twice)
    throw new BadInput(
      `Cannot read ${what}: expected a name of its own for each channel; ${twice.name} is there twice`,
    );
  return settings;
};
