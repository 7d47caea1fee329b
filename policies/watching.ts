/** policies · pure. Alarms, canaries and logs: who watches whom, from where, and who hears of it. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import * as z from "zod";
import { Alarm, all, each, LogGroup, Monitor, types } from "./reading.ts";

const tag = "holdfast:watches";
/** Some numbers are told in their own region alone, as a load balancer's are. Then another region must hear the silence. */
const heard = "holdfast:silence-heard-in";

export const monitorsShareNoFate = (): ResourceValidationPolicy =>
  each(
    {
      name: "monitors-share-no-fate",
      description: "No monitor lives in the region it watches, unless another region hears it fall silent.",
    },
    [types.alarm, types.compositeAlarm, types.canary],
    Monitor,
    ({ region, tags }, { providerRegion }) => {
      const home = region ?? providerRegion;
      const watched = tags?.[tag];
      if (!watched) return `Nobody can tell which region this monitor watches; tag it ${tag} = REGION.`;
      if (!home) return "Nobody can tell where this monitor lives; set its region.";
      if (home !== watched) return null;
      const elsewhere = tags?.[heard];
      if (elsewhere && elsewhere !== home) return null;
      return `This monitor watches ${watched} from within and would fall silent with it; move it to another region, or tag it ${heard} = the region that hears its silence.`;
    },
  );

export const alarmsHaveActions = (): ResourceValidationPolicy =>
  each(
    {
      name: "alarms-have-actions",
      description:
        "Every alarm tells somebody, or says by its tag that it rings for nobody, and what it takes silence for.",
    },
    [types.alarm, types.compositeAlarm],
    Alarm,
    ({ alarmActions, actionsEnabled, treatMissingData, tags }, { type }) => {
      const forNobody = tags?.["holdfast:rings"] === "for nobody"; // the lever's own test, which goes on and off
      if (actionsEnabled === false)
        return "The alarm's actions are switched off; set actionsEnabled to true.";
      if (!alarmActions?.length && !forNobody) return "The alarm rings for nobody; give it alarmActions.";
      return type === types.alarm && !treatMissingData
        ? "Nobody chose what silence means to this alarm; set treatMissingData."
        : null;
    },
  );

export const logsExpire = (): ResourceValidationPolicy =>
  each(
    { name: "logs-expire", description: "Logs are kept for a time that somebody chose." },
    [types.logs],
    LogGroup,
    ({ retentionInDays }) =>
      retentionInDays ? null : "These logs are kept and paid for without end; set retentionInDays.",
  );

const Canary = z.object({
  startCanary: z.boolean().nullish(),
  schedule: z.object({ expression: z.string() }).nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
});

export const canariesWalk = (): ResourceValidationPolicy =>
  each(
    { name: "canaries-walk", description: "Every canary is started and walks by a schedule." },
    [types.canary],
    Canary,
    ({ startCanary, schedule }) => {
      if (startCanary !== true) return "The canary was never started; set startCanary to true.";
      return !schedule || /^rate\(0 /.test(schedule.expression)
        ? "The canary walks once and never again; give it a schedule such as rate(1 minute)."
        : null;
    },
  );

/** Each region's stack sees part of it. Users go to two regions: the witness looks at both, and each of the two at the
 *  other, so each is seen from two. */
export const usersAreSeenFromTwoRegions = (): StackValidationPolicy => ({
  name: "users-are-seen-from-two-regions",
  description: "Each region that takes users is walked to from two others.",
  validateStack: ({ resources }, report) => {
    const canaries = all(resources, types.canary, Canary);
    const role = canaries.find(({ props }) => props.tags?.["holdfast:role"])?.props.tags?.["holdfast:role"];
    if (role === undefined) return;
    const about = new Set(canaries.flatMap(({ props }) => props.tags?.[tag] ?? []));
    const wanted = role === "witness" ? 2 : 1;
    if (about.size < wanted)
      report(
        `This ${role} walks to ${[...about].join(", ") || "no region"}; it takes ${wanted === 2 ? "a canary for each of the two regions that take users" : "a canary for the other region that takes users"}.`,
      );
  },
});
