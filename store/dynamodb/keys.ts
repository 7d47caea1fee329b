/** store · pure. How every table of Holdfast is made: the names of its keys, both text, and of the instant (epoch seconds) from
 *  which DynamoDB may forget an item. Whoever places tables and roles reads it here, and loads no SDK for it. */

export const schema = { partition: "pk", sort: "sk", expires: "expires" } as const;

/** The partitions that asking writes to; a role that may ask and do nothing else is fenced in by them. */
export const askedIn = ["request", "numbers"] as const;
