/** tests · dashboard. Signing in at a real OpenID Connect provider, over real sockets, as a browser does it: redirects
 *  are followed and cookies kept; what a person would click is submitted. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callbackPath, parseAccess } from "../../dashboard/access.ts";
import { type Served, served } from "./browser.ts";
import { stage, topology } from "./scenes.ts";

let provider: Server;
let dashboard: Served;
const said = { warn: console.warn, info: console.info };

beforeAll(async () => {
  Object.assign(console, { warn: () => undefined, info: () => undefined }); // the provider's advice for production
  provider = createServer().listen(0, "127.0.0.1");
  await once(provider, "listening");
  const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const { store, rules, now } = await stage("calm");
  const access = parseAccess({
    secret: "a secret of more than thirty-two characters",
    oidc: {
      issuer,
      clientId: "holdfast",
      clientSecret: "its own secret",
      act: ["ada@example.test"],
      read: ["bob@example.test"],
    },
  });
  dashboard = await served({ store, rules, topology, now: () => now, access });
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: "holdfast",
        client_secret: "its own secret",
        redirect_uris: [`${dashboard.url}${callbackPath}`],
      },
    ],
    claims: { openid: ["sub"], email: ["email"] },
    conformIdTokenClaims: false, // the address comes in the ID token, as it does from the large providers
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, email: id }) }),
  });
  provider.on("request", oidc.callback());
});

afterAll(async () => {
  Object.assign(console, said);
  await dashboard.stop();
  provider.closeAllConnections();
  await new Promise((done) => provider.close(done));
});

/** A browser without a window: it keeps cookies by host, follows redirects, and submits the one form of a page. */
function person(email: string) {
  const jar = new Map<string, Map<string, string>>();
  async function go(
    address: string,
    init: RequestInit = {},
  ): Promise<{ url: string; status: number; text: string }> {
    const { host } = new URL(address);
    const cookies = jar.get(host) ?? new Map<string, string>();
    jar.set(host, cookies);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(address, {
      ...init,
      redirect: "manual",
      headers: { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === "" || /max-age=0/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const to = answer.headers.get("location");
    if (to) return go(new URL(to, address).href);
    const text = await answer.text();
    const form = /<form[^>]*action="([^"]+)"[^>]*method="post"[^>]*>([\s\S]*?)<\/form>/.exec(text);
    if (!form?.[1] || host === new URL(dashboard.url).host)
      return { url: address, status: answer.status, text };
    const fields = new URLSearchParams({ login: email, password: "any" });
    for (const [, name = "", value = ""] of (form[2] ?? "").matchAll(/name="(\w+)" value="(\w*)"/g))
      fields.set(name, value);
    return go(new URL(form[1], address).href, { method: "POST", body: fields });
  }
  return go;
}

const hold = { kind: "hold", reason: "a look" };
const asking = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(hold),
};

test("who may act signs in at the provider, sees the page, and acts under the address it vouches for", async () => {
  const go = person("ada@example.test");
  expect((await go(`${dashboard.url}/`)).url).toContain("/signin");
  const page = await go(`${dashboard.url}/signin/provider`);
  expect([page.url, page.status]).toEqual([
    `${dashboard.url}/signin/provider`.replace("/signin/provider", "/"),
    200,
  ]);
  expect(page.text).toContain("ada@example.test");
  const asked = await go(`${dashboard.url}/api/requests`, asking);
  expect(asked.status).toBe(202);
  expect(JSON.parse((await go(`${dashboard.url}/api/state`)).text).requests).toMatchObject([
    { by: "ada@example.test" },
  ]);
});

test("who may only read cannot act", async () => {
  const go = person("bob@example.test");
  expect((await go(`${dashboard.url}/signin/provider`)).text).toContain("bob@example.test");
  expect((await go(`${dashboard.url}/api/requests`, asking)).status).toBe(403);
});

test("whom the provider knows and we do not stays outside", async () => {
  const go = person("eve@example.test");
  await go(`${dashboard.url}/signin/provider`);
  expect((await go(`${dashboard.url}/api/state`)).status).toBe(401);
});

test("a callback that nobody asked for signs nobody in", async () => {
  const go = person("eve@example.test");
  const answer = await go(`${dashboard.url}${callbackPath}?code=stolen&state=made-up`);
  expect([answer.status, answer.text]).toEqual([401, expect.stringContaining("Sign in again")]);
  expect((await go(`${dashboard.url}/api/state`)).status).toBe(401);
});
