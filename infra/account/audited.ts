/** infra/account · rim. Where an audit is kept for the analyzer, and what readiness makes of it: in the state's table, written by
 *  the auditor in the witness region. It is read between ticks, so no tick waits for it, and no move hangs on it. */
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { decode, encode } from "../../store/dynamodb/body.ts";
import { type Item, put, type Table } from "../../store/dynamodb/table.ts";
import { RuleLine } from "../../store/records.ts";

const Audit = z.strictObject({ at: z.number().int().nonnegative(), lines: z.array(RuleLine) });
export type Audit = z.infer<typeof Audit>;

/** The partition; a role that may write this and nothing else of the table is fenced in by it. */
export const auditKey = "audit";
const key: Item = { pk: { S: auditKey }, sk: { S: "last" } };

export const auditEveryMs = 5 * 60_000;
const staleMs = 3 * auditEveryMs; // two that were left out are weather

export const keepAudit = (state: Table, audit: Audit): Promise<void> =>
  put(state, { ...key, body: encode(audit) });

/** Null before the first. Throws `BadInput` for one that cannot be read. */
export async function lastAudit({ client, name }: Table): Promise<Audit | null> {
  const { Item } = await client.send(new GetItemCommand({ TableName: name, Key: key, ConsistentRead: true }));
  return Item ? decode("the last audit", Audit, Item) : null;
}

/** An audit that is too old says nothing of now: what it found is shown, and not known. */
export function linesNow(audit: Audit | null, now: number): RuleLine[] {
  if (!audit) return [];
  if (now - audit.at < staleMs) return audit.lines;
  const last = new Date(audit.at).toISOString();
  return audit.lines.map((line) => ({ ...line, met: null, value: `last looked at ${last}: ${line.value}` }));
}
