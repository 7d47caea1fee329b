/** tests · servers of the web's kind on the loopback, on free ports. */
import { once } from "node:events";
import { createServer as plain, type RequestListener } from "node:http";
import { createServer as secure } from "node:https";
import { createServer as bare, type Server, type Socket } from "node:net";
import type { Signed } from "./certificates.ts";

export type Served = { port: number; open: Set<Socket>; stop(): Promise<void> };

async function listen(server: Server, host = "127.0.0.1", port = 0): Promise<Served> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy()); // clients hang up as they like
    socket.on("close", () => open.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    open,
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export const serve = (answer: RequestListener, host?: string, port?: number) =>
  listen(plain(answer), host, port);
export const serveTls = (signed: Signed, answer: RequestListener) => {
  const server = secure(signed, answer);
  server.on("tlsClientError", () => undefined); // clients that will not trust us hang up
  return listen(server);
};
export const serveBytes = (talk: (socket: Socket) => void) => listen(bare(talk));
