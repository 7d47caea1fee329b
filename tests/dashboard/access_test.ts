/** tests · dashboard. A dashboard that others can reach: who gets in, who may act, and what is tried in vain. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseAccess } from "../../dashboard/access.ts";
import { actsAMinuteMax, signInsAMinuteMax } from "../../dashboard/gate.ts";
import { createDashboard } from "../../dashboard/mod.ts";
import { BadInput } from "../../store/records.ts";
import { playground, stage, topology } from "./scenes.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const host = "holdfast.example";
const tokens = { reader: "a-token-that-may-read", actor: "a-token-that-may-act" };
const settings = {
  secret: "a secret of more than thirty-two characters",
  sessionMs: 60_000,
  tokens: [
    { name: "wall screen", role: "read", sha256: sha256(tokens.reader) },
    { name: "on call", role: "act", sha256: sha256(tokens.actor) },
  ],
};

async function opened(access: object = settings) {
  const { store, rules, now } = await stage("calm");
  let time = now;
  const { app } = createDashboard({
    store,
    rules,
    topology,
    now: () => time,
    playground: playground(),
    hosts: [host],
    access: parseAccess(access),
  });
  const ask = (path: string, init: RequestInit = {}) =>
    app.request(`https://${host}${path}`, {
      ...init,
      headers: { host, ...(init.headers as Record<string, string>) },
    });
  const pass = (ms: number) => {
    time += ms;
  };
  return { ask, store, pass };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const hold = (headers: Record<string, string> = {}, more: object = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify({ kind: "hold", reason: "a look", ...more }),
});
const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  body: new URLSearchParams(fields).toString(),
});

async function signedIn(ask: Awaited<ReturnType<typeof opened>>["ask"], token: string) {
  const answer = await ask("/signin", form({ token, to: "/keys" }));
  const set = answer.headers.getSetCookie()[0] ?? "";
  return { answer, set, cookie: set.split(";")[0] ?? "" };
}

describe("nobody gets in unknown", () => {
  const paths = [
    "/",
    "/keys",
    "/decisions/1",
    "/act/hold",
    "/live",
    "/api/state",
    "/api/live",
    "/api/faults",
  ];
  test.each(paths)("%s", async (path) => {
    const { ask } = await opened();
    const answer = await ask(path);
    expect(answer.status).toBe(path.startsWith("/api/") ? 401 : 303);
    expect(await answer.text()).not.toMatch(/us-east-1|dynamodb/);
  });

  test("acting is refused, and nothing is kept", async () => {
    const { ask, store } = await opened();
    const tries = [
      ask("/api/requests", hold()),
      ask("/act/hold", form({ reason: "x" })),
      ask("/api/faults", { method: "DELETE" }),
      ask("/act/break", form({ fault: "region-down", region: "us-east-1" })),
    ];
    expect((await Promise.all(tries)).map((a) => a.status)).toEqual([401, 401, 401, 401]);
    expect(await store.requests()).toEqual([]);
  });

  test("tricks with the path open nothing that the plain path does not", async () => {
    const { ask } = await opened();
    const tricks = [
      "//api/state",
      "/assets/../api/state",
      "/signin/../api/state",
      "/api//state",
      "/%61pi/state",
    ];
    for (const path of [...tricks, "/API/state", "/api/state/", "/assets/%2e%2e/%2e%2e/package.json"]) {
      const answer = await ask(path);
      expect([path, answer.status]).not.toEqual([path, 200]);
      expect(await answer.text()).not.toMatch(/"phase"|oidc-auth/);
    }
  });

  const wrong: [string, string][] = [
    ["no such token", "Bearer a-token-that-nobody-has"],
    ["a digest instead of its token", `Bearer ${sha256(tokens.actor)}`],
    ["another scheme", `Basic ${btoa(`on call:${tokens.actor}`)}`],
    ["an empty token", "Bearer "],
    ["two tokens", `Bearer ${tokens.actor} ${tokens.actor}`],
    ["far too long", `Bearer ${"x".repeat(5_000)}`],
  ];
  test.each(wrong)("%s", async (_, authorization) => {
    const { ask } = await opened();
    const answer = await ask("/api/state", { headers: { authorization } });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="holdfast"']);
  });

  test("the health checks and the way in are open to all", async () => {
    const { ask } = await opened();
    expect((await ask("/healthz")).status).toBe(200);
    expect(await (await ask("/signin")).text()).toContain("Token");
  });
});

describe("a token", () => {
  test("that may read reads everything and changes nothing", async () => {
    const { ask, store } = await opened();
    expect((await ask("/api/state", { headers: bearer(tokens.reader) })).status).toBe(200);
    const refused = await ask("/api/requests", hold(bearer(tokens.reader)));
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { error: "Cannot act as wall screen: expected the role act, and it has read" },
    ]);
    expect((await ask("/api/faults", { method: "DELETE", headers: bearer(tokens.reader) })).status).toBe(403);
    expect(await store.requests()).toEqual([]);
  });

  test("that may act acts in its own name, whatever name is given besides", async () => {
    const { ask, store } = await opened();
    await ask("/api/requests", hold(bearer(tokens.actor)));
    await ask("/api/requests", hold(bearer(tokens.actor), { by: "Ada" }));
    expect((await store.requests()).map((r) => r.by).sort()).toEqual([
      "Ada (signed in as on call)",
      "on call",
    ]);
  });

  test(`asks at most ${actsAMinuteMax} times a minute`, async () => {
    const { ask, store } = await opened();
    const answers = [];
    for (let i = 0; i <= actsAMinuteMax; i++)
      answers.push(await ask("/api/requests", hold(bearer(tokens.actor))));
    expect(answers.at(-2)?.status).toBe(202);
    expect([answers.at(-1)?.status, await answers.at(-1)?.json()]).toEqual([
      429,
      { error: `Cannot take more than ${actsAMinuteMax} requests a minute; wait a little` },
    ]);
    expect(await store.requests()).toHaveLength(actsAMinuteMax);
    expect((await ask("/api/state", { headers: bearer(tokens.actor) })).status).toBe(200); // looking goes on
  });
});

describe("a sign-in", () => {
  test("with a token: a cookie that no script sees and no other site sends, and on to where one wanted", async () => {
    const { ask, store } = await opened();
    const { answer, set, cookie } = await signedIn(ask, tokens.actor);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/keys"]);
    expect(set).toMatch(/Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(set).not.toContain(tokens.actor);
    expect(await (await ask("/", { headers: { cookie } })).text()).toContain("Sign out");
    expect((await ask("/act/hold", form({ reason: "a look" }, { cookie }))).status).toBe(303);
    expect(await store.requests()).toMatchObject([{ by: "on call" }]);
  });

  test("with a wrong token says so, and guessing has an end", async () => {
    const { ask } = await opened();
    const answers = [];
    for (let i = 0; i <= signInsAMinuteMax; i++)
      answers.push(await ask("/signin", form({ token: `guess ${i}` })));
    expect(answers[0]?.status).toBe(401);
    expect(answers[0]?.headers.getSetCookie()).toEqual([]);
    expect(answers.at(-1)?.status).toBe(429);
  });

  test("ends with its time, with its token, and when signed out", async () => {
    const { ask, pass } = await opened();
    const { cookie } = await signedIn(ask, tokens.reader);
    const out = await ask("/signout", { method: "POST", headers: { cookie } });
    expect(out.headers.getSetCookie()[0]).toMatch(/^holdfast=; Max-Age=0/);
    pass(settings.sessionMs - 1);
    expect((await ask("/api/state", { headers: { cookie } })).status).toBe(200);
    pass(1);
    expect((await ask("/api/state", { headers: { cookie } })).status).toBe(401);

    const later = await opened({ ...settings, tokens: settings.tokens.slice(1) });
    expect((await later.ask("/api/state", { headers: { cookie } })).status).toBe(401);
  });

  test("cannot be made up, made longer, or made to be another's", async () => {
    const { ask } = await opened();
    const { cookie } = await signedIn(ask, tokens.reader);
    const value = decodeURIComponent(cookie.slice("holdfast=".length));
    const forged = [
      value.replace("wall screen", "on call"),
      value.replace(/^\d+/, "9999999999999"),
      value.slice(0, value.lastIndexOf(".")),
      `${value.slice(0, -4)}AAA=`,
      "9999999999999 on call",
    ];
    for (const text of forged) {
      const headers = { cookie: `holdfast=${encodeURIComponent(text)}` };
      expect([text, (await ask("/api/state", { headers })).status]).toEqual([text, 401]);
    }
  });

  test.each([
    "//elsewhere.example",
    "https://elsewhere.example",
    "/\\elsewhere.example",
    "javascript:x",
    "/a\r\nset-cookie: a=b",
  ])("never leads elsewhere: %j", async (to) => {
    const { ask } = await opened();
    const answer = await ask("/signin", form({ token: tokens.reader, to }));
    expect([answer.headers.get("location"), answer.headers.getSetCookie().length]).toEqual(["/", 1]);
  });

  test("another site's page cannot use it", async () => {
    const { ask, store } = await opened();
    const { cookie } = await signedIn(ask, tokens.actor);
    const foreign = [
      { origin: "https://elsewhere.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
    ];
    for (const headers of foreign)
      expect((await ask("/act/hold", form({ reason: "x" }, { cookie, ...headers }))).status).toBe(403);
    expect(await store.requests()).toEqual([]);
  });
});

describe("how it is set up", () => {
  test("a page that others can reach is not opened without access", async () => {
    const { store, rules, now } = await stage("calm");
    const sources = { store, rules, topology, now: () => now };
    expect(() => createDashboard({ ...sources, hosts: [host] })).toThrow(BadInput);
    expect(() => createDashboard({ ...sources, hosts: [host] })).toThrow(
      /Cannot answer as holdfast\.example/,
    );
  });

  test.each<[object, RegExp]>([
    [{ ...settings, secret: "short" }, /secret: expected a secret of 32 characters or more/],
    [{ ...settings, tokens: [] }, /expected tokens or oidc, or nobody could enter/],
    [
      { ...settings, tokens: [{ name: "x", role: "act", sha256: tokens.actor }] },
      /tokens\.0\.sha256: expected a SHA-256/,
    ],
    [{ ...settings, tokens: [settings.tokens[0], settings.tokens[0]] }, /a name of its own/],
    [{ ...settings, tokns: [] }, /unknown key tokns/],
  ])("%j is refused", (input, says) => {
    expect(() => parseAccess(input)).toThrow(says);
  });

  test("a configured host is served, and only those", async () => {
    const { ask } = await opened();
    const status = async (name: string) => (await ask("/healthz", { headers: { host: name } })).status;
    expect([await status(`${host}:443`), await status("localhost")]).toEqual([200, 403]);
  });

  test("browsers are told to come by TLS alone", async () => {
    const { ask } = await opened();
    expect((await ask("/signin")).headers.get("strict-transport-security")).toMatch(/^max-age=63072000/);
  });
});
