/** dashboard. The page for anybody and the same as JSON: read only, without a sign-in, and cheap, as an outage brings
 *  everybody to it at once. */
import { Hono } from "hono";
import { assetPath } from "./assets.ts";
import { type Outside, outside } from "./outside.ts";
import { outsidePage } from "./page/outside.ts";
import type { Watch } from "./watch.ts";

const keptMs = 5_000; // one look for all who come within this time
const reloadS = 30;

export function forAnybody(title: string, watch: Pick<Watch, "now">, now: () => number): Hono {
  const app = new Hono();
  let kept: { at: number; told: Promise<Outside> } | null = null;
  const look = () => {
    if (kept === null || Math.abs(now() - kept.at) >= keptMs) {
      const told = watch.now().then(({ view }) => outside(view, title));
      kept = { at: now(), told };
      told.catch(() => {
        kept = null; // what could not be read is tried again by the next
      });
    }
    return kept.told;
  };
  app.get("/status", async (c) => {
    const page = await outsidePage(
      await look(),
      assetPath("style.css"),
      assetPath("icon.svg"),
      now(),
      c.req.query("reload") === "on" ? reloadS : null, // a page that changes under a reader has to be asked for
    );
    return c.html(page, 200, { "cache-control": `public, max-age=${keptMs / 1000}` });
  });
  app.get("/status.json", async (c) => {
    const { title: name, users, says, since, asOf, past } = await look();
    const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    return c.json(
      {
        title: name,
        users,
        says,
        since: iso(since),
        asOf: iso(asOf),
        past: past.map((p) => ({ from: iso(p.from), until: iso(p.until) })),
      },
      200,
      { "cache-control": `public, max-age=${keptMs / 1000}` },
    );
  });
  return app;
}
