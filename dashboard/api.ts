/** dashboard. The JSON API: what programs read and ask. `answers.ts` has the schema of each answer, `openapi.ts` tells
 *  programs of them. */
import { gzipSync } from "node:zlib";
import { Hono } from "hono";
import { drills } from "../analyzer/drill.ts";
import { parse } from "../store/records.ts";
import { ask } from "./ask.ts";
import { HistoryAsk, Limit, parseFault } from "./asks.ts";
import { jsonOf } from "./body.ts";
import { drillJson, drillMarkdown } from "./drill.ts";
import { linesOf } from "./lines.ts";
import { openApi } from "./openapi.ts";
import { decisionOf } from "./state.ts";
import { type Sources, staleAfterMs } from "./view.ts";
import { type Frame, stateTelling, type Watch } from "./watch.ts";
import { takesGzip } from "./zip.ts";

/** Decisions looked through for one id: years of them at the flip budget. */
const decisionsMax = 10_000;

export const findDecision = async ({ store }: Sources, id: string) =>
  (await store.decisions(decisionsMax)).find((d) => d.id === id);

export const drillsOf = async ({ store }: Sources) => drills(await store.decisions(decisionsMax));

/** The state in gzip, made once for all who take it so. */
const zips = new WeakMap<Frame, Uint8Array<ArrayBuffer>>();
function zippedOnce(frame: Frame): Uint8Array<ArrayBuffer> {
  const known = zips.get(frame);
  if (known) return known;
  const made = new Uint8Array(gzipSync(frame.json));
  zips.set(frame, made);
  return made;
}

/** Whether an If-None-Match header names the tag (RFC 9110, 13.1.2). */
const knows = (header: string | undefined, tag: string): boolean =>
  header?.split(",").some((t) => t.trim() === tag || t.trim() === "*") ?? false;

/** `secured`: whether everybody is asked who they are. */
export function api(sources: Sources, watch: Watch, secured: boolean): Hono {
  const { playground } = sources;
  const app = new Hono();

  app.get("/state", async (c) => {
    const frame = await watch.now();
    const tag = `W/"${frame.id}"`; // weak: the same state may be sent in gzip and plain
    const headers = { etag: tag, "cache-control": "private, no-cache", vary: "accept-encoding" };
    if (knows(c.req.header("if-none-match"), tag)) return c.body(null, 304, headers);
    const type = { ...headers, "content-type": "application/json" };
    if (!takesGzip(c.req.header("accept-encoding"))) return c.body(frame.json, 200, type);
    return c.body(zippedOnce(frame), 200, { ...type, "content-encoding": "gzip" });
  });
  app.get("/live", (c) => watch.stream(stateTelling, c.req));

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
    return c.json(
      {
        error: `Cannot find decision ${c.req.param("id")}: expected the id of a record, as holdfast decisions lists them`,
      },
      404,
    );
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

  app.get("/openapi.json", (c) => c.json(openApi({ secured, playable: playground !== undefined })));

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
