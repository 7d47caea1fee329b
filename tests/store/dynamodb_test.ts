/** The store in DynamoDB, over real HTTP to a local AWS API: three regions, a table in each. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claim } from "../../store/dynamodb/claim.ts";
import { dynamodb } from "../../store/dynamodb.ts";

import { storeContract } from "../contracts/store.ts";
import { missing } from "../machine.ts";
import { type AwsApi, awsApi } from "../probes/awsapi.ts";
import { baton } from "./baton.ts";
import { clientOf, dropTable, makeTable } from "./tables.ts";

describe.skipIf(missing("moto_server"))("dynamodb()", () => {
  let api: AwsApi;
  let n = 0;
  const regions = { a: "us-east-1", b: "us-west-2", c: "eu-central-1" };
  beforeAll(async () => {
    api = await awsApi();
  });
  afterAll(() => api.stop());

  /** A house of its own: a table of state in the standby region, one of rounds in each. */
  async function house() {
    const name = `house-${n++}`;
    const clients = Object.values(regions).map((region) => clientOf(api.endpoint, region));
    const tables = await Promise.all(clients.map((client) => makeTable(client, name)));
    const rounds = new Map(Object.keys(regions).map((vantage, i) => [vantage, tables[i] ?? fail()]));
    const state = rounds.get("b") ?? fail();
    const open = () => dynamodb({ state, rounds, now: () => 1_000 });
    return { open, state, rounds, end: async () => void (await Promise.all(tables.map(dropTable))) };
  }
  const fail = (): never => {
    throw new Error("no such table");
  };

  storeContract(
    "dynamodb()",
    async () => {
      const { open, end } = await house();
      return { store: open(), reopen: async () => open(), end };
    },
    { histories: 3 },
  );

  test("claim() gives each beat to one run, as the plainest baton does", async () => {
    const { state, end } = await house();
    const small = (max: number) => fc.integer({ min: 1, max });
    const claims = fc.record({ beat: small(9), run: small(3), holder: fc.constantFrom("x", "y") });
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(claims, { minLength: 5, maxLength: 12 }), async (all) => {
        const name = `baton-${n++}`;
        const plain = baton();
        for (const each of all) expect([each, await claim(state, name, each)]).toEqual([each, plain(each)]);
      }),
      { numRuns: 12 },
    );
    await end();
  });
});
