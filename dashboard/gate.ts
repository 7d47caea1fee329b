/** dashboard. The door where the page can be reached by more than this machine: nobody acts unknown, and nobody asks
 *  faster than a person would. */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import {
  type Access,
  callbackPath,
  ownerOf,
  type Provider,
  signIn,
  signOut,
  type Vouched,
  whoIs,
} from "./access.ts";
import { formOf } from "./body.ts";
import type { Shell } from "./page/shell.ts";
import { signInPage } from "./page/signin.ts";

export const actsAMinuteMax = 60; // a busy minute at three in the morning has a dozen
export const signInsAMinuteMax = 20; // of everybody together: nobody guesses a token at that pace

const open = /^\/(healthz|readyz|signin(\/.*)?|assets\/.*)$/;
const reads = (c: Context) => ["GET", "HEAD", "OPTIONS"].includes(c.req.method);
const isApi = (c: Context) => c.req.path.startsWith("/api/") || c.req.path === "/metrics";

/** Lets in who is known, as far as its role goes. */
export function gate(access: Access | Vouched, now: () => number): MiddlewareHandler {
  const vouched = "whoIs" in access;
  return async (c, next) => {
    if (open.test(c.req.path)) return next();
    const who = vouched ? access.whoIs(c) : await whoIs(c, access, now());
    if (who === null) {
      if (!vouched && !isApi(c) && reads(c))
        return c.redirect(`/signin?to=${encodeURIComponent(c.req.path)}`, 303);
      c.header("www-authenticate", 'Bearer realm="holdfast"');
      return c.json(
        { error: "Cannot tell who is asking: expected a bearer token, or a sign-in at /signin" },
        401,
      );
    }
    const acts = !reads(c) && c.req.path !== "/theme" && c.req.path !== "/signout";
    if (acts && who.role !== "act")
      return c.json(
        { error: `Cannot act as ${who.name}: expected the role act, and it has ${who.role}` },
        403,
      );
    c.set("who", who);
    return next();
  };
}

/** A limit on what is asked a minute, by name where names are known. */
const atMost = (limit: number, counts: (c: Context) => boolean, what: string): MiddlewareHandler =>
  rateLimiter({
    windowMs: 60_000,
    limit,
    standardHeaders: "draft-7",
    keyGenerator: (c) => c.get("who")?.name ?? "anybody",
    skip: (c) => !counts(c),
    handler: (c) => c.json({ error: `Cannot take more than ${limit} ${what} a minute; wait a little` }, 429),
  });

export const fewActs = (): MiddlewareHandler =>
  atMost(actsAMinuteMax, (c) => !reads(c) && c.req.path !== "/theme", "requests");
const fewSignIns = () => atMost(signInsAMinuteMax, (c) => c.req.method === "POST", "sign-ins");

const atProvider = () => import("./provider.ts");

/** Tells what speaks to the provider how it is reached; before all that may ask who is there. */
export const withProvider =
  (access: Access, oidc: Provider): MiddlewareHandler =>
  async (c, next) =>
    (await atProvider()).provider(access, oidc)(c, next);

/** Signing in and out: with a token by a form, or at the provider. */
export function signing(access: Access, now: () => number, shellOf: (c: Context) => Shell): Hono {
  const app = new Hono();
  const page = (c: Context, refused: string | null, status: 200 | 401) => {
    c.header("cache-control", "no-store");
    const ways = { token: access.tokens.length > 0, provider: access.oidc?.issuer ?? null };
    return c.html(signInPage(shellOf(c), ways, inside(c.req.query("to")), refused), status);
  };
  app.use("/signin", fewSignIns());
  app.get("/signin", (c) => page(c, null, 200));
  app.post("/signin", async (c) => {
    const { token = "", to } = await formOf(c);
    const who = await ownerOf(token.trim(), access);
    if (who === null) return page(c, "That token opens nothing here.", 401);
    await signIn(c, who, access, now());
    return c.redirect(inside(to), 303);
  });
  app.post("/signout", (c) => {
    signOut(c);
    return c.redirect("/signin", 303);
  });
  if (access.oidc) {
    app.get(callbackPath, async (c) => {
      try {
        return await (await atProvider()).backFromProvider(c);
      } catch {
        return page(c, "That was no answer to a sign-in begun here. Sign in again.", 401);
      }
    });
    const signInThere: MiddlewareHandler = async (c, next) =>
      (await atProvider()).signInAtProvider()(c, next);
    app.get("/signin/provider", signInThere, (c) => c.redirect("/", 303));
  }
  return app;
}

/** A path of this page, so that a sign-in never leads elsewhere. */
const inside = (to: string | undefined): string =>
  to !== undefined && /^\/(?![/\\])[\w./~%-]*$/.test(to) ? to : "/";
