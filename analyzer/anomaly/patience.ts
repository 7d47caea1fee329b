/** analyzer · pure. A series that has alerted must be odder to alert again, and is forgiven with time: of two mistakes
 *  in a week the limit was one too many, whatever its tail looked like. Online control of the rate of false alarms, as
 *  in adaptive conformal inference (Gibbs & Candès 2021), on the logarithm of how seldom a reading must come. */

/** What each alert adds to that logarithm. One alert in the time allowed for one keeps it where it is. */
const perAlert = 1.5;
/** A series that has been quiet is believed at half of its limit. */
const trusted = Math.log(1 / 2);

export const newPatience = (): number => trusted;

/** How many times rarer than its limit a reading must be. */
export const timesRarer = (patience: number): number => Math.exp(patience);

/** The patience left after `passedMs`: an alert's worth less for each `allowedMs`. */
export const forgive = (patience: number, passedMs: number, allowedMs: number): number =>
  Math.max(trusted, patience - (perAlert * passedMs) / allowedMs);

/** After an alert. */
export const askMore = (patience: number): number => patience + perAlert;
