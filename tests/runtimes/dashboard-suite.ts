/** tests · runtimes. What the dashboard must do wherever it runs: a few requests that touch each of its ways to answer. */
import { describe, expect, test } from "vitest";
import { token } from "./access.ts";

/** How one runtime is asked. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

const bearer = { authorization: `Bearer ${token}` };

/** The suite, over the scene "outage". */
export function dashboardSuite(runtime: string, ask: Ask) {
  describe(`the dashboard on ${runtime}`, () => {
    test("shows the page, compressed or not, with its headers", async () => {
      const answer = await ask("/", { headers: { ...bearer, "accept-encoding": "gzip" } });
      expect([answer.status, await answer.text()]).toEqual([
        200,
        expect.stringContaining("<title>Outage: app.holdfast.test. Holdfast</title>"),
      ]);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    });

    test("gives its files for good, and none besides", async () => {
      const page = await (await ask("/", { headers: bearer })).text();
      const path = /\/assets\/style\.css\?v=\w+/.exec(page)?.[0] ?? "";
      const file = await ask(path);
      expect([file.status, file.headers.get("cache-control")]).toEqual([
        200,
        "public, max-age=31536000, immutable",
      ]);
      expect(await file.text()).toContain("--ink");
      expect((await ask("/assets/..%2f..%2fpackage.json")).status).toBe(404);
    });

    test("tells programs and Prometheus how things stand", async () => {
      const state = await (await ask("/api/state", { headers: bearer })).json();
      expect(state).toMatchObject({ phase: "shifting", cascade: { root: "dynamodb@us-east-1" } });
      const metrics = await (await ask("/metrics", { headers: bearer })).text();
      expect(metrics).toContain('holdfast_region_score{region="us-east-1",role="primary"} 0.12');
    });

    test("takes what somebody known asks, and nothing from anybody else", async () => {
      const request = { method: "POST", body: JSON.stringify({ kind: "hold", reason: "a look" }) };
      const type = { "content-type": "application/json" };
      expect((await ask("/api/requests", { ...request, headers: type })).status).toBe(401);
      const foreign = { ...type, ...bearer, origin: "https://elsewhere.example" };
      expect((await ask("/api/requests", { ...request, headers: foreign })).status).toBe(403);
      const big = { method: "POST", body: JSON.stringify({ kind: "hold", reason: "x".repeat(20_000) }) };
      expect((await ask("/api/requests", { ...big, headers: { ...type, ...bearer } })).status).toBe(413);
      const taken = await ask("/api/requests", { ...request, headers: { ...type, ...bearer } });
      const { id } = (await taken.json()) as { id: string };
      expect(taken.status).toBe(202);
      const state = await (await ask("/api/state", { headers: bearer })).json();
      expect(state).toMatchObject({ requests: [{ id, by: "on call" }] });
    });

    test("tells anybody, and anybody only, whether requests are answered", async () => {
      const page = await ask("/status", { headers: { "accept-encoding": "gzip" } });
      expect([page.status, page.headers.get("cache-control")]).toEqual([200, "public, max-age=5"]);
      expect(await page.text()).toContain("Many requests fail. They are being moved to a place that works.");
      expect(await (await ask("/status.json")).json()).toMatchObject({ title: "Shop", users: "hurt" });
      expect((await ask("/api/state")).status).toBe(401);
    });

    test("an answer that is known already is not sent again", async () => {
      const tag = (await ask("/api/state", { headers: bearer })).headers.get("etag") ?? "";
      const again = await ask("/api/state", { headers: { ...bearer, "if-none-match": tag } });
      expect([again.status, await again.text()]).toEqual([304, ""]);
    });

    test("streams what is new, ends in its time, and goes on from the event that was heard last", async () => {
      const first = await (await ask("/api/live", { headers: bearer })).text();
      const id = /^id: (\S+)$/m.exec(first)?.[1] ?? "";
      expect(first).toMatch(/^event: state$/m);
      const again = await (await ask("/api/live", { headers: { ...bearer, "last-event-id": id } })).text();
      expect(again).not.toMatch(/^event: state$/m);
    });
  });
}
