/** policies · pure. Alarms and logs: who watches whom, from where, and who hears of it. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { Alarm, each, LogGroup, Monitor, types } from "./reading.ts";

const tag = "holdfast:watches";

export const monitorsShareNoFate = (): ResourceValidationPolicy =>
  each(
    {
      name: "monitors-share-no-fate",
      description: "No monitor lives in the region it watches.",
    },
    [types.alarm, types.compositeAlarm, types.canary],
    Monitor,
    ({ region, tags }, { providerRegion }) => {
      const home = region ?? providerRegion;
      const watched = tags?.[tag];
      if (!watched) return `Nobody can tell which region this monitor watches; tag it ${tag} = REGION.`;
      if (!home) return "Nobody can tell where this monitor lives; set its region.";
      return home === watched
        ? `This monitor watches ${watched} from within and would fall silent with it; move it to another region.`
        : null;
    },
  );

export const alarmsHaveActions = (): ResourceValidationPolicy =>
  each(
    { name: "alarms-have-actions", description: "Every alarm tells somebody." },
    [types.alarm, types.compositeAlarm],
    Alarm,
    ({ alarmActions, actionsEnabled }) => {
      if (actionsEnabled === false)
        return "The alarm's actions are switched off; set actionsEnabled to true.";
      return alarmActions?.length ? null : "The alarm rings for nobody; give it alarmActions.";
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
