/** infra/audit · the door. Whether what stands in an account is still what the program made, as AWS's own APIs tell: for
 *  people and for readiness, and never on the way of a failover, as some of these APIs are global control planes.
 *
 *      wanted.ts   what the settings ask for
 *      found.ts    what was found, and why something was not;  reads.ts  asks for it, and changes nothing
 *      records.ts  doors.ts  checks.ts  canaries.ts   hold the one against the other
 *      lines.ts    what that says of readiness
 *      command.ts  `holdfast drift` */
export { driftCommand } from "./command.ts";
