/** dashboard. The JSON API: what programs read and ask. `docs` of each answer is its type in `state.ts`. */
import { Hono } from "hono";
import { z } from "zod";
import { drills } from "../analyzer/drill.ts";
import { parse } from "../store/records.ts";
import { ask } from "./ask.ts";
import { jsonOf } from "./body.ts";
import { drillJson, drillMarkdown } from "./drill.ts";
import { linesOf } from "./lines.ts";
import { decisionOf } from "./state.ts";
import { type Sources, staleAfterMs } from "./view.ts";
import { stateTelling, type Watch } from "./watch.ts";

/** Decisions looked through for one id: years of them at the flip budget. */
const decisionsMax = 10_000;

const Limit = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, "expected a whole number from 1 to 9999")
  .transform(Number);

export const findDecision = async ({ store }: Sources, id: string) =>
  (await store.decisions(decisionsMax)).find((d) => d.id === id);

export const drillsOf = async ({ store }: Sources) => drills(await store.decisions(decisionsMax));

export function api(sources: Sources, watch: Watch): Hono {
  const { playground } = sources;
  const app = new Hono();

  app.get("/state", async (c) => {
    const { json } = await watch.now();
    return c.body(json, 200, { "content-type": "application/json", "cache-control": "no-store" });
  });
  app.get("/live", (c) =>
    watch.stream(
      stateTelling,
      c.req.header("last-event-id") ?? c.req.query("after"),
      c.req.header("accept-encoding"),
    ),
  );

  app.get("/history", async (c) => {
    const { minutes } = parse("query", HistoryAsk, c.req.query());
    const { store, topology, rules, now } = sources;
    const points = await store.history(now() - minutes * 60_000);
    const regions = topology.regions.map((r) => r.region);
    const { at, ...lines } = linesOf(points, { regions, gapMs: staleAfterMs(rules) });
    c.header("cache-control", "no-store");
    return c.json({ at: at.map((ms) => new Date(ms).toISOString()), ...lines });
  });

  app.get("/decisions/:id", async (c) => {
    const decision = await findDecision(sources, c.req.param("id"));
    if (decision) return c.json(decisionOf(decision));
    return c.json({ error: `Cannot find decision ${c.req.param("id")}` }, 404);
  });

  /** The journal, newest first. */
  app.get("/decisions", async (c) => {
    const limit = parse("limit", Limit, c.req.query("limit") ?? "40");
    return c.json({ decisions: (await sources.store.decisions(limit)).map(decisionOf) });
  });

  /** Moves, newest first, each as far as it has come: the report of a drill. */
  app.get("/drills", async (c) => {
    const found = await drillsOf(sources);
    return c.json({ drills: found.map(drillJson).map((d) => ({ ...d, markdown: drillMarkdown(d) })) });
  });

  app.post("/requests", async (c) => {
    const id = await ask(await jsonOf(c), sources, c.get("who"));
    return c.json({ id }, 202);
  });

  if (playground) {
    const broken = () => ({
      menu: playground.menu,
      regions: playground.regions,
      services: playground.services,
      nameServer: playground.nameServer,
      faults: playground.faults().map((f) => ({ ...f, since: new Date(f.since).toISOString() })),
    });
    app.get("/faults", (c) => c.json(broken()));
    app.post("/faults", async (c) => {
      await playground.break(parseFault(await jsonOf(c)));
      return c.json(broken(), 201);
    });
    app.delete("/faults", async (c) => {
      await playground.mend();
      return c.json(broken());
    });
  }

  return app;
}

const historyMinutesMax = 48 * 60; // as long as points are kept in an account
export const HistoryAsk = z.strictObject({
  minutes: z
    .string()
    .regex(/^\d{1,4}$/, "expected whole minutes")
    .default("15")
    .transform(Number)
    .refine((n) => n >= 1 && n <= historyMinutesMax, `expected 1 to ${historyMinutesMax} minutes`),
});

const FaultAsk = z.strictObject({
  fault: z.string().min(1).max(100),
  region: z.string().max(100).default(""), // some faults have a place of their own
  service: z.string().min(1).max(100).optional(),
});

/** A fault as a person asks for it; whether there is such a thing is for the playground to say. */
export function parseFault(input: unknown): { fault: string; region: string; service?: string } {
  const { fault, region, service } = parse("fault", FaultAsk, input);
  return { fault, region, ...(service === undefined ? {} : { service }) };
}
