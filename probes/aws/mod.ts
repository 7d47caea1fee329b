/** probes · AWS · door. The one place in this room that holds AWS's SDK; the probes themselves do without, and so run
 *  where it does not. `withAws` gives an edge the means to count an account's resources. */
export { type AwsOptions, withAws } from "./edge.ts";
