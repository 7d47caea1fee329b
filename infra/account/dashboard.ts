/** infra/account · wiring. The dashboard behind a function URL: the same app as on the laptop, over the store of all
 *  regions. The URL lets in only whom IAM lets in; the app itself knows no password. */
import { Hono } from "hono";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import { createDashboard } from "../../dashboard/app.ts";
import type { Reach } from "./calls.ts";
import { Deadline } from "./deadline.ts";
import type { Environment } from "./environment.ts";
import { storeOf } from "./places.ts";
import { tell } from "./run.ts";

export type DashboardEntryOptions = { reach?: Reach; now?: () => number };

/** Live streams need an answer that goes on, which a plain function does not give; the page reloads instead. */
const streams = ["/live", "/api/live"];

export function dashboardEntry(told: Environment<"dashboard">, options: DashboardEntryOptions = {}) {
  const { reach = {}, now = Date.now } = options;
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_RULES: rules, HOLDFAST_HOSTS: hosts } = told;
  const { store } = storeOf({
    topology,
    roundsTable: told.HOLDFAST_ROUNDS_TABLE,
    stateTable: told.HOLDFAST_STATE_TABLE,
    reach,
    deadline: new Deadline(),
    now,
    unheard: (vantage, error) => tell("dashboard", "unheard", { vantage, error: String(error) }),
  });
  const answerers = new Map<string, ReturnType<typeof handle>>();
  /** A function URL's name is not known before it is made: it is the one that the request came by. */
  const answererFor = (domain: string) => {
    const names = hosts.length > 0 ? hosts : [domain];
    const key = names.join(",");
    const known = answerers.get(key);
    if (known) return known;
    const { app } = createDashboard({ store, topology, rules, now, hosts: names });
    const outer = new Hono();
    for (const path of streams)
      outer.get(path, (c) => c.json({ error: "Live streams are not served here; reload instead" }, 501));
    outer.route("/", app);
    const made = handle(outer);
    answerers.set(key, made);
    return made;
  };
  return (event: LambdaEvent) => answererFor(domainOf(event))(event);
}

function domainOf(event: LambdaEvent): string {
  const context: unknown = event.requestContext;
  const name =
    typeof context === "object" && context !== null && "domainName" in context ? context.domainName : "";
  return String(name).toLowerCase();
}
