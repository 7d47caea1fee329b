/** The JSON API, as programs read it and ask by it. */
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { AskKind } from "../../dashboard/ask.ts";
import { createDashboard, type StateJson } from "../../dashboard/mod.ts";
import { playground, type Scene, scenes, stage, standingOf, T, topology } from "./scenes.ts";

async function at(scene: Scene, options: { playground?: boolean } = {}) {
  const { store, rules, now } = await stage(scene);
  const { app } = createDashboard({
    store,
    rules,
    topology,
    now: () => now,
    ...(options.playground === false ? {} : { playground: playground() }),
  });
  return { app, store };
}

const asJson = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

const stateOf = async (app: Awaited<ReturnType<typeof at>>["app"]) =>
  (await (await app.request("/api/state")).json()) as StateJson;

describe("GET /api/state", () => {
  test("before the first report it has the same shape and claims nothing", async () => {
    const [empty, calm] = [await stateOf((await at("empty")).app), await stateOf((await at("calm")).app)];
    expect(Object.keys(empty)).toEqual(Object.keys(calm));
    expect(empty).toMatchObject({
      at: null,
      phase: "home",
      mode: "automatic",
      users: null,
      anomalies: [],
      cascade: { root: null, next: [], fallen: [] },
      lever: { drained: { "us-east-1": false, "us-west-2": false } },
      decisions: [],
      verdict: { state: "empty", users: "unknown" },
    });
    expect(empty.regions.map((r) => [r.region, r.role, r.score, r.coverage])).toEqual([
      ["us-east-1", "primary", null, null],
      ["us-west-2", "standby", null, null],
      ["eu-west-1", "witness", null, null],
    ]);
  });

  test("while users move it says where they are, what fell, what is next, and why", async () => {
    const { app } = await at("outage");
    const state = await stateOf(app);
    expect(state).toMatchObject({
      at: "2026-11-22T03:14:21.600Z",
      phase: "shifting",
      activeRegion: "us-east-1",
      lever: { drained: { "us-east-1": true, "us-west-2": false } },
      cascade: { root: "dynamodb@us-east-1", confidence: 0.97 },
      verdict: { state: "outage", users: "hurt" },
    });
    expect(state.cascade.fallen[0]).toMatchObject({
      node: "dynamodb@us-east-1",
      since: "2026-11-22T03:13:39.000Z",
    });
    expect(state.for.map((l) => l.id)).toContain("quorum");
    const shares = state.regions.map((r) => r.users?.share ?? 0);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1);
    expect(shares[1]).toBeGreaterThan(0);
    expect(state.decisions[0]).toMatchObject({
      from: "preparing",
      to: "shifting",
      at: "2026-11-22T03:14:14.000Z",
    });
  });

  test("where users are is what was measured, not what the lever should have done", async () => {
    expect((await stateOf((await at("verifying")).app)).activeRegion).toBe("us-west-2");
    expect((await stateOf((await at("outage")).app)).activeRegion).toBe("us-east-1");
  });

  test("every instant in every scene is ISO 8601", async () => {
    const bare: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (value !== null && typeof value === "object")
        for (const [key, inner] of Object.entries(value)) {
          const instant =
            /^(at|since|from|until|heardAt|servedAt|wellSince|moves|starts|ends|evidenceAt|leverHeldAt)$/.test(
              key,
            );
          if (instant && typeof inner === "number") bare.push(`${path}.${key}`);
          walk(inner, `${path}.${key}`);
        }
    };
    for (const scene of scenes) walk(await stateOf((await at(scene)).app), scene);
    expect(bare).toEqual([]);
  });

  test("it shows at once what was put into the store before it was asked for", async () => {
    const { app, store } = await at("empty");
    await stateOf(app);
    await store.remember({
      from: 0,
      standing: standingOf("held", { held: { phase: "home", by: "Ada", reason: "drill" } }),
      orders: [],
      decision: null,
      handled: [],
    });
    expect(await stateOf(app)).toMatchObject({ phase: "held", standing: { held: { by: "Ada" } } });
  });
});

describe("GET /api/state, again", () => {
  const etagOf = async (app: { request: Ask }) => (await app.request("/api/state")).headers.get("etag") ?? "";
  type Ask = (path: string, init?: RequestInit) => Response | Promise<Response>;
  const again = (app: { request: Ask }, tag: string) =>
    app.request("/api/state", { headers: { "if-none-match": tag } });

  test("whoever has it is told so, until anything is written", async () => {
    const { app, store } = await at("calm");
    const tag = await etagOf(app);
    const same = await again(app, `"other", ${tag}`);
    expect([same.status, await same.text()]).toEqual([304, ""]);
    await store.ask({ id: "r", at: T, by: "Ada", kind: "hold", reason: "x" });
    const changed = await again(app, tag);
    expect([changed.status, ((await changed.json()) as StateJson).requests.length]).toEqual([200, 1]);
    expect((await again(app, "*")).status).toBe(304);
  });

  test("a store is not looked at again for what has not changed, and at once for what has", async () => {
    const { store, rules, now } = await stage("calm");
    let [looks, time] = [0, now];
    const counting = Object.assign(Object.create(store) as typeof store, {
      lastReport: () => {
        looks += 1;
        return store.lastReport();
      },
    });
    const { app } = createDashboard({ store: counting, rules, topology, now: () => time });
    for (let i = 0; i < 5; i++) await app.request("/api/state");
    expect(looks).toBe(1);
    await store.ask({ id: "r", at: now, by: "Ada", kind: "hold", reason: "x" });
    await app.request("/api/state");
    expect(looks).toBe(2);
    time += 60_000; // nothing was written, and what was heard grew old
    expect(await (await app.request("/api/state")).json()).toMatchObject({ stale: true });
  });

  test("what is written while it looks is in the next answer", async () => {
    const { store, rules, now } = await stage("calm");
    const late = Object.assign(Object.create(store) as typeof store, {
      board: async () => {
        const board = await store.board();
        if ((await store.requests()).length === 0)
          await store.ask({ id: "r", at: now, by: "Ada", kind: "hold", reason: "x" });
        return board;
      },
    });
    const { app } = createDashboard({ store: late, rules, topology, now: () => now });
    await app.request("/api/state");
    expect(await (await app.request("/api/state")).json()).toMatchObject({ requests: [{ id: "r" }] });
  });

  test("in gzip it is the same", async () => {
    const { app } = await at("outage");
    const zipped = await app.request("/api/state", { headers: { "accept-encoding": "gzip" } });
    expect([zipped.headers.get("content-encoding"), zipped.headers.get("vary")]).toEqual([
      "gzip",
      expect.stringMatching(/accept-encoding/i),
    ]);
    const text = gunzipSync(Buffer.from(await zipped.arrayBuffer())).toString();
    expect(text).toBe(await (await app.request("/api/state")).text());
  });
});

describe("GET /api/history", () => {
  type History = {
    at: string[];
    scores: Record<string, (number | null)[]>;
    odd: ({ says: string } | null)[];
  };

  test("gives the lines of the time asked for, a column for each region", async () => {
    const { app } = await at("outage");
    const history = (await (await app.request("/api/history?minutes=2")).json()) as History;
    expect(history.at.at(-1)).toBe("2026-11-22T03:14:21.600Z");
    expect(history.at[0]).toBe("2026-11-22T03:12:22.600Z");
    expect(Object.keys(history.scores)).toEqual(["us-east-1", "us-west-2", "eu-west-1"]);
    expect(history.scores["us-east-1"]?.at(-1)).toBe(0.12);
    expect(history.odd.at(-1)?.says).toBe("0 addresses, usually 3, answer in 41 ms, usually 6 ms");
  });

  test("before the first report there is nothing", async () => {
    const answer = await (await at("empty")).app.request("/api/history");
    expect(((await answer.json()) as History).at).toEqual([]);
  });

  test.each(["minutes=0", "minutes=soon", "minutes=2881", "minutes=-5", "hours=1"])(
    "%s is refused",
    async (query) => {
      const answer = await (await at("calm")).app.request(`/api/history?${query}`);
      expect([answer.status, await answer.json()]).toEqual([
        400,
        { error: expect.stringContaining("Cannot read query") },
      ]);
    },
  );
});

describe("POST /api/requests", () => {
  const kinds: [Scene, AskKind, number][] = [
    ["calm", "failover", 202],
    ["calm", "hold", 202],
    ["calm", "failback", 409],
    ["calm", "drill", 202],
    ["stale", "drill", 409],
    ["doubt", "drill", 409],
    ["away", "drill", 409],
    ["calm", "release", 409],
    ["calm", "approve", 409],
    ["approve", "approve", 202],
    ["doubt", "approve", 409], // mode automatic asks for none
    ["outage", "failover", 409],
    ["away", "failback", 202],
    ["held", "release", 202],
    ["held", "failover", 409],
  ];
  test.each(kinds)("%s: %s is answered with %i", async (scene, kind, status) => {
    const { app, store } = await at(scene);
    const answer = await app.request("/api/requests", asJson({ kind, reason: "a drill", by: "Ada" }));
    const body = (await answer.json()) as { id?: string; error?: string };
    expect([answer.status, await store.requests()]).toEqual([
      status,
      status === 202
        ? [
            expect.objectContaining({
              id: body.id,
              kind: kind === "drill" ? "failover" : kind,
              by: "Ada",
              reason: "a drill",
              at: T,
            }),
          ]
        : [],
    ]);
    if (status === 409) expect(body.error).toMatch(/^Cannot \w+ while \w+: .+/);
  });

  test("what it refuses is what the state says is not allowed", async () => {
    for (const scene of scenes) {
      const { app } = await at(scene);
      for (const [kind, why] of Object.entries((await stateOf(app)).may)) {
        const { status } = await app.request("/api/requests", asJson({ kind, reason: "a drill" }));
        expect([scene, kind, status]).toEqual([scene, kind, why === null ? 202 : 409]);
      }
    }
  });

  test.each([
    [
      "a region that is not the primary",
      { kind: "failover", from: "eu-west-1", reason: "x" },
      /expected from us-east-1/,
    ],
    [
      "the wrong way round",
      { kind: "failback", from: "us-east-1", to: "us-west-2", reason: "x" },
      /expected from us-west-2/,
    ],
    ["a region for a hold", { kind: "hold", from: "us-east-1", reason: "x" }, /names no region/],
    ["no reason", { kind: "hold" }, /reason/],
    ["a blank reason", { kind: "hold", reason: "   " }, /expected a reason/],
    ["an unknown kind", { kind: "explode", reason: "x" }, /kind.*"explode"/],
    ["an unknown field", { kind: "hold", reason: "x", force: true }, /force/],
    ["a list", [], /request/],
    [
      "an extra of another kind",
      { kind: "hold", reason: "x", overrule: ["maintenance"] },
      /hold with overrule/,
    ],
    ["a rule that nobody may set aside", { kind: "failover", reason: "x", overrule: ["fit"] }, /overrule/],
    ["maintenance that is too long", { kind: "maintain", reason: "x", minutes: 5_000 }, /longer than 24 h/],
    ["maintenance that is over", { kind: "maintain", reason: "x", ends: "2020-01-01T00:00:00Z" }, /its end/],
    ["a time that is none", { kind: "maintain", reason: "x", starts: "tomorrow" }, /starts/],
    ["two ends", { kind: "maintain", reason: "x", minutes: 5, ends: "2030-01-01T00:00:00Z" }, /got both/],
    [
      "the witness",
      { kind: "maintain", reason: "x", region: "eu-west-1" },
      /expected us-east-1 or us-west-2/,
    ],
  ])("400 for %s, and nothing is kept", async (_, body, says) => {
    const { app, store } = await at("calm");
    const answer = await app.request("/api/requests", asJson(body));
    expect([answer.status, await store.requests()]).toEqual([400, []]);
    expect(((await answer.json()) as { error: string }).error).toMatch(says);
  });

  test("keeps what is said of a move, and when maintenance starts and ends", async () => {
    const { app, store } = await at("calm");
    const move = { kind: "failover", reason: "x", manner: "graceful", overrule: ["recovery-point"] };
    await app.request("/api/requests", asJson(move));
    await app.request(
      "/api/requests",
      asJson({ kind: "maintain", reason: "x", minutes: 5, region: "us-west-2" }),
    );
    expect(await store.requests()).toMatchObject([
      move,
      { kind: "maintain", region: "us-west-2", starts: T, ends: T + 300_000 },
    ]);
  });

  test("a drill is a graceful failover that is recorded as one", async () => {
    const { app, store } = await at("calm");
    await app.request("/api/requests", asJson({ kind: "drill", reason: "monthly" }));
    expect(await store.requests()).toMatchObject([
      { kind: "failover", drill: true, manner: "graceful", from: "us-east-1", to: "us-west-2" },
    ]);
    const forced = await app.request(
      "/api/requests",
      asJson({ kind: "drill", reason: "x", manner: "ungraceful" }),
    );
    expect(forced.status).toBe(400);
  });

  test("a drill is refused with what is missing, when users are not fine or anything is unknown", async () => {
    const { app, store } = await at("calm");
    const refusal = async () => {
      const answer = await app.request("/api/requests", asJson({ kind: "drill", reason: "monthly" }));
      return [answer.status, ((await answer.json()) as { error: string }).error];
    };
    const report = await store.lastReport();
    if (!report) throw new Error("the scene has no report");
    const lag = { id: "data", says: "The copy is at most 30 s behind", met: null, value: "not heard" };
    await store.report({ ...report, readiness: { ready: false, lines: [lag] } });
    expect(await refusal()).toEqual([
      409,
      "Cannot drill while home: us-west-2 is not ready: The copy is at most 30 s behind (not heard)",
    ]);
    await store.report({ ...report, readiness: { ready: false, lines: [] } });
    expect(await refusal()).toEqual([
      409,
      "Cannot drill while home: whether us-west-2 is ready is not known",
    ]);
    await store.report(report);
    await store.addVoices([
      { at: T, spanMs: 1_000, region: "us-east-1", requests: 30, failed: 3, p95Ms: 20 },
    ]);
    expect(await refusal()).toEqual([409, "Cannot drill while home: users are not seen to be fine"]);
    expect(await store.requests()).toEqual([]);
  });

  test("fills in where a move starts and ends", async () => {
    const { app, store } = await at("calm");
    await app.request("/api/requests", asJson({ kind: "failover", reason: "x" }));
    expect(await store.requests()).toMatchObject([{ from: "us-east-1", to: "us-west-2" }]);
  });
});

describe("bodies", () => {
  test.each<[string, RequestInit, number]>([
    ["broken JSON", asJson("{"), 400],
    ["no JSON type", { method: "POST", body: "{}" }, 415],
    [
      "a form",
      { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "kind=hold" },
      415,
    ],
    ["more than 16 KB", asJson({ kind: "hold", reason: "x".repeat(17 * 1024) }), 413],
  ])("%s is refused with its status and an error", async (_, init, status) => {
    const { app, store } = await at("calm");
    const answer = await app.request("/api/requests", init);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: expect.stringMatching(/^Cannot read/) });
    expect(await store.requests()).toEqual([]);
  });

  test("a body that grows past the limit without saying its length is refused too", async () => {
    const { app } = await at("calm");
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1024;
        controller.enqueue(new Uint8Array(1024).fill(32));
        if (sent > 1024 * 1024) controller.close();
      },
    });
    const answer = await app.request("/api/requests", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      duplex: "half",
    } as RequestInit);
    expect(answer.status).toBe(413);
    expect(sent).toBeLessThan(64 * 1024);
  });
});

describe("faults", () => {
  test("break, list, mend", async () => {
    const { app } = await at("calm");
    const broke = await app.request(
      "/api/faults",
      asJson({ fault: "dns-nodata", region: "us-east-1", service: "dynamodb" }),
    );
    expect([broke.status, await broke.json()]).toMatchObject([
      201,
      { faults: [{ fault: "dns-nodata", region: "us-east-1", service: "dynamodb" }] },
    ]);
    expect((await stateOf(app)).faults).toHaveLength(1);
    const mended = await app.request("/api/faults", { method: "DELETE" });
    expect([mended.status, await mended.json()]).toMatchObject([200, { faults: [] }]);
  });

  test("an unknown name is answered with the list of names", async () => {
    const { app } = await at("calm");
    const answer = await app.request("/api/faults", asJson({ fault: "meteor", region: "us-east-1" }));
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: string }).error).toMatch(/region-down, dns-nodata.*"meteor"/);
  });

  test("there are none where the world is real", async () => {
    const { app } = await at("calm", { playground: false });
    for (const method of ["GET", "POST", "DELETE"])
      expect(
        (
          await app.request(
            "/api/faults",
            method === "POST" ? asJson({ fault: "grey", region: "us-east-1" }) : { method },
          )
        ).status,
      ).toBe(404);
    expect(await (await app.request("/")).text()).not.toContain("Break something");
  });
});

describe("who may ask", () => {
  test.each(["evil.test", "localhost.evil.test", "127.0.0.1.evil.test:5000", "[::2]:5000", ""])(
    "host %j is refused",
    async (host) => {
      const { app } = await at("calm");
      expect((await app.request("/api/state", { headers: { host } })).status).toBe(403);
    },
  );

  test.each(["localhost", "localhost:5000", "LOCALHOST:80", "127.0.0.1:5000", "[::1]:5000"])(
    "host %s is served",
    async (host) => {
      const { app } = await at("calm");
      expect((await app.request("/api/state", { headers: { host } })).status).toBe(200);
    },
  );

  test.each<[string, Record<string, string>]>([
    ["another origin", { origin: "https://evil.test" }],
    ["another port of this machine", { origin: "http://localhost:9999" }],
    ["no origin at all, said aloud", { origin: "null" }],
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["a sister site", { "sec-fetch-site": "same-site" }],
  ])("acting from %s is refused on every road", async (_, headers) => {
    const { app, store } = await at("calm");
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const roads: [string, RequestInit][] = [
      ["/api/requests", asJson({ kind: "failover", reason: "x" }, headers)],
      ["/api/faults", asJson({ fault: "region-down", region: "us-east-1" }, headers)],
      ["/api/faults", { method: "DELETE", headers }],
      ["/act/failover", { method: "POST", headers: { ...headers, ...form }, body: "reason=x" }],
      [
        "/act/break",
        { method: "POST", headers: { ...headers, ...form }, body: "fault=region-down&region=us-east-1" },
      ],
      ["/act/mend", { method: "POST", headers: { ...headers, ...form }, body: "" }],
    ];
    for (const [path, init] of roads)
      expect([
        path,
        (await app.request(path, { ...init, headers: { host: "localhost:5000", ...init.headers } })).status,
      ]).toEqual([path, 403]);
    expect(await store.requests()).toEqual([]);
    expect((await stateOf(app)).faults).toEqual([]);
  });

  test("this page's own forms are served", async () => {
    const { app, store } = await at("calm");
    const headers = {
      host: "localhost:5000",
      origin: "http://localhost:5000",
      "sec-fetch-site": "same-origin",
      "content-type": "application/x-www-form-urlencoded",
    };
    const answer = await app.request("/act/hold", { method: "POST", headers, body: "reason=a+drill&by=Ada" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/#actions"]);
    expect(await store.requests()).toMatchObject([{ kind: "hold", by: "Ada", reason: "a drill" }]);
  });
});

describe("every answer", () => {
  test("has the headers that keep a browser from harm", async () => {
    const { app } = await at("calm");
    for (const path of ["/", "/api/state", "/nowhere", "/healthz", "/act/hold"]) {
      const { headers } = await app.request(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  test.each([
    "/api/nowhere",
    "/api/decisions/none",
    "/nowhere",
    "/assets/../app.ts",
    "/assets/%2e%2e%2fapp.ts",
    "/assets/constructor",
    "/decisions/none",
  ])("%s is 404", async (path) => {
    const { app } = await at("calm");
    expect((await app.request(path)).status).toBe(404);
  });

  test("pages carry no script and no style of their own", async () => {
    for (const scene of scenes) {
      const { app } = await at(scene);
      const html = await (await app.request("/")).text();
      expect(html).not.toMatch(/\sstyle=|\son\w+=|<style|javascript:/);
      expect(html.match(/<script[^>]*>/g)?.every((tag) => tag.includes('src="/assets/'))).toBe(true);
    }
  });
});

describe("health", () => {
  test.each<[Scene, number]>([
    ["calm", 200],
    ["empty", 503],
    ["stale", 503],
  ])("%s: ready is %i, alive is 200", async (scene, ready) => {
    const { app } = await at(scene);
    expect([(await app.request("/readyz")).status, (await app.request("/healthz")).status]).toEqual([
      ready,
      200,
    ]);
  });
});

describe("a store that cannot be read", () => {
  test("is a 500 that gives nothing away, while the process says it is alive", async () => {
    const { store, rules, now } = await stage("calm");
    const broken = { ...store, lastReport: () => Promise.reject(new Error("secret path /home/ada")) };
    const { app } = createDashboard({ store: broken, rules, topology, now: () => now });
    const spoken: unknown[] = [];
    const speak = console.error;
    console.error = (...words) => spoken.push(...words);
    const answers = await Promise.all(
      ["/api/state", "/", "/readyz", "/api/live"].map(async (path) => app.request(path)),
    );
    console.error = speak;
    for (const answer of answers) {
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toContain("secret");
    }
    expect(spoken).toHaveLength(4);
    expect((await app.request("/healthz")).status).toBe(200);
  });
});

describe("decisions", () => {
  test("are listed newest first, as many as are asked for", async () => {
    const { app } = await at("away");
    const all = (await (await app.request("/api/decisions")).json()) as { decisions: { id: string }[] };
    const two = (await (await app.request("/api/decisions?limit=2")).json()) as typeof all;
    expect(two.decisions).toEqual(all.decisions.slice(0, 2));
    expect((await app.request("/api/decisions?limit=all")).status).toBe(400);
  });

  test("a move is told as a drill's report, in JSON and in Markdown", async () => {
    const { app } = await at("away");
    const { drills } = (await (await app.request("/api/drills")).json()) as {
      drills: { markdown: string; steps: { at: string }[] }[];
    };
    expect(drills[0]?.markdown).toMatch(/^# Users moved out of us-east-1\n/);
    for (const step of drills[0]?.steps ?? []) expect(drills[0]?.markdown).toContain(step.at.slice(11, 19));
  });

  test("each is a record and a page", async () => {
    const { app } = await at("outage");
    const { decisions } = await stateOf(app);
    for (const { id, why } of decisions) {
      expect(await (await app.request(`/api/decisions/${id}`)).json()).toMatchObject({ id, why });
      const page = await app.request(`/decisions/${id}`);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("For a move")]);
    }
  });
});
