/** store · rim. One item says who does the work of each beat, so that of all the runs that are alive one does it, and
 *  none does it twice. Like a baton with a number on it: whoever writes the next number runs the next lap.
 *
 *  The number is the beat (instant / cadence), the same for everybody, and grows: it is the fencing token. A claim
 *  needs no release: it ends with its beat. */
import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { type Item, type Table, text } from "./table.ts";

export type Claim = {
  beat: number;
  /** The scheduled instant of the run that claims; of two runs the later scheduled one goes on. */
  run: number;
  /** Who claims: each run of a function has its own name, also when one schedule starts it twice. */
  holder: string;
};

/** `relieved`: a later run has come. `doubled`: another run of the same schedule is at work. `late`: this beat is
 *  done already. */
export type Claimed = "mine" | "late" | "relieved" | "doubled";

/** Beats that the item may lie ahead of us before we hold it for the word of a wrong clock. */
const aheadMax = 3;

const number = (n: number) => ({ N: String(n) });
const claimOf = (name: string) => ({ pk: { S: "claim" }, sk: { S: name } });

/** Claims a beat. A run that finds an earlier one at work says that it has come, so that the other stands down before the
 *  next beat. */
export async function claim(table: Table, name: string, wanted: Claim): Promise<Claimed> {
  const { beat, run, holder } = wanted;
  try {
    await table.client.send(
      new UpdateItemCommand({
        TableName: table.name,
        Key: claimOf(name),
        UpdateExpression: "SET beat = :beat, run = :run, holder = :holder",
        ConditionExpression: free,
        ExpressionAttributeValues: {
          ":beat": number(beat),
          ":run": number(run),
          ":holder": { S: holder },
          ":far": number(beat + aheadMax),
          ":missed": number(beat - 1),
        },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return "mine";
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const claimed = meaning(error.Item ?? {}, wanted);
    if (claimed === "late") await comeForward(table, name, run);
    return claimed;
  }
}

/** Nobody has it yet; or what is there is far ahead; or it is the next beat, no later run has come, and it is ours to go
 *  on with: of an earlier run, our own, or of another run of our schedule that has missed a beat and so is no more. */
const free =
  "attribute_not_exists(pk) OR ((attribute_not_exists(coming) OR coming <= :run) AND (beat > :far OR (beat < :beat AND (run < :run OR (run = :run AND (holder = :holder OR beat < :missed))))))";

function meaning(item: Item, { beat, run, holder }: Claim): Claimed {
  const kept = { beat: Number(item.beat?.N), run: Number(item.run?.N), holder: text(item, "holder") };
  // An answer that was lost, asked for again: what is there is our own word.
  if (kept.beat === beat && kept.run === run && kept.holder === holder) return "mine";
  if (Math.max(kept.run, Number(item.coming?.N ?? 0)) > run) return "relieved";
  return kept.run === run && kept.holder !== holder ? "doubled" : "late";
}

async function comeForward(table: Table, name: string, run: number): Promise<void> {
  try {
    await table.client.send(
      new UpdateItemCommand({
        TableName: table.name,
        Key: claimOf(name),
        UpdateExpression: "SET coming = :run",
        ConditionExpression: "attribute_not_exists(coming) OR coming < :run",
        ExpressionAttributeValues: { ":run": number(run) },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error; // else it has been said, or one came after us
  }
}
