/** Pictures of the scenes, for people to look at: `node tests/dashboard/pictures.ts DIR [LOOK,... [SCENE ...]]`; all of them
 *  where none is named. `letters` is a reader who has chosen letters of twice the size. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { openBrowser, served } from "./browser.ts";
import { playground, type Scene, scenes, stage, topology } from "./scenes.ts";

const desk = { width: 1440, height: 1000 };
const looks: Record<string, BrowserContextOptions & { media?: "print"; lost?: true }> = {
  light: { viewport: desk, colorScheme: "light" },
  dark: { viewport: desk, colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 780 }, colorScheme: "dark" },
  tablet: { viewport: { width: 768, height: 1024 }, colorScheme: "dark" },
  wall: { viewport: { width: 2560, height: 1440 }, colorScheme: "dark" },
  forced: { viewport: desk, forcedColors: "active" },
  letters: { viewport: desk },
  noscript: { viewport: desk, javaScriptEnabled: false },
  print: { viewport: desk, media: "print" },
  lost: { viewport: desk, lost: true },
};

const [dir = "pictures", asked = Object.keys(looks).join(","), ...only] = process.argv.slice(2);
mkdirSync(dir, { recursive: true });
for (const name of asked.split(",")) {
  const { media, lost, ...look } = looks[name] ?? {};
  const browser = await openBrowser(name === "letters" ? ["--blink-settings=defaultFontSize=32"] : []);
  for (const scene of only.length > 0 ? (only as Scene[]) : scenes) {
    const { store, rules, now } = await stage(scene);
    const server = await served({ store, rules, topology, now: () => now, playground: playground() });
    const context = await browser.newContext(look);
    const page = await context.newPage();
    await page.goto(server.url);
    if (look.javaScriptEnabled !== false) await page.waitForSelector("html[data-age]");
    if (media) await page.emulateMedia({ media });
    if (lost) {
      await server.stop("cut");
      await page.waitForSelector("html[data-line=lost]");
    }
    await page.screenshot({ path: join(dir, `${scene}-${name}.png`) });
    await page.screenshot({ path: join(dir, `${scene}-${name}-full.png`), fullPage: true });
    await context.close();
    if (!lost) await server.stop("cut");
  }
  await browser.close();
}
