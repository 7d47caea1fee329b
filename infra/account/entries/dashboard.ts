/** infra/account · entry. The dashboard's function: `handler`. */
import { dashboardEntry } from "../dashboard.ts";
import { readEnvironment } from "../environment.ts";

export const handler = dashboardEntry(readEnvironment("dashboard", process.env));
