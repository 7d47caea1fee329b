/** analyzer · pure. When odd readings are worth a word: once they are sure, and then not again for a while unless it
 *  gets clearly worse. Like a smoke alarm with a silence button that a bigger fire ignores. */

export type AlarmRules = {
  /** Odd readings on end that make an alert. */
  confirm: number;
  /** An alert is over when nothing was odd for this many readings. */
  holdReadings: number;
  /** After an alert only a clearly odder reading raises another, for this long. */
  quietMs: number;
};

/** Plain, so that it can be kept. */
export type Alarm = { calmFor: number; inRow: number; on: boolean; peak: number; quietUntil: number };

export const newAlarm = (): Alarm => ({ calmFor: 0, inRow: 0, on: false, peak: 0, quietUntil: 0 });

/** An alert gets through another's quiet time when it is worse by this. */
const clearlyWorse = 0.02;

/** Takes a reading in; true when it is worth a word. `how` bad it is, 0..1. */
export function sound(alarm: Alarm, at: number, odd: boolean, how: number, rules: AlarmRules): boolean {
  alarm.calmFor = odd ? 0 : alarm.calmFor + 1;
  alarm.inRow = odd ? alarm.inRow + 1 : 0;
  const sure = alarm.inRow >= rules.confirm;
  const loud = !alarm.on && at >= alarm.quietUntil; // an incident that goes on is no news
  const raised = sure && (loud || how > alarm.peak + clearlyWorse);
  if (raised) {
    alarm.peak = loud ? how : Math.max(alarm.peak, how);
    alarm.quietUntil = at + rules.quietMs;
  }
  alarm.on = sure || (alarm.on && alarm.calmFor < rules.holdReadings);
  return raised;
}
