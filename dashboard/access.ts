/** dashboard. Who is asking, where others than this machine's own people can reach the page: a program by its bearer
 *  token (RFC 6750), a person by having signed in, with a token or through an OpenID Connect provider. Everybody has a
 *  name, which goes into the records, and a role. */
import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import * as z from "zod";
import { parse } from "../store/records.ts";

/** `read` may look at everything, `act` may also ask for moves. */
const AccessRole = z.enum(["read", "act"]);
type AccessRole = z.infer<typeof AccessRole>;
export type Who = { name: string; role: AccessRole };

const secret = z.string().min(32, "expected a secret of 32 characters or more");

export const Access = z
  .strictObject({
    /** Known by their digests alone: the tokens themselves are neither configured nor kept. */
    tokens: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(100),
          role: AccessRole,
          sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hex, as `printf %s TOKEN | sha256sum` prints it"),
        }),
      )
      .default([]),
    /** Signs the cookies of those who have signed in. */
    secret,
    /** How long one sign-in lasts. */
    sessionMs: z
      .number()
      .int()
      .positive()
      .default(12 * 60 * 60_000), // one turn on call
    oidc: z
      .strictObject({
        issuer: z.url(),
        clientId: z.string().min(1),
        clientSecret: z.string().min(1),
        /** E-mail addresses that may act, and that may read; `*` is everybody whom the provider knows. */
        act: z.array(z.string().min(1)).default([]),
        read: z.array(z.string().min(1)).default(["*"]),
      })
      .optional(),
  })
  .refine(
    (a) => a.tokens.length > 0 || a.oidc !== undefined,
    "expected tokens or oidc, or nobody could enter",
  )
  .refine((a) => new Set(a.tokens.map((t) => t.name)).size === a.tokens.length, {
    path: ["tokens"],
    message: "expected each token to have a name of its own",
  });
export type Access = z.infer<typeof Access>;
export type Provider = NonNullable<Access["oidc"]>;

/** Where the world in front of the page has asked already who is there, as IAM does before a function's URL: it tells. */
export type Vouched = { whoIs: (c: Context) => Who | null };

/** Access from a file's contents or a variable. Throws `BadInput`. */
export const parseAccess = (input: unknown): Access => parse("access", Access, input);

const cookie = "holdfast";
const cookieOptions = { path: "/", httpOnly: true, secure: true, sameSite: "Strict" } as const;

declare module "hono" {
  interface ContextVariableMap {
    who: Who;
  }
}

/** Whom a bearer token belongs to; null when to nobody. */
export async function ownerOf(token: string, { tokens }: Access): Promise<Who | null> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  const digest = [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");
  // Digests are compared, so that how long it takes says nothing of the token.
  const found = tokens.find((t) => t.sha256 === digest);
  return found ? { name: found.name, role: found.role } : null;
}

/** Remembers who has signed in with a token. */
export async function signIn(c: Context, who: Who, access: Access, now: number): Promise<void> {
  const until = now + access.sessionMs;
  await setSignedCookie(c, cookie, `${until} ${who.name}`, access.secret, {
    ...cookieOptions,
    maxAge: Math.round(access.sessionMs / 1000),
  });
}

export function signOut(c: Context): void {
  deleteCookie(c, cookie, cookieOptions);
  deleteCookie(c, "oidc-auth", { path: "/", secure: true });
}

/** Who is asking: by its header when there is one, else by a cookie. A token that was taken out of the configuration
 *  opens nothing any more, nor do the sign-ins made with it. */
export async function whoIs(c: Context, access: Access, now: number): Promise<Who | null> {
  const header = c.req.header("authorization");
  if (header !== undefined) {
    const token = /^Bearer +([\x21-\x7e]{1,1024})$/i.exec(header)?.[1];
    return token === undefined ? null : ownerOf(token, access);
  }
  const kept = await getSignedCookie(c, access.secret, cookie);
  const [, until, name] = (typeof kept === "string" && /^(\d{1,16}) (.+)$/.exec(kept)) || [];
  const token = Number(until) > now ? access.tokens.find((t) => t.name === name) : undefined;
  if (token) return { name: token.name, role: token.role };
  return access.oidc ? (await import("./provider.ts")).whoIsThere(c, access.oidc) : null;
}

/** Where the provider sends people back to. */
export const callbackPath = "/signin/callback";
