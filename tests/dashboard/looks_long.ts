/** tests · dashboard. How the page looks, in a real browser: readable by all, at every width, in both themes; each scene by
 *  each of them. */
import { AxeBuilder } from "@axe-core/playwright";
import { describe, expect, test } from "vitest";
import { onStage } from "./onstage.ts";
import type { Scene } from "./scenes.ts";

const { context, open, serve } = onStage();

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe has against a page, with where. */
async function faultsOf(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.setLegacyMode().analyze(); // no frames here; it saves a page a time
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)}`));
}

describe("looks", () => {
  const looked: Scene[] = ["calm", "doubt", "outage", "approve", "empty"]; // the others look like these, and axe takes seconds
  test.each(looked)("%s: axe finds nothing, light or dark", async (scene) => {
    const { server } = await serve(scene);
    const page = await open(server.url, { colorScheme: "light" });
    await page.locator("#charts").scrollIntoViewIfNeeded();
    await page.waitForSelector("#charts[data-drawn]");
    expect(await faultsOf(new AxeBuilder({ page }).withTags(standards))).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await faultsOf(new AxeBuilder({ page }).withRules(["color-contrast"]))).toEqual([]);
  });

  const long: Scene[] = ["doubt", "outage", "away", "held", "blind", "empty"]; // the longest words of each kind
  test.each(long)("%s: no width scrolls sideways", async (scene) => {
    const { server } = await serve(scene);
    const page = await open(server.url);
    const wide: string[] = [];
    for (const width of [360, 390, 719, 720, 960, 1200, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (over > 0) wide.push(`${over} px too wide at ${width} px`);
    }
    expect([wide, page.troubles]).toEqual([[], []]);
  });

  const small = ["/act/failover", "/act/release", "/act/drill", "/keys", "/nowhere", "/drills", "/status"];
  test.each([...small, "/decisions/", "/incidents/"])("%s: axe finds nothing", async (path) => {
    const { server, store } = await serve("outage");
    const [decision] = await store.decisions(1);
    const [incident] = (await store.board())?.incidents ?? [];
    const id = { "/decisions/": decision?.id, "/incidents/": incident?.id }[path] ?? "";
    const page = await open(server.url);
    await page.goto(`${server.url}${path}${encodeURIComponent(id)}`);
    expect(await faultsOf(new AxeBuilder({ page }))).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await faultsOf(new AxeBuilder({ page }).withRules(["color-contrast"]))).toEqual([]);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over).toBeLessThanOrEqual(0);
  });

  test("an open dialog: axe finds nothing", async () => {
    const { server } = await serve("outage");
    const page = await open(server.url, { colorScheme: "dark" });
    await page.click("#log a >> nth=0");
    await page.waitForSelector("dialog[open] >> text=For a move");
    expect(await faultsOf(new AxeBuilder({ page }))).toEqual([]);
  });

  test("the theme follows the machine until a person chooses, and is kept", async () => {
    const { server } = await serve("calm");
    const page = await open(server.url, { colorScheme: "dark" });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.click("#theme");
    const light = await ground();
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await ground()).toBe(light);
    await page.keyboard.press("t");
    expect(await ground()).toBe(dark);
    expect(page.troubles).toEqual([]);
  });

  test("nothing moves where less motion is wanted", async () => {
    const { server } = await serve("outage");
    const page = await open(server.url, { reducedMotion: "reduce" });
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll("*")]
        .filter(
          (e) =>
            getComputedStyle(e).transitionDuration !== "0s" || getComputedStyle(e).animationName !== "none",
        )
        .map((e) => e.tagName),
    );
    expect(moving).toEqual([]);
  });

  test("the first load is small and asks nobody else", async () => {
    const { server } = await serve("outage");
    const fresh = await context();
    const page = await fresh.newPage();
    const network = await fresh.newCDPSession(page);
    await network.send("Network.enable");
    let bytes = 0;
    const hosts = new Set<string>();
    network.on("Network.loadingFinished", (event) => {
      bytes += event.encodedDataLength;
    });
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await page.goto(server.url);
    await page.waitForSelector("html[data-age]");
    expect([...hosts]).toEqual([new URL(server.url).host]);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(100_000);
  });
});
