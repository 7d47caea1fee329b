/** The real Chromium, and a real server for a scene. */
import { serve } from "@hono/node-server";
import { type Browser, chromium } from "playwright-core";
import { createDashboard, type DashboardOptions } from "../../dashboard/mod.ts";

export const openBrowser = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--renderer-process-limit=1", // else each page starts a process to be thrown away, and one to spare
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });

export type Served = {
  url: string;
  port: number;
  listening: () => number /** `cut`: without waiting for whoever still has a connection, as a browser opens some ahead of need. */;
  stop: (how?: "cut") => Promise<void>;
};

/** Serves a dashboard on a free port, or on the one given. */
export async function served(options: DashboardOptions, port = 0): Promise<Served> {
  const dashboard = createDashboard(options);
  return new Promise((resolve) => {
    const server = serve({ fetch: dashboard.app.fetch, port, hostname: "127.0.0.1" }, (info) =>
      resolve({
        url: `http://127.0.0.1:${info.port}`,
        port: info.port,
        listening: dashboard.listening,
        async stop(how) {
          dashboard.close();
          const closed = new Promise((done) => server.close(done));
          if (how === "cut" && "closeAllConnections" in server) server.closeAllConnections();
          await closed;
        },
      }),
    );
  });
}
