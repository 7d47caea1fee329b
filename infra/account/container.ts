/** infra/account · wiring. The dashboard as a server of its own, for a container behind a load balancer: what runs where
 *  users go while nothing else does. Who may enter is asked by the dashboard's own door; without a word on that, nobody
 *  enters. Every answer says which region gave it, as a move is proved by that. */
import { Hono } from "hono";
import { createDashboard } from "../../dashboard/app.ts";
import { type Access, parseAccess } from "../../dashboard/mod.ts";
import { BadInput } from "../../store/records.ts";
import { healthPath } from "../aws/workload/image.ts";
import type { Reach } from "./calls.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { shownStore } from "./places.ts";
import { variables } from "./variables.ts";

export type ContainerOptions = { reach?: Reach; now?: () => number };

/** What a container is told besides what the dashboard reads everywhere: where to serve, who may enter, and what anybody
 *  may see. */
export type ContainerTold = Environment<"dashboard"> & {
  port: number;
  access: Access | null;
  /** Of the page for anybody; null when there is none. */
  status: { title: string } | null;
};

/** Throws `BadInput`, which repeats nothing of a secret. */
export function readContainer(environment: Readonly<Record<string, string | undefined>>): ContainerTold {
  const { PORT: port = "8080", HOLDFAST_ACCESS: access = "", HOLDFAST_STATUS: title = "" } = environment;
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw new BadInput(`Cannot start the container: PORT: expected 1 to 65535; got ${JSON.stringify(port)}`);
  return {
    ...readEnvironment("dashboard", environment),
    port: Number(port),
    access: access === "" ? null : accessFrom(access),
    status: title === "" ? null : { title: variables.HOLDFAST_STATUS.read(title) },
  };
}

function accessFrom(text: string): Access {
  try {
    return parseAccess(JSON.parse(text));
  } catch {
    throw new BadInput(
      "Cannot start the container: HOLDFAST_ACCESS: expected who may look and who may act, as docs/dashboard.md has it; what came is a secret, not repeated here",
    );
  }
}

export function containerApp(
  told: ContainerTold,
  { reach = {}, now = Date.now }: ContainerOptions = {},
): Hono {
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_RULES: rules, HOLDFAST_HOSTS: hosts, access, status } = told;
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header("x-served-by", told.HOLDFAST_REGION);
  });
  app.get(healthPath, (c) => c.json({ ok: true }));
  if (access === null)
    return app.all("*", (c) =>
      c.text("Nobody may enter yet: holdfast:access says who may look and who may act.\n", 503),
    );
  const store = shownStore("container", told, { reach, now });
  const dashboard = createDashboard({
    ...{ store, topology, rules, now, hosts, access },
    ...(status === null ? {} : { status }),
  });
  return app.all("*", (c) => dashboard.app.fetch(c.req.raw, c.env));
}
