/** probes · AWS · door. The one place in this room that holds AWS's SDK; the probes themselves do without, and so run
 *  where it does not. `withAws` gives an edge the means to count an account's resources; `publisher` writes points to
 *  CloudWatch. */
export { withAws } from "./edge.ts";
export { publisher } from "./publish.ts";
