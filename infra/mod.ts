/** infra · the door. Where Holdfast stands and what it moves.
 *
 *      local/        the whole house on one laptop: regions, a name server, users, ways to break them
 *      account/      the same loop in an AWS account: its functions, and what they move
 *      simulated/    the same loop on virtual time, for stories and for seeded days of trouble
 *      cost/         what a configuration costs a month
 *      audit/        whether what stands in an account is still what the program made
 *      notify/       who is told of an incident, and how
 *      replayed/     past outages as stories, and incidents of one's own, through the same loop
 *      route53.ts    Route 53's rules as a pure model: health checks, alarms, failover records
 *      oddities.ts   the anomaly layer over rounds, as each of these worlds has it
 *      deploy/       all stacks in the right order, by the Pulumi CLI
 *      program.ts    the Pulumi program, one stack per region; settings.ts checks what it is told
 *      aws/          its components: the lever, the records, the analyzer's role, the alerts
 *
 *  Only the front door imports this room. */
export { driftCommand } from "./audit/mod.ts";
export { costCommand } from "./cost/mod.ts";
export { deployCommand, destroyCommand, previewCommand } from "./deploy/command.ts";
export { localCommand } from "./local/command.ts";
export { notifyCommand } from "./notify/mod.ts";
export { replayCommand } from "./replayed/command.ts";
export { recordCommand } from "./replayed/record.ts";
export { simulateCommand } from "./simulated/command.ts";
