/** The dashboard's command line: the same as the page, from a terminal, over HTTP.
 *
 *      status.ts      how things stand;  readiness.ts  whether the standby could take over
 *      move.ts        failover, failback, hold, release, approve;  maintain.ts  maintenance windows
 *      drill.ts       the report of a move;  decisions.ts  the journal
 *      faults.ts      break and mend the local world
 *      call.ts        the exchange with a running Holdfast;  reads.ts  held to what it gives;  command.ts  what all share */
export { decisionsCommand } from "./decisions.ts";
export { drillCommand } from "./drill.ts";
export { breakCommand, mendCommand } from "./faults.ts";
export { endMaintenanceCommand, maintainCommand } from "./maintain.ts";
export { approveCommand, failbackCommand, failoverCommand, holdCommand, releaseCommand } from "./move.ts";
export { readinessCommand } from "./readiness.ts";
export { statusCommand } from "./status.ts";
