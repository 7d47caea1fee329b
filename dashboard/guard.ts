/** dashboard. What a browser could be tricked into is refused, whoever it is: other host names (DNS rebinding), requests
 *  that other sites make (CSRF), bodies nobody would send by hand. On one's own machine that is all the door there is;
 *  elsewhere `gate.ts` also asks who is there. */
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";

/** Names this page answers to when nothing else is configured. */
export const localHosts: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** The longest request that makes sense is a reason of 500 characters. */
export const bodyBytesMax = 16 * 1024;

/** `secured`: reached from elsewhere, and so by TLS alone. */
export const headers = (secured: boolean): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: "same-origin", // with "no-referrer" a browser sends this page's own forms as from nowhere
    xFrameOptions: "DENY",
    strictTransportSecurity: secured ? "max-age=63072000; includeSubDomains" : false, // plain HTTP on one's own machine
  });

export function onlyHosts(hosts: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    if (hosts.includes(host.replace(/:\d*$/, "").toLowerCase())) return next();
    return c.json({ error: `Cannot answer as ${host}: expected one of ${hosts.join(", ")}` }, 403);
  };
}

/** Reading is for everybody on this machine; acting is not for other sites' pages. Programs send neither header. */
export const onlySameSite: MiddlewareHandler = async (c, next) => {
  if (["GET", "HEAD", "OPTIONS"].includes(c.req.method)) return next();
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  const host = c.req.header("host") ?? new URL(c.req.url).host;
  const foreignSite = site !== undefined && site !== "same-origin" && site !== "none";
  const foreignOrigin = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
  if (!foreignSite && !foreignOrigin) return next();
  return c.json(
    { error: `Cannot act for another site: expected this page's own origin, got ${origin ?? site}` },
    403,
  );
};

/** A form is here within a second; who takes longer holds a place and asks for nothing. */
export const bodyMsMax = 10_000;

/** The body took too long to arrive; status 408. */
export class TooSlow extends Error {
  override name = "TooSlow";
}

/** Ends the reading of a body that trickles in. Headers that do are the server's to end. */
export function onlySwiftBodies(ms: number): MiddlewareHandler {
  return async (c, next) => {
    const { body } = c.req.raw;
    if (!body) return next();
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new TooSlow(`Cannot read the body: expected all of it within ${ms / 1000} s`)),
      ms,
    );
    const swift = body.pipeThrough(
      new TransformStream({
        flush() {
          clearTimeout(timer);
        },
      }),
      { signal: late.signal },
    );
    c.req.raw = new Request(c.req.raw, { body: swift, duplex: "half" } as RequestInit);
    try {
      await next();
    } finally {
      clearTimeout(timer);
    }
  };
}

export const onlySmallBodies = (): MiddlewareHandler =>
  bodyLimit({
    maxSize: bodyBytesMax,
    onError: (c) => c.json({ error: `Cannot read the body: expected at most ${bodyBytesMax} bytes` }, 413),
  });
