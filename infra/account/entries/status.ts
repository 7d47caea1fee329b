/** infra/account · entry. The function of the page for anybody: `handler`. */
import { readEnvironment } from "../environment.ts";
import { statusEntry } from "../status.ts";

export const handler = statusEntry(readEnvironment("status", process.env));
