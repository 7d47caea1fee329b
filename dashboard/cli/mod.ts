/** The dashboard's command line: the same as the page, from a terminal, over HTTP.
 *
 *  - `status.ts`  how things stand
 *  - `move.ts`    failover, failback, hold, release, approve
 *  - `faults.ts`  break and mend the local world
 *  - `call.ts`    the exchange with a running Holdfast; `command.ts` what all of them share */
export { breakCommand, mendCommand } from "./faults.ts";
export { approveCommand, failbackCommand, failoverCommand, holdCommand, releaseCommand } from "./move.ts";
export { statusCommand } from "./status.ts";
