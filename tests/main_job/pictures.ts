/** The pictures in the README, of the real program in a real outage: `npm run pictures`. */
import { mkdirSync } from "node:fs";
import { openBrowser } from "../dashboard/browser.ts";
import { Program, until } from "./program.ts";

const dir = new URL("../../docs/pictures/", import.meta.url).pathname;
mkdirSync(dir, { recursive: true });
const minute = 60_000;
const program = new Program();
const browser = await openBrowser();
try {
  await program.start();
  await until(
    "all is well for a while",
    2 * minute,
    () => program.state(),
    (s) => s.regions.length === 3 && s.regions.every((r) => r.score === 1),
  );
  const well = Date.now();
  await until(
    "a minute of it is on record",
    2 * minute,
    () => program.state(),
    () => Date.now() - well >= minute,
  );
  await take("calm", "light", 1440);
  await program.break("dns-nodata", "us-east-1", "dynamodb");
  await reach("preparing");
  await program.break("grey", "us-east-1");
  await reach("verifying");
  await take("moving", "light", 1440);
  await take("moving-dark", "dark", 1440);
  await take("moving-narrow", "dark", 390);
} finally {
  await browser.close();
  await program.close();
}

async function reach(phase: string): Promise<void> {
  await until(
    `it is ${phase}`,
    2 * minute,
    () => program.state(),
    (s) => s.phase === phase,
  );
}

async function take(name: string, colorScheme: "light" | "dark", width: number): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme });
  await page.goto(program.dashboard);
  await page.waitForSelector("html[data-age]");
  await page.screenshot({ path: `${dir}${name}.png` });
  await page.close();
}
