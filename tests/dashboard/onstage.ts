/** tests · dashboard. A browser for one test file, and scenes served to it; both are gone when a test ends. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { Playground } from "../../dashboard/mod.ts";
import type { Store } from "../../store/store.ts";
import { openBrowser, type Served, served } from "./browser.ts";
import { playground, type Scene, stage, topology } from "./scenes.ts";

export type Stage = {
  store: Store;
  server: Served;
  playground: Playground;
  options: Parameters<typeof served>[0];
};

export function onStage() {
  let browser: Browser;
  let usual: BrowserContext | null = null;
  const contexts: BrowserContext[] = [];
  const servers: Served[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    for (const page of usual?.pages().slice(1) ?? []) await page.close();
    await usual?.clearCookies();
    await usual?.setOffline(false);
    for (const server of servers.splice(0)) await server.stop("cut");
  });

  const opened = (options: Parameters<Browser["newContext"]>[0] = {}) =>
    browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });

  async function context(options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> {
    const own = await opened(options);
    contexts.push(own);
    return own;
  }

  /** Where pages open that want nothing unusual. A context of its own for each would cost two processes more. What a page
   *  stores is its server's alone, and each test has its own; cookies and a lost line are not, and are taken back. */
  async function shared(): Promise<BrowserContext> {
    if (usual) return usual;
    usual = await opened();
    await usual.newPage(); // keeps what its pages share from being let go between them
    return usual;
  }

  /** Serves a dashboard of one's own making. */
  async function host(...args: Parameters<typeof served>): Promise<Served> {
    const server = await served(...args);
    servers.push(server);
    return server;
  }

  return {
    context,
    host,
    async stop(server: Served): Promise<void> {
      servers.splice(servers.indexOf(server), 1);
      await server.stop("cut");
    },
    async serve(scene: Scene, store?: Store): Promise<Stage> {
      const set = await stage(scene);
      const world = playground();
      const options = {
        store: store ?? set.store,
        rules: set.rules,
        topology,
        now: () => set.now,
        playground: world,
        status: { title: "Shop" },
      };
      const server = await host(options);
      return { store: options.store, server, playground: world, options };
    },
    /** A page, with the errors of its own that it has met. */
    async open(
      url: string,
      options: Parameters<Browser["newContext"]>[0] = {},
    ): Promise<Page & { troubles: string[] }> {
      const isUsual = Object.keys(options).length === 0;
      const page = await (isUsual ? await shared() : await context(options)).newPage();
      const troubles: string[] = [];
      page.on("pageerror", (error) => troubles.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") troubles.push(message.text());
      });
      await page.goto(url);
      if (options.javaScriptEnabled !== false) await page.waitForSelector("html[data-age]");
      return Object.assign(page, { troubles });
    },
  };
}
