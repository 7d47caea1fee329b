/** infra/account · entry. The auditor's function: `handler`. */
import { auditorEntry } from "../auditor.ts";
import { readEnvironment } from "../environment.ts";

export const handler = auditorEntry(readEnvironment("auditor", process.env));
