/** store · rim. Rounds of observations, each in its vantage point's own region, so that a region that is lost takes
 *  nobody else's voice with it. One item for each vantage point and instant. */
import { freeze } from "../freeze.ts";
import { parse, Round } from "../records.ts";
import { decode, encodeBounded } from "./body.ts";
import { ordered, put, query, type Table, text } from "./table.ts";

/** Kept long enough for the dashboard's lines, for a restart, and to look at what happened yesterday. */
const keptMs = 48 * 60 * 60_000;

export const roundsOf = (vantage: string) => `round#${vantage}`;

/** Keeps a round in its table. Throws `BadInput` for one that does not fit into an item, which is 5,000 to 6,000
 *  observations. */
export async function addRound(table: Table, round: Round): Promise<void> {
  const whole = parse("round", Round, round);
  const advice = "Share its targets among several vantage points of that region";
  await put(table, {
    pk: { S: roundsOf(whole.vantage) },
    sk: { S: ordered(whole.at) },
    expires: { N: String(Math.ceil((whole.at + keptMs) / 1000)) },
    body: encodeBounded(`the round of ${whole.vantage} at ${whole.at}`, whole, advice),
  });
}

/** Rounds as they were read, so that a window is not unpacked anew at each tick: of sixteen rounds in it, one is new. */
export type ReadBefore = Map<string, { body: Uint8Array; round: Round }>;
const readBeforeMax = 512; // two dozen windows; the oldest read go first

/** One vantage point's rounds that began at or after `since`, oldest first. `damage` is told of each that can't be
 *  read. */
export async function roundsSince(
  table: Table,
  vantage: string,
  since: number,
  known: ReadBefore,
  damage: (record: string, why: string) => void,
  signal?: AbortSignal,
): Promise<Round[]> {
  const items = await query(table, { partition: roundsOf(vantage), from: ordered(since) }, signal);
  return items.flatMap((item) => {
    const key = `${table.name} ${vantage} ${text(item, "sk")}`;
    const body = item.body?.B;
    const before = known.get(key);
    if (body && before && Buffer.compare(before.body, body) === 0) return [before.round];
    const what = `round of ${vantage} at ${Number(text(item, "sk"))}`;
    try {
      const round = freeze(decode(what, Round, item));
      if (body) known.set(key, { body, round });
      const oldest = known.size > readBeforeMax ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      return [round];
    } catch (error) {
      damage(what, (error as Error).message);
      return [];
    }
  });
}
