/** infra/account · wiring. Where things are kept: a client of each region, made once and held as long as the function is
 *  warm, each call of which ends with the beat that it is part of. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamodb, type Table } from "../../store/dynamodb.ts";
import { type Region, regionOf, type Topology } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { callsTo, type Reach } from "./calls.ts";
import { bounded, Deadline } from "./deadline.ts";
import type { Environment } from "./environment.ts";
import { tell } from "./run.ts";

export type Places = {
  topology: Topology;
  roundsTable: string;
  stateTable: string;
  reach: Reach;
  deadline: Deadline;
  now: () => number;
  /** Told when a vantage point's rounds could not be read. */
  unheard: (vantage: string, error: unknown) => void;
};

const readMs = 2_500; // a quarter of the usual beat: what is not here by then has no voice this time

export const tableIn = (region: Region, name: string, reach: Reach, deadline: Deadline): Table => ({
  client: bounded(new DynamoDBClient(callsTo(region, reach)), deadline),
  name,
});

/** The store of an account, and the table of where the failover stands. */
export function storeOf(places: Places): { store: Store; state: Table } {
  const { topology, roundsTable, stateTable, reach, deadline, now, unheard } = places;
  const tables = new Map<Region, Table>();
  const roundsIn = (region: Region): Table => {
    const table = tables.get(region) ?? tableIn(region, roundsTable, reach, deadline);
    tables.set(region, table);
    return table;
  };
  const state = tableIn(regionOf(topology, "standby"), stateTable, reach, deadline);
  const rounds = new Map(topology.vantages.map(({ id, region }) => [id, roundsIn(region)]));
  return { store: dynamodb({ state, rounds, now, unheard, patienceMs: readMs }), state };
}

/** The store as a dashboard shows it, wherever that is served. */
export const shownStore = (
  entry: "dashboard" | "container" | "status",
  told: Pick<
    Environment<"dashboard">,
    "HOLDFAST_TOPOLOGY" | "HOLDFAST_ROUNDS_TABLE" | "HOLDFAST_STATE_TABLE"
  >,
  { reach, now }: { reach: Reach; now: () => number },
): Store =>
  storeOf({
    topology: told.HOLDFAST_TOPOLOGY,
    roundsTable: told.HOLDFAST_ROUNDS_TABLE,
    stateTable: told.HOLDFAST_STATE_TABLE,
    reach,
    deadline: new Deadline(),
    now,
    unheard: (vantage, error) => tell(entry, "unheard", { vantage, error: String(error) }),
  }).store;
