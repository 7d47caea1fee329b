/** infra/account/lever · rim. The lever of kind `endpoint`: an item of a table in the standby region, which the function
 *  behind the health check reads (answer.ts). Seen where it works: by asking that function as the checkers do. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Lever } from "./lever.ts";

/** The state's place in the standby's table. */
export type Notch = { client: DynamoDBClient; table: string; workload: string };

/** The partition of a workload's lever; its shadow's has the shadow's name. */
export const leverKey = (workload: string) => `lever#${workload}`;
const keyOf = (workload: string) => ({ pk: { S: leverKey(workload) }, sk: { S: "drain" } });

export type EndpointLeverOptions = {
  notch: Notch;
  /** Epoch ms. A telling that was held up on its way never undoes a later one. */
  now: () => number;
  /** Asks the function's URL: the status of its answer. Throws when there was none. */
  ask: () => Promise<number>;
};

/** No telling is held up for longer: its run has ended by then. One that stands from later than this was told by a clock
 *  that was wrong, and must not lock the lever until that hour has come. */
const heldUpMsMax = 60_000;

export function endpointLever({ notch, now, ask }: EndpointLeverOptions): Lever {
  return {
    async tell(drained) {
      const at = now();
      try {
        await notch.client.send(
          new UpdateItemCommand({
            TableName: notch.table,
            Key: keyOf(notch.workload),
            UpdateExpression: "SET drained = :drained, toldAt = :now",
            ConditionExpression: "attribute_not_exists(toldAt) OR toldAt <= :now OR toldAt > :soon",
            ExpressionAttributeValues: {
              ":drained": { BOOL: drained },
              ":now": { N: String(at) },
              ":soon": { N: String(at + heldUpMsMax) },
            },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error; // another was told later, and stands
      }
    },
    async holds() {
      const status = await ask();
      if (status === drainedStatus) return true;
      return status === openStatus ? false : null;
    },
  };
}

/** Route 53 takes 2xx and 3xx as well, and anything else, or silence, as ill; the check is inverted. */
export const drainedStatus = 200;
export const openStatus = 503;

/** Whether the primary is drained, as last told. False when nothing was told yet. Throws when it cannot be read. */
export async function readNotch({ client, table, workload }: Notch): Promise<boolean> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: keyOf(workload), ConsistentRead: true }),
  );
  return Item?.drained?.BOOL ?? false;
}
