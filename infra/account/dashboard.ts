/** infra/account · wiring. The dashboard behind a function URL: the same app as on the laptop, over the store of all
 *  regions. The URL lets in only whom IAM lets in, and says who it is; without that nobody gets further. */
import type { Context } from "hono";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import { createDashboard } from "../../dashboard/app.ts";
import type { Reach } from "./calls.ts";
import type { Environment } from "./environment.ts";
import { shownStore } from "./places.ts";

export type DashboardEntryOptions = { reach?: Reach; now?: () => number };

/** A plain function gives its answer only once it has ended, so a live stream is a short wait for news. */
const liveMs = 3_000;

export function dashboardEntry(told: Environment<"dashboard">, options: DashboardEntryOptions = {}) {
  const { reach = {}, now = Date.now } = options;
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_RULES: rules, HOLDFAST_HOSTS: hosts } = told;
  const store = shownStore("dashboard", told, { reach, now });
  const answerers = new Map<string, ReturnType<typeof handle>>();
  /** A function URL's name is not known before it is made: it is the one that the request came by. */
  const answererFor = (domain: string) => {
    const names = hosts.length > 0 ? hosts : [domain];
    const key = names.join(",");
    const known = answerers.get(key);
    if (known) return known;
    const { app } = createDashboard({ store, topology, rules, now, hosts: names, access: { whoIs }, liveMs });
    const made = handle(app);
    answerers.set(key, made);
    return made;
  };
  return (event: LambdaEvent) => answererFor(domainOf(event))(event);
}

/** Whom IAM let in (AWS Lambda guide, "Function URL request payload"). It knows one right to the whole URL, so whoever it
 *  lets in may act too. */
function whoIs(c: Context) {
  const caller = (c.env as { event?: LambdaEvent }).event?.requestContext;
  const iam = object(object(object(caller).authorizer).iam);
  const name = typeof iam.userArn === "string" ? iam.userArn.slice(0, 100) : "";
  return name === "" ? null : { name, role: "act" as const };
}

const object = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

function domainOf(event: LambdaEvent): string {
  const context: unknown = event.requestContext;
  const name =
    typeof context === "object" && context !== null && "domainName" in context ? context.domainName : "";
  return String(name).toLowerCase();
}
