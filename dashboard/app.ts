/** dashboard. The app as a contents page: who may talk to it, what it answers, what it says when it cannot.
 *  It is `fetch`-shaped and knows no server; it reads everything from the store and asks by putting requests there. */
import { type Context, Hono } from "hono";
import { compress } from "hono/compress";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { raw } from "hono/html";
import { HTTPException } from "hono/http-exception";
import { BadInput } from "../store/records.ts";
import type { Access, Vouched } from "./access.ts";
import { acts } from "./acts.ts";
import { api, drillsOf, findDecision } from "./api.ts";
import { Refused } from "./ask.ts";
import { assetPath, serveAsset } from "./assets.ts";
import { WrongType } from "./body.ts";
import { fewActs, gate, signing, withProvider } from "./gate.ts";
import {
  bodyMsMax,
  headers,
  localHosts,
  onlyHosts,
  onlySameSite,
  onlySmallBodies,
  onlySwiftBodies,
  TooSlow,
} from "./guard.ts";
import { answer, type Status } from "./page/answer.ts";
import { decisionPage, incidentPage, keysPage, troublePage } from "./page/asides.ts";
import { drillsPage } from "./page/drills.ts";
import type { Html } from "./page/html.ts";
import { page, sections } from "./page/page.ts";
import type { Shell } from "./page/shell.ts";
import { forAnybody } from "./public.ts";
import { stateJson } from "./state.ts";
import { verdict } from "./verdict.ts";
import { look, type Sources, type View } from "./view.ts";
import { createWatch, pageTelling, type Rendered } from "./watch.ts";

export type DashboardOptions = Sources & {
  /** Host names it answers to, without ports; this machine's own when left out. */
  hosts?: readonly string[];
  /** Who may look and who may act. Left out, everybody who reaches it may, so it answers this machine alone. */
  access?: Access | Vouched;
  /** How long one live stream lasts, ms; its reader comes back by itself with what it has heard last. Without end when
   *  left out. */
  liveMs?: number;
  /** A page for anybody, at `/status`, under this title; there is none when left out. */
  status?: { title: string };
  /** How long a body may take to arrive, ms. */
  bodyMs?: number;
};

const reloadS = 10; // for readers without a script: slow enough to read, fast enough to follow a move

/** Throws `BadInput` when others than this machine could reach it and nobody would be asked who they are. */
export function createDashboard({
  hosts = localHosts,
  access,
  liveMs,
  bodyMs = bodyMsMax,
  status,
  ...sources
}: DashboardOptions) {
  const foreign = hosts.filter((host) => !localHosts.includes(host));
  if (foreign.length > 0 && !access)
    throw new BadInput(
      `Cannot answer as ${foreign.join(", ")} to just anybody: expected access, which says who may look and who may act`,
    );
  const watch = createWatch(sources, render, liveMs);
  const app = new Hono();

  app.use(
    headers(access !== undefined),
    onlyHosts(hosts),
    onlySameSite,
    onlySwiftBodies(bodyMs),
    onlySmallBodies(),
    compress(),
  );
  const signs = access && !("whoIs" in access) ? access : null;
  if (signs?.oidc) app.use(withProvider(signs, signs.oidc));
  if (status) {
    const looks = async () => (await watch.now()).view;
    app.route("/", forAnybody(status.title, looks, sources.now)); // before the gate: nobody is asked
  }
  if (access) app.use(gate(access, sources.now));
  app.use(fewActs());
  if (signs) app.route("/", signing(signs, sources.now, shellOf));
  app.get("/assets/:name", serveAsset);

  app.get("/healthz", (c) => c.json({ ok: true }));
  app.get("/readyz", async (c) => {
    const { report, stale } = await look(sources);
    const ready = report !== null && !stale;
    return c.json(
      { ok: ready, why: ready ? null : report ? "the last report is old" : "no report yet" },
      ready ? 200 : 503,
    );
  });

  app.get("/metrics", async (c) => {
    const { metricsText, metricsType } = await import("./metrics.ts"); // with its library, for those who ask
    c.header("cache-control", "no-store");
    return c.body(await metricsText(await look(sources)), 200, { "content-type": metricsType });
  });

  app.route("/api", api(sources, watch, access !== undefined));
  app.get("/live", (c) => watch.stream(pageTelling, c.req));

  app.get("/", async (c) => {
    const { view, sections: html, id } = await watch.now();
    const told = new Map([...html].map(([name, text]) => [name, raw(text) as Html]));
    const reload = c.req.query("reload") === "off" ? null : reloadS;
    return answer(c, page(shellOf(c), { view, said: verdict(view), told, eventId: id, reloadS: reload }));
  });
  app.get("/keys", (c) => answer(c, keysPage(shellOf(c))));
  app.get("/decisions/:id", async (c) => {
    const decision = await findDecision(sources, c.req.param("id"));
    if (!decision) return c.notFound();
    return answer(c, decisionPage(shellOf(c), decision, sources.now()));
  });

  app.get("/incidents/:id", async (c) => {
    const view = await look(sources);
    const incident = view.board?.incidents.find((i) => i.id === c.req.param("id"));
    return incident ? answer(c, incidentPage(shellOf(c), incident, view)) : c.notFound();
  });

  app.get("/drills", async (c) => answer(c, drillsPage(shellOf(c), await drillsOf(sources), sources.now())));

  app.route("/act", acts(sources, shellOf));

  /** Light, dark, then as the machine has it. */
  app.post("/theme", (c) => {
    const next = { light: "dark", dark: null, auto: "light" } as const;
    const to = next[themeOf(c) ?? "auto"];
    if (to) setCookie(c, "theme", to, { path: "/", sameSite: "Strict", maxAge: 365 * 24 * 60 * 60 });
    else deleteCookie(c, "theme", { path: "/" });
    return c.redirect("/", 303);
  });

  app.notFound((c) => {
    const says = `Cannot find ${c.req.method} ${c.req.path}`;
    if (c.req.path.startsWith("/api/")) return c.json({ error: says }, 404);
    return answer(c, troublePage(shellOf(c), "Not here", `${says}.`), 404);
  });
  app.onError((error, c) => {
    const status = statusOf(error);
    const says = status === 500 ? "Cannot answer: something went wrong inside" : error.message;
    if (status === 500) console.error(error);
    if (status === 408) c.header("connection", "close");
    if (c.req.path.startsWith("/api/") || c.req.path.endsWith("z")) return c.json({ error: says }, status);
    return answer(c, troublePage(shellOf(c), "That did not work", `${says}.`), status);
  });

  function shellOf(c: Context): Shell {
    return {
      title: sources.title ?? sources.topology.workload.name,
      theme: themeOf(c),
      asset: assetPath,
      who: c.get("who")?.name ?? null,
    };
  }

  return {
    app,
    /** Ends every live stream, so that a server can stop. */
    close: watch.close,
    /** Live streams now open. */
    listening: watch.listening,
  };
}

async function render(view: View): Promise<Rendered> {
  const said = verdict(view);
  return {
    sections: await sections(view, said, console.error),
    json: JSON.stringify(stateJson(view, said)),
  };
}

function statusOf(error: Error): Status {
  if (error instanceof BadInput) return 400;
  if (error instanceof Refused) return 409;
  if (error instanceof WrongType) return 415;
  if (error instanceof TooSlow) return 408;
  if (error instanceof HTTPException && error.status < 500) return error.status as Status;
  return 500;
}

function themeOf(c: Context): "light" | "dark" | null {
  const theme = getCookie(c, "theme");
  return theme === "light" || theme === "dark" ? theme : null;
}
