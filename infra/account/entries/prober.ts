/** infra/account · entry. The prober's function: `handler`. */
import { readEnvironment } from "../environment.ts";
import { proberEntry } from "../prober.ts";
import { type Context, run } from "../run.ts";

const entry = proberEntry(readEnvironment("prober", process.env));

export const handler = (event: unknown, context: Context) => run(entry, event, context);
