/** Pictures of every scene, for people to look at: `node tests/dashboard/pictures.ts DIR [SCENE ...]`. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openBrowser, served } from "./browser.ts";
import { playground, type Scene, scenes, stage, topology } from "./scenes.ts";

const [dir = "pictures", ...asked] = process.argv.slice(2);
mkdirSync(dir, { recursive: true });
const browser = await openBrowser();
const looks = [
  { name: "light", colorScheme: "light", width: 1440, height: 1000 },
  { name: "dark", colorScheme: "dark", width: 1440, height: 1000 },
  { name: "390", colorScheme: "dark", width: 390, height: 844 },
] as const;
for (const scene of asked.length > 0 ? (asked as Scene[]) : scenes) {
  const { store, rules, now } = await stage(scene);
  const server = await served({ store, rules, topology, now: () => now, playground: playground() });
  for (const look of looks) {
    const page = await browser.newPage({
      viewport: { width: look.width, height: look.height },
      colorScheme: look.colorScheme,
    });
    await page.goto(server.url);
    await page.waitForSelector("html[data-age]");
    await page.screenshot({ path: join(dir, `${scene}-${look.name}.png`) });
    await page.screenshot({ path: join(dir, `${scene}-${look.name}-full.png`), fullPage: true });
    await page.close();
  }
  await server.stop();
}
await browser.close();
