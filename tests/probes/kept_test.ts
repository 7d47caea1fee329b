/** Code that is packed once for all who pack the same; and never, for being kept, another than its sources say. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kept } from "../../probes/run/kept.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "holdfast-kept-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Writes a source, as if a minute ago. */
function write(path: string, text: string) {
  writeFileSync(path, text);
  const at = Date.now() / 1000 - 60;
  utimesSync(path, at, at);
}

let count = 0;
/** A folder with two sources, what is made of them, and how often it was made. */
function shop() {
  const home = join(dir, `${count++}`);
  const sources = ["a", "b"].map((name) => `${home}-${name}.ts`);
  for (const path of sources) write(path, "one");
  const shop = {
    home,
    sources,
    made: 0,
    get: (what = "index") =>
      kept(home, what, async () => {
        shop.made++;
        return { text: sources.map((path) => `${what} ${readFileSync(path, "utf8")}`).join(), sources };
      }),
  };
  return shop;
}

test("what was made is read again while no source changes, and made anew once one does", async () => {
  const it = shop();
  expect([await it.get(), await it.get(), it.made]).toEqual([
    "index one,index one",
    "index one,index one",
    1,
  ]);
  write(it.sources[1] ?? "", "two");
  expect([await it.get(), await it.get(), it.made]).toEqual([
    "index one,index two",
    "index one,index two",
    2,
  ]);
});

test("what is made otherwise is kept apart", async () => {
  const it = shop();
  expect([await it.get("esm"), await it.get("cjs"), await it.get("esm"), it.made]).toEqual([
    "esm one,esm one",
    "cjs one,cjs one",
    "esm one,esm one",
    2,
  ]);
});

test("a source that went away is a change, and what `make` says of it is what is heard", async () => {
  const it = shop();
  await it.get();
  rmSync(it.sources[0] ?? "");
  await expect(it.get()).rejects.toThrow("ENOENT");
});

test("what a source was changed under is given, and not kept", async () => {
  const it = shop();
  const [source = ""] = it.sources;
  const early = await kept(it.home, "index", async () => {
    const text = readFileSync(source, "utf8");
    writeFileSync(source, "two");
    return { text, sources: it.sources };
  });
  expect([early, await it.get(), it.made]).toEqual(["one", "index two,index one", 1]);
});

test("a file cut short, or another's, is made anew", async () => {
  const it = shop();
  for (const found of [(text: string) => text.slice(0, -9), () => "{}", () => ""]) {
    await it.get();
    const path = join(it.home, readdirSync(it.home)[0] ?? "");
    writeFileSync(path, found(readFileSync(path, "utf8")));
    expect(await it.get()).toBe("index one,index one");
  }
  expect(it.made).toBe(4);
});

test("whatever is written to the sources between, what comes is what they say now", async () => {
  const step = fc.record({
    at: fc.nat(1),
    text: fc.constantFrom("one", "two", "", "one\0"),
    asks: fc.nat(2),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const it = shop();
      for (const { at, text, asks } of steps) {
        write(it.sources[at] ?? "", text);
        const now = it.sources.map((path) => `index ${readFileSync(path, "utf8")}`).join();
        expect(await Promise.all(Array.from({ length: asks }, () => it.get()))).toEqual(
          Array(asks).fill(now),
        );
      }
    }),
    { numRuns: 30 },
  );
});
