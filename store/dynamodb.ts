/** store · rim. Keeps everything in DynamoDB: rounds in each vantage point's own region, and where the failover stands,
 *  with its orders, records and requests, in the region that takes over. Nothing that a failover needs is kept in the
 *  region that may be left.
 *
 *  Opened by its own path, not by the room's door, so that whoever keeps a file does not load AWS's SDK. */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type * as z from "zod";
import { decode, encode, encodeBounded } from "./dynamodb/body.ts";
import { askedIn } from "./dynamodb/keys.ts";
import { addRound, type ReadBefore, roundsOf, roundsSince } from "./dynamodb/rounds.ts";
import { orderKey, remember, requestKey, standingKey } from "./dynamodb/step.ts";
import { type Item, ordered, put, query, type Table, text, writeMany } from "./dynamodb/table.ts";
import { BadInput, Board, Decision, Order, parse, Report, Request, Standing, Voice } from "./records.ts";
import { Change, type Damage, Point, pointOf, type Store } from "./store.ts";

export { schema } from "./dynamodb/keys.ts";
export { addRound } from "./dynamodb/rounds.ts";
export type { Table } from "./dynamodb/table.ts";

export type DynamoOptions = {
  /** Where the failover stands: in the standby region. */
  state: Table;
  /** Where each vantage point's rounds are: in its own region. */
  rounds: ReadonlyMap<string, Table>;
  /** Epoch ms. */
  now: () => number;
  /** What reading one vantage point's rounds may take; past it, that one has no voice this time. */
  patienceMs?: number;
  /** Told when a vantage point's rounds could not be read. That is no evidence against its region. */
  unheard?: (vantage: string, error: unknown) => void;
};

const patienceUsualMs = 2_500;
const keptMs = 48 * 60 * 60_000; // voices and points, as long as rounds
const boardKey: Item = { pk: { S: "board" }, sk: { S: "now" } };
const reportKey: Item = { pk: { S: "report" }, sk: { S: "last" } };
const [, numbers] = askedIn;
const numbersKey: Item = { pk: { S: numbers }, sk: { S: "request" } };

export function dynamodb(options: DynamoOptions): Store {
  const { state, rounds, now, patienceMs = patienceUsualMs, unheard = () => undefined } = options;
  const readBefore: ReadBefore = new Map();
  const damaged = new Map<string, Damage>();
  const damage = (record: string, why: string) => damaged.set(record, { record, why });

  function readable<T>(record: string, noun: z.ZodType<T>, item: Item): T[] {
    try {
      return [decode(record, noun, item)];
    } catch (error) {
      damage(record, (error as Error).message);
      return [];
    }
  }

  async function get(key: Item): Promise<Item | undefined> {
    const got = await state.client.send(
      new GetItemCommand({ TableName: state.name, Key: key, ConsistentRead: true }),
    );
    return got.Item;
  }

  const expires = (at: number) => ({ N: String(Math.ceil((at + keptMs) / 1000)) });

  return {
    async addRound(round) {
      const table = rounds.get(round.vantage);
      if (!table) {
        const known = [...rounds.keys()].join(", ");
        throw new BadInput(
          `Cannot keep a round: expected one of the vantage points ${known}; got ${round.vantage}`,
        );
      }
      await addRound(table, round);
    },
    async rounds(since) {
      const heard = await Promise.all(
        [...rounds].map(async ([vantage, table]) => {
          try {
            return await roundsSince(
              table,
              vantage,
              since,
              readBefore,
              damage,
              AbortSignal.timeout(patienceMs),
            );
          } catch (error) {
            unheard(vantage, error);
            return [];
          }
        }),
      );
      return heard.flat().sort((a, b) => a.at - b.at || (a.vantage < b.vantage ? -1 : 1));
    },

    async addVoices(heard) {
      const checked = heard.map((voice) => parse("voice", Voice, voice));
      const latest = new Map(checked.map((voice) => [`${ordered(voice.at)}#${voice.region}`, voice]));
      const puts = [...latest].map(([sk, voice]) => ({
        pk: { S: "voice" },
        sk: { S: sk },
        expires: expires(voice.at),
        body: encode(voice),
      }));
      await writeMany(state, { puts });
    },
    async voices(since) {
      const items = await query(state, { partition: "voice", from: ordered(since) });
      return items.flatMap((item) => readable(`voice ${text(item, "sk")}`, Voice, item));
    },

    async standing() {
      const kept = await get(standingKey);
      if (!kept) return null;
      try {
        return decode(`standing of version ${kept.version?.N}`, Standing, kept);
      } catch (error) {
        throw new BadInput(
          `${(error as Error).message}. Where the failover stands is not guessed: restore the item standing of table ${state.name} from a backup, or delete it to start anew at home`,
        );
      }
    },
    remember: async (change) => remember(state, parse("step", Change, change), now()),
    async unconfirmed() {
      const items = await query(state, { partition: "order" });
      return items
        .sort((a, b) => Number(a.seq?.N) - Number(b.seq?.N))
        .flatMap((item) => readable(`order ${text(item, "sk")}`, Order, item));
    },
    async confirm(id) {
      await state.client.send(new DeleteItemCommand({ TableName: state.name, Key: orderKey(id) }));
    },
    async decisions(limit) {
      if (limit <= 0) return [];
      const items = await query(state, { partition: "decision", newestFirst: true, limit });
      return items.flatMap((item) =>
        readable(`decision of version ${Number(text(item, "sk"))}`, Decision, item),
      );
    },

    async ask(request) {
      const asked = parse("request", Request, request);
      const Item = { ...requestKey(asked.id), seq: { N: await nextNumber() }, body: encode(asked) };
      const ConditionExpression = "attribute_not_exists(pk)";
      try {
        await state.client.send(new PutItemCommand({ TableName: state.name, Item, ConditionExpression }));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error; // else it is there already
      }
    },
    async requests() {
      const items = await query(state, { partition: "request" });
      return items
        .filter((item) => !item.handled?.BOOL)
        .sort((a, b) => Number(a.seq?.N) - Number(b.seq?.N))
        .flatMap((item) => readable(`request ${text(item, "sk")}`, Request, item));
    },

    async report(latest) {
      const checked = parse("report", Report, latest);
      const point = pointOf(checked);
      const body = encodeBounded("the last report", checked, "Watch fewer targets from this analyzer");
      await put(state, {
        pk: { S: "point" },
        sk: { S: ordered(point.at) },
        expires: expires(point.at),
        body: encode(point),
      });
      await put(state, { ...reportKey, body });
    },
    async lastReport() {
      const kept = await get(reportKey);
      return (kept && readable("last report", Report, kept)[0]) ?? null;
    },
    async history(since) {
      const items = await query(state, { partition: "point", from: ordered(since) });
      return items.flatMap((item) => readable(`point at ${Number(text(item, "sk"))}`, Point, item));
    },

    async board() {
      const kept = await get(boardKey);
      return (kept && readable("board", Board, kept)[0]) ?? null;
    },
    async pin(latest) {
      await put(state, { ...boardKey, body: encode(parse("board", Board, latest)) });
    },

    async forget(before, pointsBefore = before) {
      const clear = async (table: Table, partition: string, until = before) => {
        const deletes = await query(table, { partition, before: ordered(until), keysOnly: true });
        await writeMany(table, { deletes });
      };
      await Promise.all([
        ...[...rounds].map(([vantage, table]) => clear(table, roundsOf(vantage))),
        clear(state, "voice"),
        clear(state, "point", pointsBefore),
      ]);
    },
    damaged: async () => [...damaged.values()],
    close: async () => {}, // the clients are theirs who made them
  };

  /** Requests in the order in which they came, whoever's clock is wrong. */
  async function nextNumber(): Promise<string> {
    const told = await state.client.send(
      new UpdateItemCommand({
        TableName: state.name,
        Key: numbersKey,
        UpdateExpression: "ADD n :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
        ReturnValues: "UPDATED_NEW",
      }),
    );
    return told.Attributes?.n?.N ?? "0";
  }
}
