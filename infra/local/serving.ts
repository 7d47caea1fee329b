/** infra/local · effects. The dashboard's own port: taken or clearly refused, patient with people and not with those who
 *  hold a connection and say nothing. */
import { serve } from "@hono/node-server";
import { BadInput } from "../../store/mod.ts";

export type Server = ReturnType<typeof serve>;

type Fetch = (request: Request) => Response | Promise<Response>;

export type Patience = {
  /** Until a request's headers have to be here, and the whole of it. */
  headersMs: number;
  wholeMs: number;
  /** How often those who are late are looked for. */
  lookMs: number;
  /** How long a connection that asks nothing is kept. */
  idleMs: number;
};

/** A browser sends its headers in one packet and at most 16 KB after it. */
const patience: Patience = { headersMs: 5_000, wholeMs: 15_000, lookMs: 1_000, idleMs: 10_000 };

/** Throws `BadInput` for a port that cannot be had. */
export function serveHere(
  fetch: Fetch,
  port: number,
  { headersMs, wholeMs, lookMs, idleMs } = patience,
): Promise<Server> {
  const serverOptions = {
    headersTimeout: headersMs,
    requestTimeout: wholeMs,
    connectionsCheckingInterval: lookMs,
    keepAliveTimeout: idleMs,
  };
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: "127.0.0.1", serverOptions }, () => resolve(server));
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return reject(error);
      const what =
        error.code === "EACCES" ? "may not be used without more rights" : "is taken by another program";
      reject(new BadInput(`Cannot open the dashboard: port ${port} ${what}. Choose another with --port N`));
    });
  });
}

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections(); // live streams never end by themselves
  });
}
