/** store · nouns. A region, the part it plays, and a node of the dependency graph. */
import * as z from "zod";

/** An AWS region's name, such as `us-east-1` or `us-gov-west-1`: a country, a direction and a number. Those to come are
 *  not known, but a mistyped one is told from them by its direction. */
export const Region = z
  .string()
  .regex(
    /^[a-z]{2,4}(-[a-z]+)*-(north|south|east|west|central|(north|south)(east|west))-\d+$/,
    "expected a region such as us-east-1",
  );
export type Region = z.infer<typeof Region>;

/** Primary takes traffic by default, standby takes over, witness only watches and votes. */
export const Role = z.enum(["primary", "standby", "witness"]);
export type Role = z.infer<typeof Role>;

/** A node of the dependency graph: `service@region`, such as `dynamodb@us-east-1`. */
export type Node = `${string}@${string}`;

/** The same string each time for the same two, so that whoever looks it up need not read it. */
export function nodeOf(service: string, region: string): Node {
  const known = made.get(service)?.get(region);
  if (known !== undefined) return known;
  const node: Node = `${service}@${region}`;
  const here = made.get(service) ?? new Map<string, Node>();
  made.set(service, here.set(region, node));
  return node;
}
const made = new Map<string, Map<string, Node>>();
