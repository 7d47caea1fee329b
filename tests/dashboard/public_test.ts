/** tests · dashboard. The page for anybody: open to all where it is configured, and silent about everything inside. */
import { expect, test } from "vitest";
import { parseAccess } from "../../dashboard/access.ts";
import { createDashboard } from "../../dashboard/mod.ts";
import {
  boardOf,
  incidentOf,
  lines,
  reportOf,
  type Scene,
  scenes,
  stage,
  standingOf,
  T,
  topology,
} from "./scenes.ts";

const access = parseAccess({
  secret: "a secret of more than thirty-two characters",
  tokens: [{ name: "wall", role: "read", sha256: "0".repeat(64) }],
});

async function at(scene: Scene, over: Partial<Parameters<typeof createDashboard>[0]> = {}) {
  const { store, rules, now } = await stage(scene);
  let later = now;
  const { app } = createDashboard({
    store,
    rules,
    topology,
    now: () => later,
    access,
    status: { title: "Shop" },
    ...over,
  });
  const html = async () => (await app.request("/status")).text();
  const json = async () => (await (await app.request("/status.json")).json()) as Record<string, unknown>;
  return { app, store, html, json, wait: (ms: number) => (later += ms) };
}

test.each<[Scene, string, string]>([
  ["calm", "fine", "Requests are answered."],
  ["doubt", "fine", "Requests are answered."],
  ["approve", "hurt", "Many requests fail. We are on it."],
  ["outage", "hurt", "Many requests fail. They are being moved to a place that works."],
  ["away", "fine", "Requests are answered, from another place than usual."],
  ["stale", "unknown", "We cannot tell right now how requests fare."],
  ["empty", "unknown", "We cannot tell right now how requests fare."],
])("%s: users are %s", async (scene, users, says) => {
  const { html, json } = await at(scene);
  expect(await json()).toMatchObject({ title: "Shop", users, says });
  expect(await html()).toContain(says);
});

test("it is open to all, and nothing else is", async () => {
  const { app } = await at("calm");
  expect((await app.request("/status")).status).toBe(200);
  for (const path of ["/", "/api/state", "/metrics", "/status/", "/status/../api/state", "/statuses"])
    expect([path, (await app.request(path)).status]).not.toEqual([path, 200]);
  const post = await app.request("/status", { method: "POST", body: "x" });
  expect(post.status).toBe(401);
});

test("there is none where nobody configured one", async () => {
  const { store, rules } = await stage("calm");
  const { app } = createDashboard({ store, rules, topology, now: () => T });
  expect((await app.request("/status")).status).toBe(404);
  expect((await app.request("/status.json")).status).toBe(404);
});

test("no word of it comes from inside, whatever is known or typed there", async () => {
  for (const scene of scenes) {
    const { html, json, store } = await at(scene);
    await store.ask({ id: "r", at: T, by: "Ada Secret", kind: "hold", reason: "secret reason" });
    const told = `${await html()} ${JSON.stringify(await json())}`
      .replace(/<svg class="sprite".*?<\/svg>/s, "")
      .toLowerCase();
    const inside = [
      ...topology.regions.map((r) => r.region),
      ...[
        "dynamodb",
        "lambda",
        "ec2",
        "nodata",
        "econnrefused",
        "pager",
        "mail",
        "holdfast",
        "vantage",
        "score",
      ],
      ...["secret", "mira", "rules", "app.holdfast.test", "confidence"],
    ];
    expect([scene, inside.filter((word) => told.includes(word))]).toEqual([scene, []]);
  }
});

test("it says since when, and when it was so before", async () => {
  const { html, json } = await at("outage");
  expect(await json()).toMatchObject({ since: "2026-11-22T03:13:42.000Z", asOf: "2026-11-22T03:14:21.600Z" });
  expect(await html()).toMatch(/for 40 s, since/);
  const calm = await at("calm");
  expect(await calm.json()).toMatchObject({
    since: null,
    past: [{ from: "2026-11-22T00:44:22.000Z", until: "2026-11-22T01:14:22.000Z" }],
  });
  expect(await calm.html()).toContain("failed for ");
});

test("a warning that hurts nobody is no outage", async () => {
  const { json, store, wait } = await at("calm");
  await store.pin(boardOf(T, [incidentOf(T - 60_000, { severity: "warning" })]));
  wait(6_000);
  await store.report(reportOf(T + 6_000, { why: "x", lines: lines(0, 0, "1.00", 1) }));
  expect(await json()).toMatchObject({ since: null, past: [] });
});

test("a crowd that comes at once is answered by one look, and a later one by a new one", async () => {
  const { store, rules } = await stage("calm");
  let [looks, now] = [0, T];
  const counting = {
    ...store,
    lastReport: () => {
      looks += 1;
      return store.lastReport();
    },
  };
  const { app } = createDashboard({
    store: counting,
    rules,
    topology,
    now: () => now,
    status: { title: "Shop" },
  });
  const answers = await Promise.all(Array.from({ length: 100 }, () => app.request("/status")));
  expect(answers.map((a) => a.status)).toEqual(Array(100).fill(200));
  expect(answers[0]?.headers.get("cache-control")).toBe("public, max-age=5");
  expect(looks).toBe(1);
  now += 5_000;
  await store.report(reportOf(now, { why: "x", lines: lines(0, 0, "1.00", 1), leads: "us-west-2" }));
  const version = (await store.standing())?.version ?? 0;
  const change = { from: version, standing: { ...standingOf("away"), version: version + 1 } };
  await store.remember({ ...change, orders: [], decision: null, handled: [] });
  expect(await (await app.request("/status")).text()).toContain("from another place than usual");
});

test("it is a plain page: no script, nothing to press, and it reloads itself only where that is asked for", async () => {
  const { app, html } = await at("outage");
  const page = await html();
  expect(page).not.toMatch(/<script|<form|<button|\son\w+=|\sstyle=/);
  const reload = '<meta http-equiv="refresh" content="30">';
  expect(page).not.toContain("refresh");
  expect(await (await app.request("/status?reload=on")).text()).toContain(reload);
  const style = /href="(\/assets\/style\.css[^"]*)"/.exec(page)?.[1] ?? "";
  expect((await app.request(style)).status).toBe(200);
  expect((await app.request("/status")).headers.get("content-security-policy")).toContain(
    "default-src 'none'",
  );
});
