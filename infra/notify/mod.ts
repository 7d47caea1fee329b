/** infra/notify · the door. Who is told what, and how.
 *
 *      notifier.ts   after each tick: what is wrong, pinned to the board, then told;  deliver.ts  to each channel, in time
 *      channel.ts    what a channel is;  sns.ts  slack.ts  pagerduty.ts  webhook.ts  the four kinds;  post.ts  one HTTPS call
 *      settings.ts   which channels there are, and where their secrets come from;  from-settings.ts  the channels themselves
 *      topics.ts     how a topic is reached
 *      command.ts    `holdfast notify`
 *
 *  What is wrong, and what is one incident, is the analyzer's to say (analyzer/incidents.ts). */
export { notifyCommand } from "./command.ts";
export { channelsFrom } from "./from-settings.ts";
export { notifier } from "./notifier.ts";
export { parseNotify } from "./settings.ts";
