/** tests · tables as the store wants them, in a local AWS API. */
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { schema, type Table } from "../../store/dynamodb.ts";

export const credentials = { accessKeyId: "local", secretAccessKey: "local" };

export const clientOf = (endpoint: string, region: string) =>
  new DynamoDBClient({ region, endpoint, credentials, maxAttempts: 2 });

/** Makes a table and gives it; `drop` takes it away again. */
export async function makeTable(client: DynamoDBClient, name: string): Promise<Table> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: schema.partition, KeyType: "HASH" },
        { AttributeName: schema.sort, KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: schema.partition, AttributeType: "S" },
        { AttributeName: schema.sort, AttributeType: "S" },
      ],
    }),
  );
  return { client, name };
}

export const dropTable = async ({ client, name }: Table) => {
  await client.send(new DeleteTableCommand({ TableName: name }));
};
