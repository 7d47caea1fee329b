/** tests · dashboard. Events that are compressed once and heard by many, however long each has been listening. */
import { createGunzip } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDashboard } from "../../dashboard/mod.ts";
import { gzipHead, takesGzip, zipped } from "../../dashboard/zip.ts";
import { lines, reportOf, stage, T, topology } from "./scenes.ts";

/** All that can be read of a gzip stream so far, though it has not ended. */
function opened(pieces: readonly Uint8Array[]): Promise<string> {
  return new Promise((done, failed) => {
    const gunzip = createGunzip({ finishFlush: 2 }); // what is there is given, without waiting for an end
    let text = "";
    gunzip.on("data", (chunk) => {
      text += chunk;
    });
    gunzip.on("end", () => done(text));
    gunzip.on("error", failed);
    for (const piece of pieces) gunzip.write(piece);
    gunzip.end();
  });
}

test("whoever joins at any piece reads every piece from there on", async () => {
  const pieces = fc.array(fc.string({ unit: "grapheme", maxLength: 2_000 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.nat(), async (texts, joins) => {
      const heard = texts.slice(joins % texts.length);
      const bytes = heard.map((text) => zipped(new TextEncoder().encode(text)));
      expect(await opened([gzipHead, ...bytes])).toBe(heard.join(""));
    }),
    { numRuns: 50 },
  );
});

test("only who says so is sent gzip", () => {
  expect(["gzip", "br, GZIP;q=0.5", "deflate,x-gzip"].map(takesGzip)).toEqual([true, true, true]);
  expect(["", "br", "gzip;q=0", "gzip; q=0.0", "notgzip"].map(takesGzip)).toEqual(Array(5).fill(false));
  expect(takesGzip(undefined)).toBe(false);
});

test("a live stream in gzip tells the same as a plain one, in far fewer bytes", async () => {
  const { store, rules } = await stage("outage");
  let now = T;
  const { app, close } = createDashboard({ store, rules, topology, now: () => now });
  const [plain, gzip] = await Promise.all(
    [{}, { "accept-encoding": "gzip" }].map((headers) => app.request("/live", { headers })),
  );
  now += 1_000;
  await store.report(reportOf(now, { why: "News for all", lines: lines(0, 0, "1.00", 1) }));
  await app.request("/api/state"); // looks, so tells
  close();
  const bytes = async (answer: Response | undefined) => {
    const pieces: Uint8Array[] = [];
    const reader = answer?.body?.getReader();
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
      pieces.push(read.value);
    return pieces;
  };
  const [loud, small] = [await bytes(plain), await bytes(gzip)];
  const text = Buffer.concat(loud).toString();
  expect(text).toContain("News for all");
  expect(await opened(small)).toBe(text);
  expect(gzip?.headers.get("content-encoding")).toBe("gzip");
  expect(Buffer.concat(small).length).toBeLessThan(text.length / 3);
});

test("a stream that ends by itself is sent plain, as a gzip stream would be cut short", async () => {
  const { store, rules } = await stage("outage");
  const { app } = createDashboard({ store, rules, topology, now: () => T, liveMs: 1 });
  const answer = await app.request("/live", { headers: { "accept-encoding": "gzip" } });
  expect(answer.headers.get("content-encoding")).toBeNull();
  expect(await answer.text()).toContain("event: sections");
});
