/** policies · pure. What cannot be done is given up soon, and lies where somebody finds it. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import * as z from "zod";
import { types } from "./reading.ts";

const Schedule = z.object({
  target: z.object({
    retryPolicy: z
      .object({
        maximumRetryAttempts: z.number().nullish(),
        maximumEventAgeInSeconds: z.number().nullish(),
      })
      .nullish(),
    deadLetterConfig: z.record(z.string(), z.unknown()).nullish(),
  }),
});
const Tries = z.object({
  maximumRetryAttempts: z.number().nullish(),
  maximumEventAgeInSeconds: z.number().nullish(),
});

/** EventBridge Scheduler tries 185 times in a day, Lambda three times in six hours, unless told otherwise. */
export const whatFailsIsGivenUp = (limits: {
  retries: number;
  seconds: number;
}): ResourceValidationPolicy => ({
  name: "what-fails-is-given-up",
  description: `Schedules and functions try at most ${limits.retries + 1} times in ${limits.seconds} s, and leave what they give up in a queue.`,
  validateResource: ({ type, props }, report) => {
    if (type === types.lambda && !Object.hasOwn(props, "deadLetterConfig"))
      report("What this function fails at is lost without a trace; give it a deadLetterConfig.");
    if (type === types.tries) for (const wrong of tooLong(Tries.parse(props), limits)) report(wrong);
    if (type !== types.schedule) return;
    const { target } = Schedule.parse(props);
    for (const wrong of tooLong(target.retryPolicy ?? {}, limits)) report(wrong);
    if (!target.deadLetterConfig)
      report("What this schedule cannot start is lost without a trace; give its target a deadLetterConfig.");
  },
});

function tooLong(
  tries: z.infer<typeof Tries>,
  { retries, seconds }: { retries: number; seconds: number },
): string[] {
  const faults: string[] = [];
  const { maximumRetryAttempts: more, maximumEventAgeInSeconds: age } = tries;
  if (more === undefined || more === null || more > retries)
    faults.push(
      `A late order is repeated when it is wrong already; set maximumRetryAttempts to ${retries} or less.`,
    );
  if (age === undefined || age === null || age > seconds)
    faults.push(
      `An order of long ago may still be carried out; set maximumEventAgeInSeconds to ${seconds} or less.`,
    );
  return faults;
}
