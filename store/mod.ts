/** The store room keeps what everyone shares.
 *
 *      records.ts   the nouns, and how each is checked where it is read;  list.ts  lists of them in YAML
 *      metrics.ts   what is told to CloudWatch: names, units, dimensions
 *      store.ts     what a store keeps and promises
 *      memory.ts    kept in this process; for tests and the simulator
 *      sqlite.ts    kept in one file on this machine;  file.ts  opens it, or says why not
 *      dynamodb.ts  kept in an account's tables; opened by its own path, so that others do not load AWS's SDK
 *      reader.ts  freeze.ts   what was kept, read once and handed out unchangeable
 *      nearest.ts   what somebody probably meant
 *
 *  Probes put rounds in; the analyzer reads them and remembers its steps; the dashboard reads it all. */
export { memory } from "./memory.ts";
export { type Datum, datum, type Metric, type MetricName, metrics, namespace } from "./metrics.ts";
export { nearest } from "./nearest.ts";
export * from "./records.ts";
export { sqlite } from "./sqlite.ts";
export { Change, type Damage, Point, type Store } from "./store.ts";
