/** store · rim. Rounds of observations, each in its vantage point's own region, so that a region that is lost takes
 *  nobody else's voice with it. One item for each vantage point and instant. */
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

/** One vantage point's rounds that began at or after `since`, oldest first. `damage` is told of each that can't be
 *  read. */
export async function roundsSince(
  table: Table,
  vantage: string,
  since: number,
  damage: (record: string, why: string) => void,
  signal?: AbortSignal,
): Promise<Round[]> {
  const items = await query(table, { partition: roundsOf(vantage), from: ordered(since) }, signal);
  return items.flatMap((item) => {
    const what = `round of ${vantage} at ${Number(text(item, "sk"))}`;
    try {
      return [decode(what, Round, item)];
    } catch (error) {
      damage(what, (error as Error).message);
      return [];
    }
  });
}
