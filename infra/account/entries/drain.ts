/** infra/account · entry. The function of an `endpoint` lever: `handler`. */
import { drainEntry } from "../drain.ts";
import { readEnvironment } from "../environment.ts";

export const handler = drainEntry(readEnvironment("drain", process.env));
