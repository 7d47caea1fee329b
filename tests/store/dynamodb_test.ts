/** The store in DynamoDB, over real HTTP to a local AWS API: three regions, a table in each. */
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claim } from "../../store/dynamodb/claim.ts";
import { dynamodb, type Table } from "../../store/dynamodb.ts";
import type { Observation, Round } from "../../store/records.ts";
import { round, step } from "../contracts/records.ts";

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
  }, 60_000);
  afterAll(() => api?.stop(), 60_000);

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

  test("a record that cannot be read is counted and said, and the others are given; a standing is not guessed", async () => {
    const { open, state, rounds, end } = await house();
    const store = open();
    const table = rounds.get("a") ?? fail();
    const good: Round = {
      vantage: "a",
      vantageRegion: "us-east-1",
      at: 5,
      tookMs: 1,
      blind: false,
      observations: [],
    };
    await store.addRound(good);
    await store.remember(step(0));
    const spoil = (to: Table, pk: string, sk: string) =>
      to.client.send(
        new PutItemCommand({
          TableName: to.name,
          Item: { pk: { S: pk }, sk: { S: sk }, body: { B: new Uint8Array([1, 2, 3]) } },
        }),
      );
    await spoil(table, "round#a", "0000000000000007");
    await spoil(state, "standing", "now");
    expect(await store.rounds(0)).toEqual([good]);
    expect(await store.rounds(0)).toEqual([good]);
    expect((await store.damaged()).map((d) => d.record)).toEqual(["round of a at 7"]);
    await expect(store.standing()).rejects.toThrow(/is not guessed: restore the item standing/);
    await end();
  });

  test("a vantage point whose table cannot be read has no voice, and the others have theirs", async () => {
    const { state, rounds, end } = await house();
    const gone = { client: clientOf("http://127.0.0.1:9", "us-east-1"), name: "nowhere" };
    const unheard: string[] = [];
    const store = dynamodb({
      state,
      rounds: new Map([...rounds, ["a", gone]]),
      now: () => 0,
      unheard: (vantage) => unheard.push(vantage),
    });
    const [one] = fc.sample(round, 1) as [Round];
    await store.addRound({ ...one, vantage: "b" });
    expect((await store.rounds(0)).map((r) => r.vantage)).toEqual(["b"]);
    expect(unheard).toEqual(["a"]);
    await end();
  });

  test("a round that does not fit into an item is refused, and says what to do", async () => {
    const { open, end } = await house();
    const [one] = fc.sample(round, 1) as [Round];
    const noise = () => Array.from({ length: 40 }, () => String(Math.random()));
    const observation: Observation = {
      at: 1,
      vantage: "b",
      target: "t",
      kind: "dns",
      purpose: "service",
      service: "s",
      region: "us-east-1",
      latencyMs: 1,
      facts: { addresses: noise() },
      verdict: "up",
      reason: null,
    };
    const observations = Array.from({ length: 1_500 }, () => ({
      ...observation,
      facts: { addresses: noise() },
    }));
    await expect(open().addRound({ ...one, vantage: "b", observations })).rejects.toThrow(
      /at most 399 kB; it takes \d+ kB. Share its targets among several vantage points/,
    );
    await end();
  });

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
