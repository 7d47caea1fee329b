/** probes · AWS · door. The one place in this room that holds AWS's SDK; the probes themselves do without, and so run
 *  where it does not.
 *
 *      edge.ts      `withAws` gives an edge the means to count an account's resources:  ask.ts  how one kind is counted
 *      instances.ts  databases.ts  target-groups.ts  services.ts   the kinds;  copies.ts  how far a copy is behind
 *      publish.ts   `publisher` writes points to CloudWatch
 *      trouble.ts   why an API could not be asked */
export { withAws } from "./edge.ts";
export { publisher } from "./publish.ts";
