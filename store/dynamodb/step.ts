/** store · rim. One step of the failover as one transaction: standing, orders, record and the requests it dealt with,
 *  on condition that nobody was first. A crash leaves it whole or undone. */
import { randomUUID } from "node:crypto";
import {
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { BadInput } from "../records.ts";
import type { Change } from "../store.ts";
import { encode } from "./body.ts";
import { type Item, ordered, query, type Table, text } from "./table.ts";

const itemsMax = 100; // Amazon DynamoDB, "TransactWriteItems": actions in one
const handledMs = 30 * 24 * 60 * 60_000; // so long a request's id is known as dealt with
const ordersMax = 1_000; // orders of one version, in their running number

export const standingKey: Item = { pk: { S: "standing" }, sk: { S: "now" } };
export const orderKey = (id: string): Item => ({ pk: { S: "order" }, sk: { S: id } });
export const requestKey = (id: string): Item => ({ pk: { S: "request" }, sk: { S: id } });

/** False, and nothing kept, when the version it was computed from is no longer the newest. */
export async function remember(table: Table, change: Change, now: number): Promise<boolean> {
  const writer = randomUUID();
  const items = [
    standing(change, writer),
    ...change.orders.map((order, i) => ({
      Put: {
        Item: {
          ...orderKey(order.id),
          seq: { N: String(change.standing.version * ordersMax + i) },
          body: encode(order),
        },
      },
    })),
    ...(change.decision
      ? [
          {
            Put: {
              Item: {
                pk: { S: "decision" },
                sk: { S: ordered(change.standing.version) },
                body: encode(change.decision),
              },
            },
          },
        ]
      : []),
    ...(await asked(table, change.handled)).map((id) => ({
      Update: {
        Key: requestKey(id),
        UpdateExpression: "SET handled = :yes, expires = :when",
        ExpressionAttributeValues: {
          ":yes": { BOOL: true },
          ":when": { N: String(Math.ceil((now + handledMs) / 1000)) },
        },
      },
    })),
  ];
  if (items.length > itemsMax)
    throw new BadInput(
      `Cannot keep a step: expected at most ${itemsMax} orders and requests; got ${items.length}`,
    );
  try {
    await table.client.send(new TransactWriteItemsCommand({ TransactItems: items.map((i) => at(table, i)) }));
    return true;
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const [reason] = error.CancellationReasons ?? [];
    if (reason?.Code !== "ConditionalCheckFailed") throw error;
    // The answer to our first try may have been lost, and the second found its own step there.
    return reason.Item?.writer?.S === writer;
  }
}

type Write = {
  Put?: Omit<NonNullable<TransactWriteItem["Put"]>, "TableName">;
  Update?: Omit<NonNullable<TransactWriteItem["Update"]>, "TableName">;
};

function at({ name: TableName }: Table, { Put, Update }: Write): TransactWriteItem {
  if (Put) return { Put: { ...Put, TableName } };
  if (Update) return { Update: { ...Update, TableName } };
  return {};
}

function standing({ from, standing }: Change, writer: string): Write {
  const Item = {
    ...standingKey,
    version: { N: String(standing.version) },
    writer: { S: writer },
    body: encode(standing),
  };
  const first = { ConditionExpression: "attribute_not_exists(pk)" };
  const next = {
    ConditionExpression: "version = :from",
    ExpressionAttributeValues: { ":from": { N: String(from) } },
  };
  return { Put: { Item, ReturnValuesOnConditionCheckFailure: "ALL_OLD", ...(from === 0 ? first : next) } };
}

/** Those of some requests that were ever asked: marking another would make it up. */
async function asked(table: Table, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const kept = await query(table, { partition: "request", keysOnly: true });
  const known = new Set(kept.map((item) => text(item, "sk")));
  return [...new Set(ids)].filter((id) => known.has(id));
}
