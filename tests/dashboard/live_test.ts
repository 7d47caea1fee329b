/** The live streams: what is told when, to whom, and how a line that broke goes on. */
import { afterEach, describe, expect, test } from "vitest";
import { createDashboard, type StateJson } from "../../dashboard/mod.ts";
import { served } from "./browser.ts";
import { type Listener, listen } from "./listener.ts";
import { lines, playground, reportOf, rules, stage, standingOf, T, topology } from "./scenes.ts";

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function world() {
  const { store } = await stage("calm");
  let now = T;
  const world = playground(() => now);
  const options = { store, rules, topology, now: () => now, playground: world };
  const server = await served(options);
  open.push({ close: server.stop });
  const hear = async (path: string, lastEventId?: string): Promise<Listener> => {
    const listener = await listen(`${server.url}${path}`, lastEventId);
    open.push(listener);
    return listener;
  };
  return {
    store,
    options,
    server,
    hear,
    later: (ms: number) => (now += ms),
    playground: world,
    now: () => now,
  };
}

const why = (text: string, at: number) => reportOf(at, { why: text, lines: lines(0, 0, "1.00", 1) });
const ids = (html: string) => [...html.matchAll(/<(?:section|aside|nav|div) id="(\w+)"/g)].map((m) => m[1]);

/** Until the server has noticed who has gone. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("/api/live", () => {
  test("tells the state at once, and again with every change", async () => {
    const { hear, store, later, now } = await world();
    const listener = await hear("/api/live");
    const first = await listener.next();
    expect([first.event, (JSON.parse(first.data) as StateJson).why]).toEqual(["state", "Users are fine"]);
    later(1_000);
    await store.report(why("Something changed", now()));
    const second = await listener.next();
    expect((JSON.parse(second.data) as StateJson).why).toBe("Something changed");
    expect(second.id).not.toBe(first.id);
  });

  test("who knows the newest event hears nothing until there is news", async () => {
    const { hear, store, later, now } = await world();
    const first = await (await hear("/api/live")).next();
    const again = await hear("/api/live", first.id);
    later(1_000);
    await store.report(why("News", now()));
    expect((JSON.parse((await again.next()).data) as StateJson).why).toBe("News");
  });

  test("a change of what is broken is told too", async () => {
    const { hear, playground } = await world();
    const listener = await hear("/api/live");
    await listener.next();
    await playground.break({ fault: "region-down", region: "us-east-1" });
    expect((JSON.parse((await listener.next()).data) as StateJson).faults).toHaveLength(1);
  });

  test("silence grows stale without any change in the store", async () => {
    const { hear, later } = await world();
    const listener = await hear("/api/live");
    expect((JSON.parse((await listener.next()).data) as StateJson).stale).toBe(false);
    later(60_000);
    expect(JSON.parse((await listener.next()).data)).toMatchObject({
      stale: true,
      verdict: { state: "stale" },
    });
  });
});

describe("/live", () => {
  test("tells only the sections that changed", async () => {
    const { hear, playground } = await world();
    const listener = await hear("/live");
    expect(ids((await listener.next()).data)).toEqual(
      expect.arrayContaining(["verdict", "regions", "rules", "log", "broken"]),
    );
    await playground.break({ fault: "region-down", region: "us-west-2" });
    const change = await listener.next();
    expect([change.event, ids(change.data)]).toEqual(["sections", ["broken"]]);
  });

  test("whoever comes back hears what changed since, in one event, however much that was", async () => {
    const { hear, store, playground, server, now } = await world();
    const gone = await hear("/live");
    const { id } = await gone.next();
    gone.close();
    await until(() => server.listening() === 0);
    const stays = await hear("/live"); // somebody else sees every step
    await stays.next();
    await playground.break({ fault: "region-down", region: "us-west-2" });
    await stays.next();
    await store.ask({ id: "r", at: now(), by: "Ada", kind: "hold", reason: "a drill" });
    await stays.next();
    const back = await (await hear("/live", id)).next();
    expect(ids(back.data)).toEqual(expect.arrayContaining(["actions", "broken"]));
    expect(ids(back.data)).not.toContain("regions");
    expect(back.data).toContain("a drill");
  });

  test.each(["", "0", "-", "somewhere-3", "x".repeat(5000), "%F0%9F"])(
    "an event id of nobody's (%#) gives everything",
    async (id) => {
      const { hear } = await world();
      expect(ids((await (await hear("/live", id)).next()).data)).toContain("regions");
    },
  );

  test("an id from the future of a restarted process gives everything", async () => {
    const { hear } = await world();
    const { id } = await (await hear("/live")).next();
    const ahead = id.replace(/\d+$/, "9999");
    expect(ids((await (await hear("/live", ahead)).next()).data)).toContain("regions");
  });

  test("a hundred listeners hear the same, and are forgotten when they leave", async () => {
    const { hear, playground, server } = await world();
    const all = await Promise.all(Array.from({ length: 100 }, () => hear("/live")));
    await Promise.all(all.map((l) => l.next()));
    await playground.break({ fault: "region-down", region: "us-west-2" });
    const told = await Promise.all(all.map((l) => l.next()));
    expect(new Set(told.map((t) => `${t.id} ${t.data}`)).size).toBe(1);
    expect(server.listening()).toBe(100);
    for (const listener of all) listener.close();
    await until(() => server.listening() === 0);
    expect(server.listening()).toBe(0);
  });

  test("text with line breaks in it cannot forge an event", async () => {
    const { hear, store, now } = await world();
    const listener = await hear("/live");
    await listener.next();
    await store.ask({
      id: "r",
      at: now(),
      by: "Ada",
      kind: "hold",
      reason: "a\r\n\r\nevent: sections\rid: forged\n\ndata: x",
    });
    const told = await listener.next();
    expect(told.id).not.toContain("forged");
    expect(told.data).toContain("id: forged"); // as text of the section
  });

  test("a server that stops ends its streams", async () => {
    const { server, hear } = await world();
    const listener = await hear("/live");
    await listener.next();
    await server.stop();
    await listener.ended;
    expect(server.listening()).toBe(0);
  });

  test("a dashboard that was closed takes no new listeners, so that its server can stop", async () => {
    const { options } = await world();
    const dashboard = createDashboard(options);
    dashboard.close();
    for (const path of ["/live", "/api/live"]) {
      const answer = await dashboard.app.request(path);
      expect([answer.status, answer.headers.get("connection")]).toEqual([503, "close"]);
    }
    expect(dashboard.listening()).toBe(0);
  });

  test("a listener who does not read is let go, and the others still hear", async () => {
    const { options, later, now } = await world();
    const dashboard = createDashboard(options);
    open.push(dashboard);
    const deaf = await dashboard.app.request("/api/live"); // its body is never read
    const reader = (await dashboard.app.request("/api/live")).body?.getReader();
    await reader?.read();
    for (let i = 0; dashboard.listening() === 2 && i < 500; i++) {
      later(1_000);
      await options.store.report(why(`change ${i}`, now()));
      await dashboard.app.request("/api/state"); // looks, so tells
      await reader?.read();
    }
    expect(dashboard.listening()).toBe(1);
    expect(deaf.status).toBe(200);
  });
});

test("standing and report are told together: one frame is one look", async () => {
  const { hear, store } = await world();
  const listener = await hear("/api/live");
  await listener.next();
  await store.remember({
    from: 1,
    standing: { ...standingOf("doubting"), version: 2 },
    orders: [],
    decision: null,
    handled: [],
  });
  expect((JSON.parse((await listener.next()).data) as StateJson).phase).toBe("doubting");
});
