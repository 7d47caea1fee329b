/** dashboard. The page for anybody and the same as JSON: read only, without a sign-in, and cheap, as an outage brings
 *  everybody to it at once. */
import { Hono } from "hono";
import { assetPath, serveAsset } from "./assets.ts";
import { headers } from "./guard.ts";
import { type Outside, outside } from "./outside.ts";
import { outsidePage } from "./page/outside.ts";
import { look, type Sources, type View } from "./view.ts";

const keptMs = 5_000; // one look for all who come within this time
const reloadS = 30;

/** The page for anybody and nothing else, for where it stands alone: no way in to anything that acts. */
export function createStatusPage({ title, ...sources }: Omit<Sources, "playground"> & { title: string }) {
  const app = new Hono();
  app.use(headers(true));
  app.route(
    "/",
    forAnybody(title, () => look(sources), sources.now),
  );
  app.get("/", (c) => c.redirect("/status", 302));
  app.get("/assets/:name{style\\.css|icon\\.svg}", serveAsset);
  app.notFound((c) => c.text("There is nothing here but /status.\n", 404));
  app.onError((error, c) => {
    console.error(error);
    return c.text("How things stand cannot be told right now.\n", 503, { "retry-after": "5" });
  });
  return app;
}

export function forAnybody(title: string, looks: () => Promise<View>, now: () => number): Hono {
  const app = new Hono();
  let kept: { at: number; told: Promise<Outside> } | null = null;
  const told = () => {
    if (kept === null || Math.abs(now() - kept.at) >= keptMs) {
      const next = looks().then((view) => outside(view, title));
      kept = { at: now(), told: next };
      next.catch(() => {
        kept = null; // what could not be read is tried again by the next
      });
    }
    return kept.told;
  };
  app.get("/status", async (c) => {
    const page = await outsidePage(
      await told(),
      assetPath("style.css"),
      assetPath("icon.svg"),
      now(),
      c.req.query("reload") === "on" ? reloadS : null, // a page that changes under a reader has to be asked for
    );
    return c.html(page, 200, { "cache-control": `public, max-age=${keptMs / 1000}` });
  });
  app.get("/status.json", async (c) => {
    const { title: name, users, says, since, asOf, past } = await told();
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
