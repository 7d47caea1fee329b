/** dashboard. Signing in at an OpenID Connect provider. Loaded only where one is configured, with the library that
 *  speaks to it. */
import { getAuth, initOidcAuthMiddleware, oidcAuthMiddleware, processOAuthCallback } from "@hono/oidc-auth";
import type { Context, MiddlewareHandler } from "hono";
import { type Access, callbackPath, type Provider, type Who } from "./access.ts";

/** What the library needs to know in every request. */
export const provider = ({ secret, sessionMs }: Access, oidc: Provider): MiddlewareHandler =>
  initOidcAuthMiddleware({
    OIDC_AUTH_SECRET: secret,
    OIDC_AUTH_EXPIRES: `${Math.round(sessionMs / 1000)}`,
    OIDC_ISSUER: oidc.issuer,
    OIDC_CLIENT_ID: oidc.clientId,
    OIDC_CLIENT_SECRET: oidc.clientSecret,
    OIDC_REDIRECT_URI: callbackPath,
    OIDC_SCOPES: "openid email",
  });

/** Who has signed in there, if anybody; by the e-mail address that the provider vouches for. */
export async function whoIsThere(c: Context, oidc: Provider): Promise<Who | null> {
  const auth = await getAuth(c);
  const email = typeof auth?.email === "string" && auth.email !== "" ? auth.email : null;
  if (!email) return null;
  const among = (list: readonly string[]) => list.includes("*") || list.includes(email);
  if (among(oidc.act)) return { name: email, role: "act" };
  return among(oidc.read) ? { name: email, role: "read" } : null;
}

export { oidcAuthMiddleware as signInAtProvider, processOAuthCallback as backFromProvider };
