/** infra/account · entry. The analyzer's function: `handler`. */
import { analyzerEntry } from "../analyzer.ts";
import { readEnvironment } from "../environment.ts";
import { handsOf } from "../hands.ts";
import { type Context, run } from "../run.ts";

const entry = analyzerEntry(readEnvironment("analyzer", process.env), { hands: handsOf });

export const handler = (event: unknown, context: Context) => run(entry, event, context);
