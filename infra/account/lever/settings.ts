/** infra/account/lever · border. Which lever there is and where it stands, as its settings say. Everything in them is known
 *  beforehand: nothing is looked up when users are to be moved. */
import * as z from "zod";
import { Region } from "../../../store/records.ts";

const url = z.url({ protocol: /^https$/, error: "expected an https:// URL" });
const alarm = z.string().min(1).max(255);
const routingControl = z
  .string()
  .regex(/^arn:[\w-]+:route53-recovery-control::\d{12}:controlpanel\/\w+\/routingcontrol\/\w+$/, {
    error: "expected a routing control's ARN",
  });

/** Each kind may have a shadow: a second lever of the same make, over the same road, that guards nothing. */
export const LeverSettings = z.discriminatedUnion("kind", [
  /** The names of its alarm and of its shadow's. */
  z.strictObject({ kind: z.literal("metric"), alarm, shadowAlarm: alarm.optional() }),
  /** The state's table in the standby region, and the function's URL there; its shadow's ends in /shadow. */
  z.strictObject({
    kind: z.literal("endpoint"),
    table: z.string().min(3).max(255),
    url,
    shadowUrl: url.optional(),
  }),
  z.strictObject({
    kind: z.literal("arc"),
    control: routingControl,
    shadowControl: routingControl.optional(),
    /** All five of the cluster. */
    endpoints: z
      .array(z.strictObject({ region: Region, url }))
      .length(5, "expected all five endpoints of the cluster"),
  }),
]);
export type LeverSettings = z.infer<typeof LeverSettings>;
