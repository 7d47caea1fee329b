/** store · rim. One DynamoDB table as the store needs it: items found by a name and an order, written on condition,
 *  forgotten by themselves when their day has come. */
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";

/** A table, and a client of the region that it is in. */
export type Table = { client: DynamoDBClient; name: string };
export type Item = Record<string, AttributeValue>;

export const itemBytesMax = 400 * 1024; // Amazon DynamoDB, "Quotas": maximum item size
const batchMax = 25; // items that one BatchWriteItem takes
const batchTriesMax = 8;

/** Instants and versions as text that sorts as they do. */
export const ordered = (n: number): string => String(Math.max(0, Math.ceil(n))).padStart(16, "0");

export const text = (item: Item, name: string): string => item[name]?.S ?? "";

export async function put(table: Table, item: Item): Promise<void> {
  await table.client.send(new PutItemCommand({ TableName: table.name, Item: item }));
}

export type Range = {
  partition: string;
  /** Sort keys from this one on, or those before it; all when neither is given. */
  from?: string;
  before?: string;
  newestFirst?: boolean;
  limit?: number;
  keysOnly?: boolean;
};

/** Items of one partition in order, read as last written. */
export async function query(table: Table, range: Range, signal?: AbortSignal): Promise<Item[]> {
  const { partition, from, before, newestFirst = false, limit = Infinity, keysOnly = false } = range;
  const edge = from ?? before;
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        ConsistentRead: true,
        KeyConditionExpression: `pk = :pk${edge === undefined ? "" : ` AND sk ${from === undefined ? "<" : ">="} :sk`}`,
        ExpressionAttributeValues: {
          ":pk": { S: partition },
          ...(edge === undefined ? {} : { ":sk": { S: edge } }),
        },
        ScanIndexForward: !newestFirst,
        ...(Number.isFinite(limit) ? { Limit: limit - items.length } : {}),
        ...(keysOnly ? { ProjectionExpression: "pk, sk" } : {}),
        ExclusiveStartKey: start,
      }),
      signal ? { abortSignal: signal } : {},
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start && items.length < limit);
  return items;
}

/** Puts items and deletes others, however many; what the table does not take at once it is given again. */
export async function writeMany(
  table: Table,
  { puts = [], deletes = [] }: { puts?: Item[]; deletes?: Item[] },
) {
  const all: WriteRequest[] = [
    ...puts.map((Item) => ({ PutRequest: { Item } })),
    ...deletes.map((Key) => ({ DeleteRequest: { Key } })),
  ];
  for (let i = 0; i < all.length; i += batchMax) {
    let left = all.slice(i, i + batchMax);
    for (let tries = 0; left.length > 0; tries++) {
      if (tries === batchTriesMax)
        throw new Error(`Cannot write ${left.length} items to ${table.name}: it keeps refusing them`);
      const request = { RequestItems: { [table.name]: left } };
      const told = await table.client.send(new BatchWriteItemCommand(request));
      left = told.UnprocessedItems?.[table.name] ?? [];
    }
  }
}
